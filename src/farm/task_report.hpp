// What happened to one attempt of one task: the record that the job log, the crash report, task.json and the
// summary are written from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "farm/input.hpp"
#include "process/exit_status.hpp"
#include "schedule/scheduler.hpp"

namespace drover::farm {

struct TaskReport {
  const TaskInput* input = nullptr;  // its number, its values
  std::string_view command;          // as one line that can be pasted
  std::uint32_t attempt = 1;
  schedule::Slot slot = 0;  // printed plus one
  std::uint32_t seed = 0;
  schedule::Verdict verdict{};
  process::ExitStatus status;  // how it ended
  // One line for people, empty on success: "exit status 3", "killed by SIGSEGV (segmentation fault, core
  // dumped)", "timed out after 60 s: killed by SIGTERM (terminated)", "cannot run: …".
  std::string_view cause;
  bool timed_out = false;
  bool started = true;                  // false: it never ran (missing program, argument list too long, …)
  double started_at = 0;                // seconds since the epoch (UTC)
  double seconds = 0;                   // wall time
  double cpu_user = 0, cpu_system = 0;  // seconds, of the whole tree as far as it was reaped or seen
  std::uint64_t peak_memory = 0;        // bytes
  std::uint64_t stdout_bytes = 0, stderr_bytes = 0;
  std::string_view directory;  // it ran in
};

}  // namespace drover::farm
