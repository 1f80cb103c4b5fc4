// Rows out of the record, each checked against its sum and for its place behind the one before.
//
//     DROVER_TRY(TaskReader tasks, TaskReader::open(database, "WHERE state = 'failed'"));
//     while (true) { DROVER_TRY(const bool more, tasks.next()); if (!more) break; …tasks.task()… }
//
// Errors   io: a row is damaged, or out of order.
// Cost     about 0.3 µs a row.
#pragma once

#include <string_view>
#include <vector>

#include "record/database.hpp"
#include "record/rows.hpp"

namespace drover::record {

// Which of a task's attempts; {0, 0}: none.
struct AttemptKey {
  std::int64_t run = 0;
  std::uint32_t attempt = 0;
  friend auto operator<=>(const AttemptKey&, const AttemptKey&) = default;
};

// In the order of their numbers.
class TaskReader {
 public:
  // `condition`: of SQL, "" for all; may have one parameter, ?1.
  [[nodiscard]] static Result<TaskReader> open(Database& database, std::string_view condition);
  // Begins anew, with this parameter.
  void from(schedule::TaskNumber parameter);
  // Lets go of the database until the next from(): a reader in the middle of its rows keeps the log from being moved.
  void rest() { statement_.reset(); }

  [[nodiscard]] Result<bool> next();
  [[nodiscard]] const Task& task() const { return task_; }  // until the next next()
  // The task's last attempt that is over, and how many are.
  [[nodiscard]] AttemptKey last() const { return last_; }
  [[nodiscard]] std::int64_t attempts() const { return attempts_; }

 private:
  TaskReader(Statement statement, std::string path)
      : statement_(std::move(statement)), path_(std::move(path)) {}
  Statement statement_;
  std::string path_;
  Task task_;
  AttemptKey last_;
  std::int64_t attempts_ = 0;
};

// In the order of task, run and attempt.
class AttemptReader {
 public:
  [[nodiscard]] static Result<AttemptReader> open(Database& database, std::string_view condition);
  void from(schedule::TaskNumber parameter);
  [[nodiscard]] Result<bool> next();
  [[nodiscard]] const Attempt& attempt() const { return attempt_; }  // until the next next()

 private:
  AttemptReader(Statement statement, std::string path)
      : statement_(std::move(statement)), path_(std::move(path)) {}
  Statement statement_;
  std::string path_;
  Attempt attempt_;
};

[[nodiscard]] Result<std::vector<Run>> read_runs(Database& database);

}  // namespace drover::record
