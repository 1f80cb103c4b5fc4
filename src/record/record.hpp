// The run record: what happened to every task, on disk as soon as it is known.
//
//     Record record = Record::create("run.drover", run);   // or Record::open(…), then resume(run)
//     record.started(task);  record.ended(task, attempt);  // in any number
//     record.commit();                                     // at the end of each turn of the event loop
//     record.end(exit_status);
//
// An SQLite database (tables in docs/record.md). On a local disk it is in WAL mode: a commit is a write to the page
// cache, so that SIGKILL of drover loses nothing that was committed; Upkeep syncs it every second, so that a power cut
// loses a second at most. On NFS, Lustre and their like, where WAL cannot work, it has a rollback journal, an exclusive
// lock, and each commit waits for the server.
//
// Errors   as database.hpp. After an error nothing of that turn is on record: those tasks will run again.
// Cost     some 20 µs and 120 bytes a task.
// Threads  one; Upkeep has a connection of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "record/database.hpp"
#include "record/rows.hpp"
#include "record/upkeep.hpp"

namespace drover::record {

class Record {
 public:
  // Both require that the lock (lock.hpp) is ours. A run's id and the time of its start are given here.
  // A file that exists is an error: nothing is ever overwritten.
  [[nodiscard]] static Result<Record> create(const std::string& path, Run run);
  // Checks all of it (schema.hpp); nothing is written before resume().
  [[nodiscard]] static Result<Record> open(const std::string& path);
  [[nodiscard]] Result<void> resume(Run run);

  // The earlier runs; empty for a new record.
  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }
  [[nodiscard]] Database& database() { return *database_; }

  // A task that starts; `known`: it is on record already and goes on as "running".
  [[nodiscard]] Result<void> started(const Task& task, bool known);
  // An attempt is over. `task.state` is what is known of the task now: as the attempt's, or "running" if another one is
  // to come.
  // `known` as in started(): a task that ended soon may come here without having been there.
  [[nodiscard]] Result<void> ended(const Task& task, Attempt attempt, bool known = true);
  [[nodiscard]] Result<void> commit();

  // The text of the status file (status.hpp), renewed by Upkeep.
  void show(std::string status);
  // The error of a write that happened aside, once.
  [[nodiscard]] Result<void> upkeep_problem() { return upkeep_ ? upkeep_->problem() : Result<void>{}; }

  // The run is over. The record becomes a single file; one without a task is removed.
  [[nodiscard]] Result<void> end(int exit_status);

 private:
  struct Statements {
    Statement begin, commit, rollback, insert_task, task_runs, insert_ended, task_ended, insert_attempt;
  };
  Record(std::unique_ptr<Database> database, bool is_new) : database_(std::move(database)), is_new_(is_new) {}
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<void> in_transaction();
  [[nodiscard]] Result<void> known_task(Statement& write);
  [[nodiscard]] Result<void> write_attempt(const Attempt& attempt);
  [[nodiscard]] Result<void> or_undone(Result<void> written);
  [[nodiscard]] static Result<void> build(const std::string& unfinished, Run& run);
  [[nodiscard]] static Result<void> write_run(Database& database, const Run& run, bool insert);

  std::unique_ptr<Database>
      database_;  // where it is does not change when this moves: the statements point to it
  Statements statements_;
  std::vector<Run> runs_;
  Run run_;
  bool is_new_;
  bool network_ = false;
  bool has_tasks_ = false;
  bool in_transaction_ = false;
  std::unique_ptr<Upkeep> upkeep_;
};

}  // namespace drover::record
