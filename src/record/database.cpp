#include "record/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "units/assert.hpp"
#include "units/system_error.hpp"

namespace drover::record {
namespace {

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

// A pipe would be waited for.
Result<void> check_is_a_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return system_failure(fmt::format("cannot open the run record {}", path));
  if (S_ISREG(status.st_mode) && status.st_nlink > 1) {  // sqlite.org/howtocorrupt.html §2.5
    return failure(Errc::usage,
                   fmt::format("the run record {} has {} names (hard links), and its log goes by one of them",
                               path, status.st_nlink),
                   "remove the others, or copy it");
  }
  if (S_ISREG(status.st_mode)) return {};
  return failure(
      Errc::usage,
      fmt::format("{} is {}, not a run record", path, S_ISDIR(status.st_mode) ? "a folder" : "no file"),
      "name a file");
}

// For a URI: what SQLite would take for its own there is written as %HH (sqlite.org/uri.html). The beginning keeps it
// from taking "//home/run.drover" for a file of the machine "home", and ":memory:" for no file at all.
std::string uri_of(const std::string& path, const char* query) {
  std::string uri = path.starts_with('/') ? "file://" : "file:./";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + query;
}

int open_flags(Database::Access access) {
  constexpr int always = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  switch (access) {
    case Database::Access::read:
      return always | SQLITE_OPEN_READONLY;
    case Database::Access::write:
      return always | SQLITE_OPEN_READWRITE;
    case Database::Access::create:
      return always | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return always;
}

// A record that was closed is one file: where nothing can change it, it needs no lock and no journal.
bool may_be_read_as_it_is(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return ::access(folder.c_str(), W_OK) != 0 && !exists(path + "-wal") && !exists(path + "-journal");
}

// A journal that waits is of a commit that was broken off: to read the record it has to be undone first.
bool has_to_be_mended(const std::string& path) {
  struct stat journal {};
  return ::stat((path + "-journal").c_str(), &journal) == 0 && journal.st_size > 0;
}

}  // namespace

std::unexpected<Error> damaged(const std::string& path, const std::string& what) {
  return failure(Errc::io, fmt::format("the run record {} is damaged ({})", path, what),
                 fmt::format("nothing was changed. Begin a new record; `sqlite3 {} .dump > saved.sql` saves "
                             "what can be read as text",
                             path));
}

std::unexpected<Error> database_failure(const std::string& path, int code, const char* words,
                                        int system_error) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return failure(Errc::exhausted, fmt::format("cannot write the run record {}: the disk is full", path),
                     "make room");
    case SQLITE_NOTADB:
      return failure(Errc::usage, fmt::format("{} is no run record of drover", path), "name another file");
    case SQLITE_CORRUPT:
      return damaged(path, words);
    case SQLITE_READONLY:
      if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY) {
        return failure(
            Errc::denied,
            fmt::format("the run record {} was left in the middle of a write, and it may not be written to",
                        path),
            "read it once where it and its folder may be written to, or copy all files of its name");
      }
      [[fallthrough]];
    case SQLITE_PERM:
      return failure(Errc::denied, fmt::format("the run record {} may not be written to", path),
                     "see the permissions of the file and its folder");
    case SQLITE_CANTOPEN:
      return failure(
          Errc::denied, fmt::format("cannot open the run record {} ({})", path, words),
          "see the permissions of the file and its folder. Where nothing may be written: copy the record and "
          "all files beside it that begin with its name to a folder of yours");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return failure(Errc::io, fmt::format("another program holds the run record {}", path),
                     "end it (sqlite3 with an open transaction?) and try again");
    case SQLITE_NOMEM:
      return failure(Errc::exhausted, fmt::format("not enough memory for the run record {}", path));
    case SQLITE_ERROR:  // a table or column that must be there is not
      return damaged(path, words);
    case SQLITE_CONSTRAINT:
      return failure(Errc::io,
                     fmt::format("another program has written to the run record {} ({})", path, words),
                     "let one drover at a time have it");
    case SQLITE_IOERR:
      if (system_error == ENOSPC)  // of the log's index, which SQLITE_FULL does not tell
        return failure(Errc::exhausted, fmt::format("cannot write the run record {}: the disk is full", path),
                       "make room");
      if (system_error == EDQUOT)
        return failure(Errc::exhausted,
                       fmt::format("cannot write the run record {}: your quota is used up", path),
                       "make room");
      return failure(Errc::io,
                     fmt::format("the run record {} cannot be read or written ({}: {})", path, words,
                                 std::strerror(system_error)),
                     "see that its disk is well");
    default:
      return failure(Errc::io, fmt::format("the run record {} cannot be read or written ({})", path, words),
                     "see that its disk is well");
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::bind(int parameter, std::int64_t number) {
  DROVER_ASSERT(sqlite3_bind_int64(statement_.get(), parameter, number) == SQLITE_OK, parameter);
}

void Statement::bind(int parameter, std::string_view text) {
  const int bound =
      sqlite3_bind_text64(statement_.get(), parameter, text.data() == nullptr ? "" : text.data(), text.size(),
                          SQLITE_STATIC, SQLITE_UTF8);
  DROVER_ASSERT(bound == SQLITE_OK, parameter, text.size());
}

void Statement::bind_null(int parameter) {
  DROVER_ASSERT(sqlite3_bind_null(statement_.get(), parameter) == SQLITE_OK, parameter);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  sqlite3* database = sqlite3_db_handle(statement_.get());
  auto error = database_failure(path_, sqlite3_extended_errcode(database), sqlite3_errmsg(database),
                                sqlite3_system_errno(database));
  reset();
  return error;
}

Result<void> Statement::run() {
  DROVER_TRY(const bool row, step());
  if (row) reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());  // its code repeats the last step's
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::string& path, Access access) {
  // Counting what SQLite allocates takes a lock at each allocation, and nobody asks. Refused, without harm, once it runs.
  static_cast<void>(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0));
  if (access != Access::create) DROVER_CHECK(check_is_a_file(path));
  const bool as_it_is = access == Access::read && may_be_read_as_it_is(path);
  if (access == Access::read && has_to_be_mended(path)) access = Access::write;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(uri_of(path, as_it_is ? "?immutable=1" : "").c_str(), &raw,
                                   open_flags(access), nullptr);
  Database database(raw, path);
  if (code != SQLITE_OK) {
    return database_failure(path, code, raw == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(raw));
  }
  sqlite3_extended_result_codes(raw, 1);
  // A log that waits is evidence: it stays as it is unless we write (Record::open finds damage before that).
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  constexpr int milliseconds = 5000;
  database.patience(milliseconds);
  return database;
}

void Database::move_log_on_close() {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void Database::patience(int milliseconds) {
  sqlite3_busy_timeout(database_.get(), milliseconds);
}

Result<void> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return database_failure(path_, code, sqlite3_errmsg(database_.get()),
                            sqlite3_system_errno(database_.get()));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK)
    return database_failure(path_, code, sqlite3_errmsg(database_.get()),
                            sqlite3_system_errno(database_.get()));
  return Statement(raw, path_);
}

std::int64_t Database::changed_rows() const {
  return sqlite3_changes64(database_.get());
}

Result<std::int64_t> Database::number(std::string_view sql) {
  DROVER_TRY(Statement statement, prepare(sql));
  DROVER_TRY(const bool row, statement.step());
  return row ? statement.number(0) : 0;
}

Result<std::string> Database::text(std::string_view sql) {
  DROVER_TRY(Statement statement, prepare(sql));
  DROVER_TRY(const bool row, statement.step());
  return row ? std::string(statement.text(0)) : std::string();
}

}  // namespace drover::record
