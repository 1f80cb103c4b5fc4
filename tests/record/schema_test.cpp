#include "record/schema.hpp"

#include "record/lock.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;

class SchemaTest : public test::RecordFolder {
 protected:
  void SetUp() override {
    RecordFolder::SetUp();
    Record record = must(Record::create(path_, test::some_run()));
    test::put(record, 1, TaskState::done);
    test::put(record, 2, TaskState::failed);
    must(record.commit());
    must(record.end(1));
  }
  void change(const std::string& sql) {
    Database database = must(Database::open(path_, Database::Access::write));
    must(database.execute(sql));
  }
  // Both ways to open it refuse it with the same words, and change nothing.
  Error refusal() {
    const std::string before = test::bytes_of(path_);
    const Result<Record> opened = Record::open(path_);
    const Result<Log> log = Log::open(path_, Log::Which::all);
    if (opened || log) throw std::runtime_error("it was opened");
    EXPECT_EQ(opened.error().message(), log.error().message());
    EXPECT_EQ(test::bytes_of(path_), before);
    EXPECT_NE(opened.error().message().find(path_), std::string::npos) << opened.error().what();
    return opened.error();
  }
};

TEST_F(SchemaTest, RefusesTheFormatOfANewerDrover) {
  change(fmt::format("PRAGMA user_version = {}", format + 1));
  const Error error = refusal();
  EXPECT_EQ(error.code(), Errc::usage);
  EXPECT_NE(error.message().find("is of format 2, and this drover knows format 1"), std::string::npos)
      << error.what();
  EXPECT_NE(error.advice().find("newer"), std::string::npos);
}

TEST_F(SchemaTest, RefusesTheDatabaseOfAnotherApplication) {
  change("PRAGMA application_id = 1234");
  EXPECT_EQ(refusal().code(), Errc::usage);
}

TEST_F(SchemaTest, RefusesADatabaseThatBelongsToNobody) {
  std::filesystem::remove(path_);
  {
    Database foreign = must(Database::open(path_, Database::Access::create));
    must(foreign.execute("CREATE TABLE task (number INTEGER PRIMARY KEY, input TEXT)"));
  }
  const Error error = refusal();
  EXPECT_EQ(error.code(), Errc::usage);
  EXPECT_EQ(error.message(), path_ + " is no run record of drover");
}

TEST_F(SchemaTest, RefusesATextFileAndAnEmptyOne) {
  for (const std::string& text : {std::string(), std::string("a\n"), std::string(100'000, '\n')}) {
    test::write_bytes(path_, text);
    const Error error = refusal();
    EXPECT_EQ(error.code(), Errc::usage);
    EXPECT_EQ(error.message(), path_ + " is no run record of drover");
  }
}

TEST_F(SchemaTest, RefusesATableWhoseTextWasChanged) {
  change(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'input TEXT', 'input TEXU') "
      "WHERE name = 'task'");
  EXPECT_NE(refusal().message().find("is damaged"), std::string::npos);
}

TEST_F(SchemaTest, RefusesARecordWithoutARun) {
  change("DELETE FROM run");
  EXPECT_NE(refusal().message().find("is damaged"), std::string::npos);
}

TEST_F(SchemaTest, LetsPeopleAddAnIndexOrAViewOfTheirOwn) {
  change("CREATE INDEX by_state ON task (state); CREATE VIEW slow AS SELECT * FROM log WHERE seconds > 60");
  EXPECT_TRUE(Record::open(path_).has_value());
  EXPECT_EQ(must(test::log_of(path_)).size(), 3U);
}

TEST_F(SchemaTest, ShowsTheLastAttemptOfEachTaskInTheViewForPeople) {
  {
    Record record = must(Record::open(path_));
    must(record.resume(test::some_run()));
    test::put(record, 2, TaskState::done, true);
    test::put(record, 3, TaskState::running);
    must(record.commit());
    must(record.end(0));
  }
  Database database = must(Database::open(path_, Database::Access::read));
  Statement rows =
      must(database.prepare("SELECT number, input, state, attempts, host, started, ended, seconds, "
                            "exit_status, cause, peak_memory, cpu_user "
                            "FROM log ORDER BY number"));
  ASSERT_TRUE(must(rows.step()));
  EXPECT_EQ(rows.text(2), "done");
  ASSERT_TRUE(must(rows.step()));
  EXPECT_EQ(rows.text(1), test::input_of(2));
  EXPECT_EQ(rows.text(2), "done");
  EXPECT_EQ(rows.number(3), 2);
  EXPECT_EQ(rows.text(4), "node17");
  EXPECT_EQ(rows.text(5), "2026-03-01 12:00:00");  // date -u -d @1772366400
  EXPECT_EQ(rows.text(7), "0.015838");
  EXPECT_EQ(rows.number(8), 0);
  EXPECT_EQ(rows.text(9), "");
  EXPECT_EQ(rows.number(10), 2 << 20);
  EXPECT_EQ(rows.text(11), "0.01");
  ASSERT_TRUE(must(rows.step()));
  EXPECT_EQ(rows.text(2), "running");
  EXPECT_EQ(rows.number(3), 0);
  EXPECT_TRUE(rows.is_null(4));
  EXPECT_FALSE(must(rows.step()));
}

}  // namespace
}  // namespace drover::record
