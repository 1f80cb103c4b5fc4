// An SQLite database and its statements, with one owner each and errors as Error.
//
//     DROVER_TRY(Database database, Database::open(path, Database::Access::write));
//     DROVER_TRY(Statement count, database.prepare("SELECT count(*) FROM task WHERE state=?"));
//     count.bind(1, "failed");
//     DROVER_TRY(const bool row, count.step());
//
// Errors   not_found, denied, exhausted (disk full), io; usage for a file that is no database. Each names the file
//          and says what to do.
// Threads  a connection belongs to one thread. Never across a fork(2): two processes would share its locks.
// Source   sqlite.org/c3ref, sqlite.org/howtocorrupt.html.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "units/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace drover::record {

class Statement {
 public:
  Statement() = default;
  Statement(sqlite3_stmt* statement, std::string path) : statement_(statement), path_(std::move(path)) {}

  // Parameters count from 1, columns from 0. Text is not copied: it has to stay until step() has returned.
  void bind(int parameter, std::int64_t number);
  void bind(int parameter, std::string_view text);
  void bind_null(int parameter);

  // True: there is a row to read. False: done, and the statement is reset.
  [[nodiscard]] Result<bool> step();
  // For a statement that gives no rows.
  [[nodiscard]] Result<void> run();
  void reset();

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  // valid until the next step() or reset()
  [[nodiscard]] bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;
};

class Database {
 public:
  enum class Access : std::uint8_t { read, write, create };
  // `read` also works in a folder that may not be written to, as long as no unfinished transaction waits there; one
  // that waits is undone, which writes to the file.
  [[nodiscard]] static Result<Database> open(const std::string& path, Access access);

  [[nodiscard]] Result<void> execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);  // of the first column of the first row
  [[nodiscard]] Result<std::string> text(std::string_view sql);

  // By the last INSERT, UPDATE or DELETE.
  [[nodiscard]] std::int64_t changed_rows() const;

  // How long a statement waits for another connection that holds the database.
  void patience(int milliseconds);

  // The last to close the database moves its log into it; without this call the log stays beside it.
  void move_log_on_close();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* get() const { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Database(sqlite3* database, std::string path) : database_(database), path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

// The error that SQLite's result code stands for.
// `system_error`: errno of the system call that failed, where there was one.
[[nodiscard]] std::unexpected<Error> database_failure(const std::string& path, int code, const char* words,
                                                      int system_error = 0);

// "is damaged": a row or page that cannot be what was written.
[[nodiscard]] std::unexpected<Error> damaged(const std::string& path, const std::string& what);

}  // namespace drover::record
