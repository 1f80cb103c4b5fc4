// Each task with its attempts: both tables are read side by side, and must fit. No task that is done or failed without
// the attempt that says so, no attempt without its task, as many of both as there were at the end of the run.
//
//     DROVER_TRY(History history, History::open(database, runs, History::Which::all));
//     while (true) { DROVER_TRY(const bool more, history.next()); if (!more) break; …history.task()… }
//
// Errors   io: the record is damaged; also after the last task, if some are missing. Together with each row's check sum
//          (row_sum.hpp) that finds every damage of a record whose run ended; for another one there is check_pages().
// Cost     1 µs a task, with its attempt; a task that is left out, because it has not failed, 0.3 µs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/database.hpp"
#include "record/rows.hpp"
#include "record/tables.hpp"

namespace drover::record {

struct LoggedTask {
  Task task;
  std::uint32_t attempts = 0;  // in all runs
  Attempt last;                // if there was one
};

class History {
 public:
  enum class Which : std::uint8_t { all, failed };
  // `database` outlives this; `runs`: all that it has, at least one.
  [[nodiscard]] static Result<History> open(Database& database, const std::vector<Run>& runs, Which which);

  [[nodiscard]] Result<bool> next();
  [[nodiscard]] const LoggedTask& task() const { return logged_; }  // until the next next()

 private:
  History(Database& database, TaskReader tasks, AttemptReader attempts)
      : database_(&database), tasks_(std::move(tasks)), attempts_(std::move(attempts)) {}
  [[nodiscard]] Result<void> take_attempts();
  [[nodiscard]] Result<bool> attempt_waits();
  void keep(const Attempt& attempt);
  [[nodiscard]] Result<void> check_fit() const;
  [[nodiscard]] Result<void> check_end();
  [[nodiscard]] std::unexpected<Error> misfit(std::uint64_t number) const;
  [[nodiscard]] std::unexpected<Error> missing(const char* what, std::int64_t there,
                                               std::int64_t expected) const;

  Database* database_;
  TaskReader tasks_;
  AttemptReader attempts_;
  Which which_ = Which::all;
  std::int64_t runs_ = 0;
  std::optional<std::int64_t> tasks_expected_, attempts_expected_;
  std::int64_t tasks_read_ = 0, attempts_read_ = 0;
  bool waits_ = false;  // an attempt was read and not used
  bool ended_ = false;  // there are no more attempts
  LoggedTask logged_;
  std::string cause_;  // of logged_.last
};

// Every page, its place in its table, and all of the history. Errors: io, "is damaged".
// Cost     about 2 s a million tasks.
[[nodiscard]] Result<void> check_contents(Database& database);

}  // namespace drover::record
