#include "record/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string_view>

namespace drover::record {
namespace {

constexpr int application = 0x44725672;  // "DrVr", in PRAGMA application_id

// A task's row is written when it starts, an attempt's when it is over. `attempt` is kept in the order of its key:
// what belongs to a task lies together, and no index costs a page more at every end. task.run and task.attempt name the
// last attempt that is over, task.attempts says how many there are: the view finds it in one step, and the loss of one
// would show.
constexpr std::array tables{
    R"sql(CREATE TABLE run (
  id INTEGER PRIMARY KEY, command TEXT NOT NULL, mode TEXT NOT NULL, "replace" TEXT NOT NULL, seed TEXT NOT NULL,
  per_task INTEGER NOT NULL, names TEXT NOT NULL, width INTEGER,
  version TEXT NOT NULL, line TEXT NOT NULL, folder TEXT NOT NULL, host TEXT NOT NULL, process INTEGER NOT NULL,
  job TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, exit_status INTEGER, tasks INTEGER, attempts INTEGER,
  sum INTEGER NOT NULL))sql",
    R"sql(CREATE TABLE task (
  number INTEGER PRIMARY KEY, input TEXT NOT NULL, seed INTEGER NOT NULL, state TEXT NOT NULL, run INTEGER,
  attempt INTEGER, attempts INTEGER NOT NULL, sum INTEGER NOT NULL))sql",
    R"sql(CREATE TABLE attempt (
  task INTEGER NOT NULL, run INTEGER NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL, slot INTEGER NOT NULL,
  started INTEGER NOT NULL, ran INTEGER NOT NULL, exit_status INTEGER, signal INTEGER NOT NULL, cause TEXT NOT NULL,
  cpu_user INTEGER NOT NULL, cpu_system INTEGER NOT NULL, peak_memory INTEGER NOT NULL,
  stdout_bytes INTEGER NOT NULL, stderr_bytes INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (task, run, attempt)) WITHOUT ROWID)sql",
    R"sql(CREATE VIEW log AS
  SELECT task.number, task.input, task.state, task.seed, task.attempts, run.host, attempt.slot,
         datetime(attempt.started / 1000000, 'unixepoch') AS started,
         datetime((attempt.started + attempt.ran) / 1000000, 'unixepoch') AS ended,
         attempt.ran / 1e6 AS seconds, attempt.exit_status, attempt.signal, attempt.cause,
         attempt.cpu_user / 1e6 AS cpu_user, attempt.cpu_system / 1e6 AS cpu_system, attempt.peak_memory,
         attempt.stdout_bytes, attempt.stderr_bytes
  FROM task
  LEFT JOIN attempt ON attempt.task = task.number AND attempt.run = task.run AND attempt.attempt = task.attempt
  LEFT JOIN run ON run.id = attempt.run)sql"};

// A letter that flipped in the text of a table would make SQLite read or write its rows in another way.
Result<void> check_tables(Database& database) {
  DROVER_TRY(Statement stored, database.prepare("SELECT count(*) FROM sqlite_schema WHERE sql = ?1"));
  for (const std::string_view table : tables) {
    stored.bind(1, table);
    DROVER_TRY(const bool row, stored.step());
    const bool there = row && stored.number(0) == 1;
    stored.reset();
    if (!there) return damaged(database.path(), "its tables are not those that drover makes");
  }
  return {};
}

}  // namespace

Result<void> create_tables(Database& database) {
  return database.execute(
      fmt::format("BEGIN; PRAGMA application_id = {}; PRAGMA user_version = {}; {}; COMMIT", application,
                  format, fmt::join(tables, "; ")));
}

Result<void> check_format(Database& database) {
  DROVER_TRY(const std::int64_t marked, database.number("PRAGMA application_id"));
  if (marked != application) {
    return failure(Errc::usage, fmt::format("{} is no run record of drover", database.path()),
                   "name another file");
  }
  DROVER_TRY(const std::int64_t version, database.number("PRAGMA user_version"));
  if (version != format) {
    return failure(Errc::usage,
                   fmt::format("the run record {} is of format {}, and this drover knows format {}",
                               database.path(), version, format),
                   "use the drover that wrote it, or a newer one");
  }
  return check_tables(database);
}

Result<void> check_pages(Database& database) {
  DROVER_TRY(const std::string found, database.text("PRAGMA integrity_check(1)"));
  // "*** in database main ***" stands in a line of its own before it.
  if (found != "ok") return damaged(database.path(), found.substr(found.rfind('\n') + 1));
  return {};
}

}  // namespace drover::record
