#include "record/database.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;

class DatabaseTest : public test::RecordFolder {};

Database with_numbers(const std::string& path) {
  Database database = must(Database::open(path, Database::Access::create));
  must(database.execute(
      "CREATE TABLE n (i INTEGER PRIMARY KEY, t TEXT); INSERT INTO n VALUES (1, 'one'), (2, NULL)"));
  return database;
}

TEST_F(DatabaseTest, GivesRowsColumnByColumn) {
  Database database = with_numbers(path_);
  Statement rows = must(database.prepare("SELECT i, t FROM n WHERE i >= ?1 ORDER BY i"));
  rows.bind(1, 1);
  ASSERT_TRUE(must(rows.step()));
  EXPECT_EQ(rows.number(0), 1);
  EXPECT_EQ(rows.text(1), "one");
  EXPECT_FALSE(rows.is_null(1));
  ASSERT_TRUE(must(rows.step()));
  EXPECT_TRUE(rows.is_null(1));
  EXPECT_EQ(rows.text(1), "");
  EXPECT_FALSE(must(rows.step()));
  EXPECT_TRUE(must(rows.step()));  // from the start again
}

TEST_F(DatabaseTest, KeepsBytesThatAreNoUtf8) {
  Database database = with_numbers(path_);
  Statement insert = must(database.prepare("INSERT INTO n VALUES (3, ?1)"));
  insert.bind(1, "\xFF\xFE\x80 a");
  must(insert.run());
  EXPECT_EQ(database.changed_rows(), 1);
  EXPECT_EQ(must(database.text("SELECT t FROM n WHERE i = 3")), "\xFF\xFE\x80 a");
  EXPECT_EQ(must(database.number("SELECT count(*) FROM n")), 3);
}

TEST_F(DatabaseTest, SaysThatAFileIsMissing) {
  for (const auto access : {Database::Access::read, Database::Access::write}) {
    const Result<Database> opened = Database::open(path_, access);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), Errc::not_found);
    EXPECT_NE(opened.error().message().find(path_), std::string::npos) << opened.error().what();
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(DatabaseTest, RefusesWhatIsNoFileWithoutWaitingForIt) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  for (const std::string& path : {folder_.string(), path_}) {
    for (const auto access : {Database::Access::read, Database::Access::write}) {
      const Result<Database> opened = Database::open(path, access);
      ASSERT_FALSE(opened.has_value()) << path;
      EXPECT_EQ(opened.error().code(), Errc::usage);
      EXPECT_NE(opened.error().message().find(path), std::string::npos) << opened.error().what();
    }
  }
}

TEST_F(DatabaseTest, SaysThatAFileIsNoDatabase) {
  test::write_bytes(path_, std::string(4'096, 'x'));
  Database database = must(Database::open(path_, Database::Access::read));
  const Result<std::int64_t> version = database.number("PRAGMA user_version");
  ASSERT_FALSE(version.has_value());
  EXPECT_EQ(version.error().code(), Errc::usage);
  EXPECT_EQ(version.error().message(), path_ + " is no run record of drover");
}

TEST_F(DatabaseTest, SaysThatThereIsNoFolderToMakeItIn) {
  const Result<Database> opened =
      Database::open((folder_ / "no" / "run.drover").string(), Database::Access::create);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), Errc::denied);
  EXPECT_FALSE(opened.error().advice().empty());
}

// What SQLite answers when the disk is full, by a limit of its own.
TEST_F(DatabaseTest, SaysThatTheDiskIsFullAndKeepsWhatThereWas) {
  Database database = with_numbers(path_);
  must(database.execute("PRAGMA max_page_count = 3"));
  const Result<void> written = database.execute("INSERT INTO n VALUES (3, hex(randomblob(100000)))");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), Errc::exhausted);
  EXPECT_NE(written.error().message().find("disk is full"), std::string::npos);
  EXPECT_EQ(must(database.number("SELECT count(*) FROM n")), 2);
}

TEST_F(DatabaseTest, SaysThatAnotherProgramHoldsIt) {
  Database holder = with_numbers(path_);
  must(holder.execute("BEGIN EXCLUSIVE"));
  Database other = must(Database::open(path_, Database::Access::write));
  other.patience(0);
  const Result<void> written = other.execute("INSERT INTO n VALUES (3, 'x')");
  ASSERT_FALSE(written.has_value());
  EXPECT_NE(written.error().message().find("another program holds"), std::string::npos)
      << written.error().what();
}

TEST_F(DatabaseTest, DoesNotWriteThroughAReader) {
  with_numbers(path_);
  Database reader = must(Database::open(path_, Database::Access::read));
  const Result<void> written = reader.execute("INSERT INTO n VALUES (3, 'x')");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), Errc::denied);
}

TEST_F(DatabaseTest, CallsAMissingTableDamage) {
  Database database = with_numbers(path_);
  const Result<Statement> prepared = database.prepare("SELECT * FROM task");
  ASSERT_FALSE(prepared.has_value());
  EXPECT_NE(prepared.error().message().find("is damaged"), std::string::npos);
}

// '?', '#' and '%' mean something in the URI that SQLite is given, and so do two slashes in front.
TEST_F(DatabaseTest, OpensAFileOfAnyName) {
  for (const std::string name : {"a?immutable=1", "b#c", "d%41", "e f", "ü\xFF", "file:g", "-h", "?", "%"}) {
    const std::string path = (folder_ / name).string();
    with_numbers(path);
    ASSERT_TRUE(std::filesystem::exists(path)) << name;
    Database again = must(Database::open(path, Database::Access::read));
    EXPECT_EQ(must(again.number("SELECT count(*) FROM n")), 2) << name;
  }
  with_numbers("/" + path_);
  EXPECT_TRUE(std::filesystem::exists(path_));
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  for (const std::string& name : {std::string(":memory:"), std::string("a"), std::string("./b"),
                                  "../" + folder_.filename().string() + "/c"}) {
    with_numbers(name);
    EXPECT_TRUE(std::filesystem::exists(name)) << name;
  }
  std::filesystem::current_path(before);
}

// Left over by a writer that was killed: the log is evidence and stays as it is.
TEST_F(DatabaseTest, LeavesALogThatWaitsAsItIs) {
  Database writer = with_numbers(path_);
  must(writer.execute("PRAGMA journal_mode = WAL; INSERT INTO n VALUES (3, 'x')"));
  const std::string copy = (folder_ / "copy").string();
  for (const char* suffix : {"", "-wal"}) std::filesystem::copy_file(path_ + suffix, copy + suffix);
  const std::string before = test::bytes_of(copy);
  for (const auto access : {Database::Access::read, Database::Access::write}) {
    {
      Database opened = must(Database::open(copy, access));
      EXPECT_EQ(must(opened.number("SELECT count(*) FROM n")), 3);
    }
    EXPECT_EQ(test::bytes_of(copy), before);
    EXPECT_EQ(test::bytes_of(copy + "-wal"), test::bytes_of(path_ + "-wal"));
  }
}

// A rollback journal that waits has to be played back before anything can be read.
TEST_F(DatabaseTest, ReadsAFileThatWasLeftInTheMiddleOfAWrite) {
  with_numbers(path_);
  ASSERT_EQ(test::signal_that_ended([&] {
              Database writer = must(Database::open(path_, Database::Access::write));
              must(writer.execute("PRAGMA cache_size = 1; BEGIN; UPDATE n SET t = 'changed'"));
              for (int i = 10; i < 200; ++i)
                must(writer.execute(fmt::format("INSERT INTO n VALUES ({}, hex(zeroblob(400)))", i)));
              test::die();
            }),
            SIGKILL);
  ASSERT_GT(std::filesystem::file_size(path_ + "-journal"), 0U);
  Database reader = must(Database::open(path_, Database::Access::read));
  EXPECT_EQ(must(reader.number("SELECT count(*) FROM n")), 2);
  EXPECT_EQ(must(reader.text("SELECT t FROM n WHERE i = 1")), "one");
}

}  // namespace
}  // namespace drover::record
