// The few lines at the end of a run: what was done, what it cost, what failed and why.
//
//     summary.ended(task);                                  // each task's last attempt
//     display.message(summary.text(totals));
//
//     18 of 20 tasks done, 2 failed, in 4 min 10 s
//       0.67 core-hours used, 0.89 reserved; 8 cores 62 % busy
//       slowest: 2 min 5 s  task 7 (sim --kT 7)
//       task 3 (sim --kT 3): exit status 3, on attempt 2
//         stderr: cannot open atoms.fits
//
// All well is one line, or two from one second of wall time on. The slowest tasks are named only where that
// says something: more than three tasks, at least a second, and twice the mean. Lines that continue start
// with a blank. The last line is "5 tasks were not run" where that is so.
//
// Core-hours used are CPU time; reserved are the tasks' run time times the cores each was given.
//
// Memory   flat: three slow tasks, ten failures with shortened texts, sums.
// Cost     some ten additions and comparisons a task.
// Threads  not synchronised.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/scheduler.hpp"

namespace drover::progress {

// One attempt that ended; the views are copied where they are kept.
struct FinishedTask {
  schedule::TaskNumber number = 0;
  std::uint32_t attempt = 1;
  std::string_view command{};     // as one line
  std::string_view cause{};       // one line for people; empty on success
  double seconds = 0;             // wall time
  double cpu_seconds = 0;         // user and system, of the whole tree
  double start_cost_seconds = 0;  // from the decision to start it to its first instruction
  schedule::Verdict verdict{};
  std::string_view last_stderr_line{};  // empty where there is none
  std::uint32_t cores = 1;              // reserved
};

struct Totals {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t not_run = 0;
  bool not_run_is_least = false;    // a source that was not read to its end may hold more
  std::uint64_t done_before = 0;    // in earlier runs on record
  std::uint64_t failed_before = 0;  // … and not repeated
  double wall_seconds = 0;
  std::uint32_t cores = 0;  // budget; 0: not counted
};

// "nothing is left to do: 20 tasks are done, 2 failed", for a run that was resumed for nothing.
[[nodiscard]] std::string nothing_left(const Totals& totals);

class Summary {
 public:
  // A task's last attempt: it is done with.
  void ended(const FinishedTask& task);

  // An attempt that failed and will be repeated: it costs, but it is no failure.
  void repeated(const FinishedTask& attempt);

  // Empty if there was nothing to do. No newline at the end.
  [[nodiscard]] std::string text(const Totals& totals) const;

 private:
  struct Slow {
    schedule::TaskNumber number;
    double seconds;
    std::string command;
  };
  struct Failure {
    schedule::TaskNumber number;
    std::uint32_t attempt;
    std::string command, cause, last_stderr_line;
  };
  void add_cost(const FinishedTask& attempt);
  void keep_if_slow(const FinishedTask& task);

  [[nodiscard]] std::string cost_line(const Totals& totals) const;
  [[nodiscard]] std::string slowest_lines() const;
  [[nodiscard]] std::string failure_lines() const;
  [[nodiscard]] std::string start_cost_line(const Totals& totals) const;

  std::vector<Slow> slowest_;  // the slowest first
  std::vector<Failure> failures_;
  std::uint64_t failed_ = 0;
  std::uint64_t attempts_ = 0;
  std::uint64_t repeated_ = 0;
  double run_seconds_ = 0, cpu_seconds_ = 0, reserved_seconds_ = 0, start_seconds_ = 0;
};

}  // namespace drover::progress
