#include "record/record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "machine/filesystem.hpp"
#include "machine/unique_fd.hpp"
#include "record/history.hpp"
#include "record/schema.hpp"
#include "record/tables.hpp"
#include "record/words_text.hpp"
#include "units/assert.hpp"
#include "units/system_error.hpp"

namespace drover::record {
namespace {

// A small page costs least to log and to check: 13 µs a commit where 4096 bytes take 18 (measured).
constexpr int page_bytes = 1024;

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Result<bool> on_network(const std::string& path) {
  DROVER_TRY(const machine::Filesystem where, machine::filesystem_of(path));
  return where.network;
}

// Before anything else is read there: a log would be shared through memory that another machine does not see.
Result<bool> choose_locking(Database& database) {
  DROVER_TRY(const bool network, on_network(database.path()));
  if (network) DROVER_CHECK(database.execute("PRAGMA locking_mode = EXCLUSIVE"));
  return network;
}

// Not of a database that is open: closing our descriptor would drop SQLite's locks. Here nobody knows the file yet.
Result<void> sync(const std::string& path) {
  const machine::UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) return system_failure("cannot sync " + path);
  return {};
}

Result<void> refuse_existing(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return failure(Errc::usage, fmt::format("the run record {} exists", path),
                 "add --resume to go on with it, or name another file");
}

Result<void> choose_journal(Database& database, bool network) {
  database.move_log_on_close();
  if (network) {
    DROVER_CHECK(database.execute("PRAGMA journal_mode = TRUNCATE"));
  } else {
    // Unsynced, for it is only two bytes of the header that change; and Upkeep moves the log into the database: here
    // that would make the event loop wait for the disk.
    DROVER_CHECK(database.execute(
        "PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0"));
  }
  constexpr int a_minute = 60'000;
  database.patience(a_minute);
  return database.execute("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000");
}

// SQLite would take the log of a record that is gone for the new one's, and its tasks for done.
Result<void> refuse_leftovers(const std::string& path) {
  for (const char* kind : {"-wal", "-journal"}) {
    const std::string log = path + kind;
    struct stat status {};
    if (::stat(log.c_str(), &status) != 0 || status.st_size == 0) continue;
    return failure(
        Errc::usage,
        fmt::format("{} is not there, but {} is, the log of an earlier record of that name", path, log),
        fmt::format("bring the record back, or remove the log too (rm {}-*), or name another file", path));
  }
  return {};
}

void bind_optional(Statement& statement, int parameter, std::optional<std::int64_t> number) {
  if (number) {
    statement.bind(parameter, *number);
  } else {
    statement.bind_null(parameter);
  }
}

}  // namespace

// Under another name until it is a record: whatever interrupts this leaves no file that is none.
Result<void> Record::build(const std::string& unfinished, Run& run) {
  if (::unlink(unfinished.c_str()) != 0 && errno != ENOENT)
    return system_failure("cannot remove " + unfinished);
  DROVER_TRY(Database database, Database::open(unfinished, Database::Access::create));
  DROVER_CHECK(database.execute(
      fmt::format("PRAGMA page_size = {}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", page_bytes)));
  DROVER_CHECK(create_tables(database));
  run.id = 1;
  run.started = now();
  DROVER_CHECK(write_run(database, run, true));
  return sync(unfinished);
}

Result<Record> Record::create(const std::string& path, Run run) {
  DROVER_CHECK(refuse_existing(path));
  DROVER_CHECK(refuse_leftovers(path));
  const std::string unfinished = path + "-new";
  std::error_code shown_by_open;
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder, shown_by_open);
  Result<void> made = build(unfinished, run);
  if (made && ::rename(unfinished.c_str(), path.c_str()) != 0) made = system_failure("cannot make " + path);
  if (!made) {
    ::unlink(unfinished.c_str());
    return std::unexpected(std::move(made).error());
  }
  DROVER_TRY(Database opened, Database::open(path, Database::Access::write));
  Record record(std::make_unique<Database>(std::move(opened)), true);
  record.run_ = std::move(run);
  DROVER_TRY(record.network_, choose_locking(*record.database_));
  DROVER_CHECK(record.prepare());
  return record;
}

Result<Record> Record::open(const std::string& path) {
  DROVER_TRY(Database opened, Database::open(path, Database::Access::write));
  Record record(std::make_unique<Database>(std::move(opened)), false);
  DROVER_TRY(record.network_, choose_locking(*record.database_));
  DROVER_CHECK(check_format(*record.database_));
  DROVER_CHECK(check_contents(*record.database_));
  DROVER_TRY(record.runs_, read_runs(*record.database_));
  record.has_tasks_ = true;
  return record;
}

Result<void> Record::prepare() {
  Database& database = *database_;
  DROVER_CHECK(choose_journal(database, network_));
  DROVER_TRY(statements_.begin, database.prepare("BEGIN IMMEDIATE"));
  DROVER_TRY(statements_.commit, database.prepare("COMMIT"));
  DROVER_TRY(statements_.rollback, database.prepare("ROLLBACK"));
  DROVER_TRY(statements_.insert_task,
             database.prepare("INSERT INTO task VALUES (?1, ?4, ?5, ?2, NULL, NULL, 0, ?3)"));
  DROVER_TRY(statements_.task_runs,
             database.prepare("UPDATE task SET state = ?2, sum = ?3 WHERE number = ?1"));
  DROVER_TRY(statements_.insert_ended,
             database.prepare("INSERT INTO task VALUES (?1, ?6, ?7, ?2, ?4, ?5, 1, ?3)"));
  // One that was ended to free memory is run again under its old number, and its row written anew.
  DROVER_TRY(
      statements_.task_ended,
      database.prepare("UPDATE task SET state = ?2, sum = ?3, run = ?4, attempt = ?5, "
                       "attempts = attempts + (run IS NOT ?4 OR attempt IS NOT ?5) WHERE number = ?1"));
  DROVER_TRY(statements_.insert_attempt,
             database.prepare("INSERT OR REPLACE INTO attempt VALUES "
                              "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"));
  DROVER_TRY(upkeep_, Upkeep::begin(database.path(), !network_));
  return {};
}

Result<void> Record::in_transaction() {
  if (in_transaction_) return {};
  DROVER_CHECK(or_undone(statements_.begin.run()));
  in_transaction_ = true;
  return {};
}

Result<void> Record::write_run(Database& database, const Run& run, bool insert) {
  DROVER_TRY(
      Statement write,
      database.prepare(insert ? "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
                                "?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
                              : "UPDATE run SET ended = ?16, exit_status = ?17, tasks = ?18, attempts = ?19, "
                                "sum = ?20 WHERE id = ?1"));
  const std::string command = joined(run.command);
  const std::string names = joined(run.names);
  const std::string seed = std::to_string(run.seed);
  write.bind(1, run.id);
  if (insert) {
    write.bind(2, command);
    write.bind(3, run.mode);
    write.bind(4, run.replace);
    write.bind(5, seed);
    write.bind(6, run.per_task);
    write.bind(7, names);
    bind_optional(write, 8, run.width ? std::optional(static_cast<std::int64_t>(*run.width)) : std::nullopt);
    write.bind(9, run.version);
    write.bind(10, run.line);
    write.bind(11, run.folder);
    write.bind(12, run.host);
    write.bind(13, run.process);
    write.bind(14, run.job);
    write.bind(15, run.started);
  }
  bind_optional(write, 16, run.ended);
  bind_optional(write, 17, run.exit_status);
  bind_optional(write, 18, run.tasks);
  bind_optional(write, 19, run.attempts);
  write.bind(20, sum_of(run));
  return write.run();
}

Result<void> Record::resume(Run run) {
  DROVER_CHECK(prepare());
  run_ = std::move(run);
  run_.id = runs_.back().id + 1;
  run_.started = now();
  DROVER_CHECK(in_transaction());
  DROVER_CHECK(or_undone(write_run(*database_, run_, true)));
  return commit();
}

// Of a turn that could not be written nothing must stay: half of it would be a task without its attempt.
Result<void> Record::or_undone(Result<void> written) {
  if (written) return written;
  // What SQLite says then ("disk I/O error") would send people to the wrong place.
  if (upkeep_) {
    if (Result<void> there = upkeep_->still_there(); !there) written = std::move(there);
  }
  if (!in_transaction_) return written;
  in_transaction_ = false;
  const Result<void> undone = statements_.rollback.run();
  static_cast<void>(undone);  // SQLite may have done so already
  return written;
}

Result<void> Record::known_task(Statement& write) {
  DROVER_CHECK(write.run());
  if (database_->changed_rows() != 1) return damaged(database_->path(), "a task is missing");
  return {};
}

Result<void> Record::started(const Task& task, bool known) {
  has_tasks_ = true;
  DROVER_CHECK(in_transaction());
  Statement& write = known ? statements_.task_runs : statements_.insert_task;
  write.bind(1, static_cast<std::int64_t>(task.number));
  write.bind(2, word(task.state));
  write.bind(3, sum_of(task));
  if (known) return or_undone(known_task(write));
  write.bind(4, task.input);
  write.bind(5, task.seed);
  return or_undone(write.run());
}

Result<void> Record::ended(const Task& task, Attempt attempt, bool known) {
  DROVER_ASSERT(attempt.task == task.number, attempt.task, task.number);
  attempt.run = run_.id;
  DROVER_CHECK(in_transaction());
  has_tasks_ = true;
  Statement& write = known ? statements_.task_ended : statements_.insert_ended;
  write.bind(1, static_cast<std::int64_t>(task.number));
  write.bind(2, word(task.state));
  write.bind(3, sum_of(task));
  write.bind(4, attempt.run);
  write.bind(5, attempt.attempt);
  if (!known) {
    write.bind(6, task.input);
    write.bind(7, task.seed);
  }
  DROVER_CHECK(or_undone(known ? known_task(write) : write.run()));
  return or_undone(write_attempt(attempt));
}

Result<void> Record::write_attempt(const Attempt& attempt) {
  Statement& write = statements_.insert_attempt;
  write.bind(1, static_cast<std::int64_t>(attempt.task));
  write.bind(2, attempt.run);
  write.bind(3, attempt.attempt);
  write.bind(4, word(attempt.state));
  write.bind(5, attempt.slot);
  write.bind(6, attempt.started);
  write.bind(7, attempt.ran);
  bind_optional(write, 8, attempt.exit_status);
  write.bind(9, attempt.signal);
  write.bind(10, attempt.cause);
  write.bind(11, attempt.cpu_user);
  write.bind(12, attempt.cpu_system);
  write.bind(13, static_cast<std::int64_t>(attempt.peak_memory));
  write.bind(14, static_cast<std::int64_t>(attempt.stdout_bytes));
  write.bind(15, static_cast<std::int64_t>(attempt.stderr_bytes));
  write.bind(16, sum_of(attempt));
  return write.run();
}

Result<void> Record::commit() {
  if (!in_transaction_) return {};
  DROVER_CHECK(or_undone(statements_.commit.run()));
  in_transaction_ = false;
  if (upkeep_) upkeep_->changed();
  return {};
}

void Record::show(std::string status) {
  if (upkeep_) upkeep_->show(std::move(status));
}

Result<void> Record::end(int exit_status) {
  run_.ended = now();
  run_.exit_status = exit_status;
  DROVER_CHECK(in_transaction());
  DROVER_TRY(run_.tasks, database_->number("SELECT count(*) FROM task"));
  DROVER_TRY(run_.attempts, database_->number("SELECT count(*) FROM attempt"));
  DROVER_CHECK(or_undone(write_run(*database_, run_, false)));
  DROVER_CHECK(commit());
  Result<void> kept_up = upkeep_ ? upkeep_->finish() : Result<void>{};
  upkeep_.reset();
  statements_ = {};
  // One file that can be read where nothing may be written. Where somebody reads it now it stays as it is, which is
  // no loss. All of it is synced by the first; the second changes two bytes of the header.
  constexpr int milliseconds = 100;
  database_->patience(milliseconds);
  const Result<void> moved = database_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
  const Result<void> single = database_->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE");
  static_cast<void>(moved), static_cast<void>(single);
  const std::string path = database_->path();
  database_.reset();
  if (!kept_up) return kept_up;
  if (is_new_ && !has_tasks_ && ::unlink(path.c_str()) != 0) return system_failure("cannot remove " + path);
  return {};
}

}  // namespace drover::record
