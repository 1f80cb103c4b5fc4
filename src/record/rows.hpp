// The three rows of a run record as values; docs/record.md shows them as tables.
//
// Times are microseconds: moments since the epoch (UTC), durations as they are. Memory and output are bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/task.hpp"

namespace drover::record {

// One start of `drover run` with this record: the first, or one that resumed it.
struct Run {
  std::int64_t id = 0;  // 1, 2, …
  // What makes it the same run; equal in all rows of a record.
  std::vector<std::string> command;  // words, before replacement
  std::string mode;                  // "direct", "shell" or "lines"
  std::string replace = "{}";        // -I
  std::uint64_t seed = 0;
  // What an input is called in the command.
  std::uint32_t per_task = 1;          // -n
  std::vector<std::string> names;      // of the columns, empty for those without
  std::optional<std::uint64_t> width;  // columns, where they are known
  // Where and when.
  std::string version;  // of drover
  std::string line;     // the command line, as it can be pasted, without --resume and --resume-failed
  std::string folder;
  std::string host;
  std::int64_t process = 0;  // its process number
  std::string job;           // of the batch system, "Slurm 4711"; empty: none
  std::int64_t started = 0;
  std::optional<std::int64_t> ended;        // nothing: still going, or broken off
  std::optional<std::int64_t> exit_status;  // drover's own
  // How many rows the other two tables had at its end: none can be lost without being missed.
  std::optional<std::int64_t> tasks, attempts;
};

enum class TaskState : std::uint8_t {
  running,  // started; nothing is known of its end (in flight when drover was killed)
  done,
  failed,
  not_run,  // ended with the run
};

struct Task {
  schedule::TaskNumber number = 0;
  std::string_view input;  // its values, words_text.hpp
  std::uint32_t seed = 0;
  TaskState state = TaskState::running;
};

// One attempt of a task that is over.
struct Attempt {
  schedule::TaskNumber task = 0;
  std::int64_t run = 0;
  std::uint32_t attempt = 1;  // 1, 2, … within the run; the last one's may come again, and replaces it
  TaskState state = TaskState::done;
  std::uint32_t slot = 1;
  std::int64_t started = 0;
  std::int64_t ran = 0;
  std::optional<std::int64_t> exit_status;  // nothing: a signal ended it, or it never ran
  std::int64_t signal = 0;
  std::string_view cause;  // one line for people; empty: done
  std::int64_t cpu_user = 0, cpu_system = 0;
  std::uint64_t peak_memory = 0;
  std::uint64_t stdout_bytes = 0, stderr_bytes = 0;
};

[[nodiscard]] std::string_view word(TaskState state);
[[nodiscard]] std::optional<TaskState> state_of(std::string_view word);

[[nodiscard]] std::int64_t sum_of(const Task& task);
[[nodiscard]] std::int64_t sum_of(const Attempt& attempt);
[[nodiscard]] std::int64_t sum_of(const Run& run);

}  // namespace drover::record
