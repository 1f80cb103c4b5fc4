#include "progress/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "progress/printable.hpp"
#include "units/quantity.hpp"

namespace drover::progress {

namespace {

using schedule::Verdict;

constexpr std::size_t most_slow = 3;
constexpr std::size_t most_failures = 10;
constexpr std::size_t command_width = 60;
constexpr std::size_t cause_width = 300;
constexpr std::size_t stderr_width = 120;

constexpr double slow_seconds = 1;       // below it nobody waits for a slow task
constexpr double slow_ratio = 2;         // to the mean
constexpr double cost_from_seconds = 1;  // of wall time
constexpr double note_from_seconds = 1;  // a shorter run is short enough, whatever it spends its time on
constexpr std::uint64_t note_from_attempts = 20;
constexpr double start_share = 0.1;  // of the run time, from which on it is told
constexpr double good_share = 0.05;  // what the advice aims at

std::string shown(std::string_view text, std::size_t width) {
  return printable(text, Encoding::utf8, width);
}

std::string duration(double seconds) {
  return describe(std::chrono::nanoseconds(std::llround(std::max(0.0, seconds) * 1e9)));
}

std::string tasks(std::uint64_t count) {
  return fmt::format("{} {}", grouped(count), count == 1 ? "task" : "tasks");
}

// 12 core-seconds, 0.67 core-hours, 1 234 core-hours.
std::string core_time(double core_seconds, bool in_hours) {
  const double number = in_hours ? core_seconds / 3600 : core_seconds;
  if (number >= 1000) return grouped(static_cast<std::uint64_t>(std::llround(number)));
  return fmt::format("{:.{}f}", number, number >= 100 ? 0 : number >= 9.95 ? 1 : 2);
}

// The next of 2, 5, 10, 20, 50, …
std::uint64_t round_up(double number) {
  for (std::uint64_t step = 1;; step *= 10)
    for (const std::uint64_t candidate : {2 * step, 5 * step, 10 * step})
      if (static_cast<double>(candidate) >= number || step >= 1'000'000) return candidate;
}

std::string first_line(const Totals& totals, std::uint64_t repeated) {
  const std::uint64_t all = totals.succeeded + totals.failed + totals.not_run;
  const char* least = totals.not_run_is_least ? "at least " : "";
  std::string line;
  if (totals.succeeded == all) {
    line = fmt::format("{} done in", tasks(all));
  } else if (totals.not_run == all) {
    line = "no task done in";
  } else if (totals.failed == all) {
    line = all == 1 ? "1 task failed after" : fmt::format("all {} failed, in", tasks(all));
  } else {
    line = fmt::format("{} of {}{} done", totals.succeeded == 0 ? "none" : grouped(totals.succeeded), least,
                       tasks(all));
    if (totals.failed > 0) line += fmt::format(", {} failed", grouped(totals.failed));
    line += totals.failed > 0 ? ", in" : " in";
  }
  line += " " + duration(totals.wall_seconds);
  if (repeated > 0)
    line += fmt::format(", {} {} repeated", grouped(repeated), repeated == 1 ? "attempt" : "attempts");
  return line;
}

}  // namespace

std::string nothing_left(const Totals& totals) {
  std::string text = fmt::format("nothing is left to do: {} {} done", tasks(totals.done_before),
                                 totals.done_before == 1 ? "is" : "are");
  if (totals.failed_before > 0) text += fmt::format(", {} failed", grouped(totals.failed_before));
  return text;
}

void Summary::add_cost(const FinishedTask& attempt) {
  ++attempts_;
  run_seconds_ += attempt.seconds;
  cpu_seconds_ += attempt.cpu_seconds;
  reserved_seconds_ += attempt.seconds * attempt.cores;
  start_seconds_ += attempt.start_cost_seconds;
}

void Summary::repeated(const FinishedTask& attempt) {
  add_cost(attempt);
  ++repeated_;
}

void Summary::ended(const FinishedTask& task) {
  add_cost(task);
  if (task.verdict == Verdict::not_run) return;
  keep_if_slow(task);
  if (task.verdict != Verdict::failed) return;
  ++failed_;
  if (failures_.size() < most_failures)
    failures_.push_back({task.number, task.attempt, shown(task.command, command_width),
                         shown(task.cause, cause_width), shown(task.last_stderr_line, stderr_width)});
}

void Summary::keep_if_slow(const FinishedTask& task) {
  if (task.seconds < slow_seconds) return;
  if (slowest_.size() == most_slow && task.seconds <= slowest_.back().seconds) return;
  if (slowest_.size() == most_slow) slowest_.pop_back();
  const auto slower = [&](const Slow& other) { return other.seconds >= task.seconds; };
  const auto place = std::ranges::find_if_not(slowest_, slower);
  slowest_.insert(place, {task.number, task.seconds, shown(task.command, command_width)});
}

std::string Summary::cost_line(const Totals& totals) const {
  if (totals.wall_seconds < cost_from_seconds || attempts_ == 0) return {};
  // Below 36 s an hour is the wrong unit.
  const bool in_hours = std::max(reserved_seconds_, cpu_seconds_) >= 36;
  std::string line = fmt::format("\n  {} core-{} used, {} reserved", core_time(cpu_seconds_, in_hours),
                                 in_hours ? "hours" : "seconds", core_time(reserved_seconds_, in_hours));
  if (totals.cores > 0)
    line += fmt::format("; {} {} {:.0f} % busy", totals.cores, totals.cores == 1 ? "core" : "cores",
                        100 * cpu_seconds_ / (totals.wall_seconds * totals.cores));
  return line;
}

std::string Summary::slowest_lines() const {
  if (attempts_ <= most_slow || slowest_.empty()) return {};
  if (slowest_.front().seconds < slow_ratio * run_seconds_ / static_cast<double>(attempts_)) return {};
  std::array<std::string, most_slow> times;
  std::size_t widest = 0;
  for (std::size_t i = 0; i < slowest_.size(); ++i) {
    times[i] = duration(slowest_[i].seconds);
    widest = std::max(widest, times[i].size());
  }
  std::string lines;
  for (std::size_t i = 0; i < slowest_.size(); ++i)
    lines += fmt::format("\n  {} {:<{}}  task {} ({})", i == 0 ? "slowest:" : "        ", times[i], widest,
                         slowest_[i].number, slowest_[i].command);
  return lines;
}

std::string Summary::failure_lines() const {
  std::string lines;
  for (const Failure& failure : failures_) {
    lines += fmt::format("\n  task {} ({}): {}", failure.number, failure.command, failure.cause);
    if (failure.attempt > 1) lines += fmt::format(", on attempt {}", failure.attempt);
    if (!failure.last_stderr_line.empty()) lines += "\n    stderr: " + failure.last_stderr_line;
  }
  if (const std::uint64_t more = failed_ - failures_.size(); more > 0)
    lines += fmt::format("\n  and {} more {} failed", grouped(more), more == 1 ? "task" : "tasks");
  return lines;
}

std::string Summary::start_cost_line(const Totals& totals) const {
  if (attempts_ < note_from_attempts || totals.wall_seconds < note_from_seconds || run_seconds_ <= 0)
    return {};
  const double share = start_seconds_ / run_seconds_;
  if (share <= start_share) return {};
  const auto number = static_cast<double>(attempts_);
  return fmt::format(
      "\nstarting a task took {}, {:.0f} % of its run time of {}: give each task more to do, e.g. -n {}",
      duration(start_seconds_ / number), 100 * share, duration(run_seconds_ / number),
      round_up(share / good_share));
}

std::string Summary::text(const Totals& totals) const {
  if (totals.succeeded + totals.failed + totals.not_run == 0) return {};
  std::string text = first_line(totals, repeated_);
  if (totals.done_before + totals.failed_before > 0)
    text += fmt::format("\n  in earlier runs {} done, {} failed", grouped(totals.done_before),
                        grouped(totals.failed_before));
  text += cost_line(totals);
  text += slowest_lines();
  text += failure_lines();
  text += start_cost_line(totals);
  if (totals.not_run > 0)
    text += fmt::format("\n{}{} {} not run", totals.not_run_is_least ? "at least " : "",
                        tasks(totals.not_run), totals.not_run == 1 ? "was" : "were");
  return text;
}

}  // namespace drover::progress
