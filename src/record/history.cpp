#include "record/history.hpp"

#include <fmt/format.h>

#include "record/schema.hpp"
#include "units/assert.hpp"

namespace drover::record {

Result<History> History::open(Database& database, const std::vector<Run>& runs, Which which) {
  DROVER_ASSERT(!runs.empty());
  DROVER_TRY(TaskReader tasks, TaskReader::open(database, ""));
  DROVER_TRY(AttemptReader attempts, AttemptReader::open(database, "WHERE task >= ?1"));
  attempts.from(0);
  History history(database, std::move(tasks), std::move(attempts));
  history.which_ = which;
  history.runs_ = std::ssize(runs);
  history.tasks_expected_ = runs.back().tasks;
  history.attempts_expected_ = runs.back().attempts;
  return history;
}

std::unexpected<Error> History::misfit(std::uint64_t number) const {
  return damaged(database_->path(), fmt::format("task {} and its attempts do not fit", number));
}

std::unexpected<Error> History::missing(const char* what, std::int64_t there, std::int64_t expected) const {
  return damaged(database_->path(), fmt::format("it holds {} {} where it had {}", there, what, expected));
}

Result<bool> History::next() {
  do {
    DROVER_TRY(const bool more, tasks_.next());
    if (!more) {
      DROVER_CHECK(check_end());
      return false;
    }
    ++tasks_read_;
  } while (which_ == Which::failed && tasks_.task().state != TaskState::failed);
  logged_.task = tasks_.task();
  DROVER_CHECK(take_attempts());
  DROVER_CHECK(check_fit());
  return true;
}

Result<bool> History::attempt_waits() {
  if (waits_ || ended_) return waits_;
  DROVER_TRY(waits_, attempts_.next());
  ended_ = !waits_;
  return waits_;
}

// Where few failed, the attempts in between are not even read: beyond some rows a look-up costs less.
Result<void> History::take_attempts() {
  const schedule::TaskNumber number = logged_.task.number;
  logged_.attempts = 0;
  logged_.last = {};
  constexpr schedule::TaskNumber near = 4;
  if (which_ == Which::failed && number > attempts_.attempt().task + near) {
    attempts_.from(number);
    waits_ = ended_ = false;
  }
  while (true) {
    DROVER_TRY(const bool waits, attempt_waits());
    if (!waits || attempts_.attempt().task > number) return {};
    waits_ = false;
    ++attempts_read_;
    if (attempts_.attempt().task == number) {
      keep(attempts_.attempt());
    } else if (which_ == Which::all) {
      return misfit(attempts_.attempt().task);
    }
  }
}

void History::keep(const Attempt& attempt) {
  ++logged_.attempts;
  cause_ = attempt.cause;
  logged_.last = attempt;
  logged_.last.cause = cause_;
}

Result<void> History::check_fit() const {
  const TaskState state = logged_.task.state;
  const bool settled = state == TaskState::done || state == TaskState::failed;
  const bool there = logged_.attempts > 0;
  const AttemptKey last = there ? AttemptKey{logged_.last.run, logged_.last.attempt} : AttemptKey{};
  const bool fit = last == tasks_.last() && logged_.attempts == tasks_.attempts() && last.run <= runs_ &&
                   (!settled || (there && logged_.last.state == state));
  if (!fit) return misfit(logged_.task.number);
  return {};
}

Result<void> History::check_end() {
  if (tasks_read_ != tasks_expected_.value_or(tasks_read_))
    return missing("tasks", tasks_read_, *tasks_expected_);
  if (which_ == Which::failed) return {};
  DROVER_TRY(const bool waits, attempt_waits());
  if (waits) return misfit(attempts_.attempt().task);
  if (attempts_read_ == attempts_expected_.value_or(attempts_read_)) return {};
  return missing("attempts", attempts_read_, *attempts_expected_);
}

Result<void> check_contents(Database& database) {
  DROVER_CHECK(check_pages(database));
  DROVER_TRY(const std::vector<Run> runs, read_runs(database));
  if (runs.empty()) return damaged(database.path(), "it holds no run");
  DROVER_TRY(History history, History::open(database, runs, History::Which::all));
  while (true) {
    DROVER_TRY(const bool more, history.next());
    if (!more) return {};
  }
}

}  // namespace drover::record
