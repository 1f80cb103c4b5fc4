// One slot and the attempt that runs in it: what it was given, its process and pipes, what it wrote, how it ended.
// The buffers stay from task to task.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "farm/capture.hpp"
#include "farm/command.hpp"
#include "farm/environment.hpp"
#include "farm/input.hpp"
#include "farm/memory_death.hpp"
#include "machine/unique_fd.hpp"
#include "process/spawn.hpp"
#include "schedule/scheduler.hpp"

namespace drover::farm {

// Standard output or standard error of an attempt.
struct TaskStream {
  explicit TaskStream(CaptureBudget& budget) : capture(budget), report(budget) {}
  machine::UniqueFd pipe;  // our end; closed at the end of file
  machine::UniqueFd file;  // --results
  Capture capture;
  std::string partial_line;  // --line-buffer: not given out yet
  Capture report;            // all of it once more, where lines leave at once and a crash report wants them
  std::string tail;          // the last bytes, for "last line of standard error"
  std::uint64_t bytes = 0;   // all that was written
};

// What is left of a task after its first process has ended (background jobs, helpers of a shell).
enum class Aftermath : std::uint8_t {
  none,        // it runs, or all is over
  writing,     // somebody holds its pipes open: given a moment to finish
  terminated,  // SIGTERM was sent, the grace runs
  killed,      // SIGKILL was sent
};

struct RunningTask {
  RunningTask(CaptureBudget& budget, const BaseEnvironment& base)
      : streams{TaskStream(budget), TaskStream(budget)}, environment(base) {}

  enum class State : std::uint8_t { idle, running, ended };
  State state = State::idle;
  TaskInput input;
  std::uint32_t attempt = 1;
  std::uint32_t seed = 0;
  Words words;
  std::string command;    // as one line
  std::string directory;  // --wd; empty: drover's
  std::string scratch;
  std::string results;  // --results folder of this task
  std::string problem;  // it could not be started, and why

  process::Child child;
  pid_t group = 0;
  std::array<TaskStream, 2> streams;  // standard output, standard error
  SlotEnvironment environment;

  schedule::Time started{};
  schedule::Time ended{};
  double started_at = 0;  // seconds since the epoch
  double start_cost = 0;  // seconds
  std::optional<process::Child::End> end;
  bool leader_ended = false;                // its first process, reaped or not
  bool terminated = false, killed = false;  // asked to end, made to end
  bool asked_first = false;                 // … before its first process had ended by itself
  schedule::EndReason reason{};
  Aftermath aftermath = Aftermath::none;
  schedule::Time aftermath_until{};
  std::uint64_t peak_memory = 0;  // bytes, largest sample
  double cpu_seen = 0;            // seconds, largest sample
  MemoryDeath memory_death = MemoryDeath::no;
  Bytes memory_limit{};  // where that is what ended it

  [[nodiscard]] bool piped() const { return streams[0].pipe || streams[1].pipe; }
};

}  // namespace drover::farm
