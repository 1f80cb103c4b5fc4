#include "record/record.hpp"

#include "record/status.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;
using test::put;

class RecordTest : public test::RecordFolder {
 protected:
  std::vector<std::string> log() const { return must(test::log_of(path_)); }
  std::string journal() const {
    Database database = must(Database::open(path_, Database::Access::read));
    return must(database.text("PRAGMA journal_mode"));
  }
};

TEST_F(RecordTest, RefusesAFileThatExists) {
  for (const std::string text : {"", "precious"}) {
    test::write_bytes(path_, text);
    const Result<Record> made = Record::create(path_, test::some_run());
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code(), Errc::usage);
    EXPECT_NE(made.error().advice().find("--resume"), std::string::npos);
    EXPECT_EQ(test::bytes_of(path_), text);
  }
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
}

TEST_F(RecordTest, MakesTheFoldersAboveIt) {
  const std::string deep = (folder_ / "a" / "b" / "run.drover").string();
  { Record record = must(Record::create(deep, test::some_run())); }
  EXPECT_TRUE(std::filesystem::exists(deep));
}

TEST_F(RecordTest, LeavesNothingWhereItCannotBeMade) {
  std::ofstream(folder_ / "file") << "x";
  const Result<Record> made = Record::create((folder_ / "file" / "run.drover").string(), test::some_run());
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(files(), std::vector<std::string>{"file"});
}

TEST_F(RecordTest, GivesEveryRowBackAsItWasWritten) {
  {
    Record record = must(Record::create(path_, test::some_run()));
    for (schedule::TaskNumber i = 1; i <= 100; ++i) {
      put(record, i, test::usual_state(i));
      must(record.commit());
    }
    must(record.end(14));
  }
  Log log = must(Log::open(path_, Log::Which::all));
  ASSERT_EQ(log.runs().size(), 1U);
  record::Run expected = test::some_run();
  expected.id = 1;
  expected.started = log.runs()[0].started;
  expected.ended = log.runs()[0].ended;
  expected.exit_status = 14;
  EXPECT_EQ(test::line_of(log.runs()[0]), test::line_of(expected));
  EXPECT_LE(expected.started, expected.ended.value_or(0));
  EXPECT_EQ(log.runs()[0].tasks, 100);
  EXPECT_EQ(log.runs()[0].attempts, 100);
  for (schedule::TaskNumber i = 1; i <= 100; ++i) {
    ASSERT_TRUE(must(log.next()));
    const std::string input = test::input_of(i);
    LoggedTask one{test::some_task(i, input, test::usual_state(i)), 1,
                   test::some_attempt(i, test::usual_state(i))};
    one.last.run = 1;
    EXPECT_EQ(test::line_of(log.task()), test::line_of(one));
  }
  EXPECT_FALSE(must(log.next()));
}

TEST_F(RecordTest, TakesAnyBytesAsInputAndAnyNumbers) {
  const std::string input("\x01\xFF\xC3 'quoted' \"x\"; DROP TABLE task; --");
  Attempt attempt = test::some_attempt(1'000'000'007, TaskState::failed);
  attempt.slot = 4'294'967'295U;
  attempt.peak_memory = 1ULL << 62U;
  attempt.exit_status.reset();
  attempt.cause = "cannot start: \xFF";
  const Task task{1'000'000'007, input, 2'147'483'647, TaskState::failed};
  {
    Record record = must(Record::create(path_, test::some_run()));
    must(record.started({task.number, input, task.seed, TaskState::running}, false));
    must(record.ended(task, attempt));
    must(record.commit());
    must(record.end(1));
  }
  Log log = must(Log::open(path_, Log::Which::failed));
  ASSERT_TRUE(must(log.next()));
  attempt.run = 1;
  EXPECT_EQ(test::line_of(log.task()), test::line_of(LoggedTask{task, 1, attempt}));
}

TEST_F(RecordTest, IsASingleFileAtItsEnd) {
  Record record = must(Record::create(path_, test::some_run()));
  record.show(to_json({}));
  put(record, 1, TaskState::done);
  must(record.commit());
  must(record.end(0));
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
  EXPECT_EQ(journal(), "delete");
}

TEST_F(RecordTest, IsRemovedIfItHoldsNoTask) {
  Record record = must(Record::create(path_, test::some_run()));
  must(record.end(0));
  EXPECT_TRUE(files().empty());
}

TEST_F(RecordTest, StaysIfALaterRunAddsNoTask) {
  {
    Record record = must(Record::create(path_, test::some_run()));
    put(record, 1, TaskState::done);
    must(record.end(0));
  }
  Record again = must(Record::open(path_));
  must(again.resume(test::some_run()));
  must(again.end(0));
  EXPECT_EQ(log().size(), 3U);
}

TEST_F(RecordTest, CountsTheRunsAndTheirAttempts) {
  {
    Record record = must(Record::create(path_, test::some_run()));
    put(record, 1, TaskState::done);
    put(record, 2, TaskState::failed);
    must(record.end(1));
  }
  Record record = must(Record::open(path_));
  ASSERT_EQ(record.runs().size(), 1U);
  EXPECT_EQ(record.runs()[0].exit_status, 1);
  record::Run second = test::some_run();
  second.host = "node18";
  must(record.resume(second));
  put(record, 2, TaskState::done, true);
  must(record.commit());
  must(record.end(0));
  Log log = must(Log::open(path_, Log::Which::all));
  ASSERT_EQ(log.runs().size(), 2U);
  EXPECT_EQ(log.runs()[1].id, 2);
  EXPECT_EQ(log.runs()[1].host, "node18");
  ASSERT_TRUE(must(log.next()));
  ASSERT_TRUE(must(log.next()));
  EXPECT_EQ(log.task().attempts, 2U);
  EXPECT_EQ(log.task().last.run, 2);
  EXPECT_EQ(log.task().task.state, TaskState::done);
}

TEST_F(RecordTest, WritesNothingBeforeItIsResumed) {
  {
    Record record = must(Record::create(path_, test::some_run()));
    put(record, 1, TaskState::done);
    must(record.end(0));
  }
  const std::string before = test::bytes_of(path_);
  { const Record record = must(Record::open(path_)); }
  EXPECT_EQ(test::bytes_of(path_), before);
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
}

TEST_F(RecordTest, HasNothingOfATurnThatWasNotCommitted) {
  ASSERT_EQ(test::signal_that_ended([&] {
              Record record = must(Record::create(path_, test::some_run()));
              put(record, 1, TaskState::done);
              put(record, 2, TaskState::running);
              must(record.commit());
              put(record, 3, TaskState::done);
              must(record.started(test::some_task(2, test::input_of(2), TaskState::running), true));
              test::die();
            }),
            SIGKILL);
  const std::vector<std::string> lines = log();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines[1].starts_with("1 "));
  EXPECT_NE(lines[2].find(" running | 0 |"), std::string::npos) << lines[2];
}

TEST_F(RecordTest, HasEverythingThatWasCommittedWhenItsWriterWasKilled) {
  ASSERT_EQ(test::signal_that_ended([&] {
              Record record = must(Record::create(path_, test::some_run()));
              for (schedule::TaskNumber i = 1; i <= 500; ++i) {
                put(record, i, test::usual_state(i));
                must(record.commit());
              }
              test::die();
            }),
            SIGKILL);
  EXPECT_TRUE(std::filesystem::exists(path_ + "-wal"));
  const std::vector<std::string> lines = log();
  EXPECT_EQ(lines.size(), 501U);
  EXPECT_TRUE(std::filesystem::exists(path_ + "-wal"));  // reading took nothing away
  Record record = must(Record::open(path_));
  EXPECT_FALSE(record.runs()[0].ended.has_value());
  must(record.resume(test::some_run()));
  must(record.end(0));
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
  const std::vector<std::string> after = log();
  EXPECT_EQ(std::vector(after.begin() + 2, after.end()), std::vector(lines.begin() + 1, lines.end()));
}

TEST_F(RecordTest, IsThereAsSoonAsItIsMade) {
  ASSERT_EQ(test::signal_that_ended([&] {
              const Record record = must(Record::create(path_, test::some_run()));
              test::die();
            }),
            SIGKILL);
  EXPECT_EQ(log().size(), 1U);
}

TEST_F(RecordTest, IgnoresWhatWasLeftOfOneThatWasNeverFinished) {
  test::write_bytes(path_ + "-new", "half a record");
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  must(record.end(0));
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
  EXPECT_EQ(log().size(), 2U);
}

// SQLite would take it for the log of the new one, and its tasks for done.
TEST_F(RecordTest, RefusesTheLogOfARecordThatIsGone) {
  for (const char* kind : {"-wal", "-journal"}) {
    test::write_bytes(path_ + kind, "of a record that was removed");
    const Result<Record> record = Record::create(path_, test::some_run());
    ASSERT_FALSE(record.has_value());
    EXPECT_NE(std::string(record.error().what()).find(path_ + kind), std::string::npos)
        << record.error().what();
    std::filesystem::remove(path_ + kind);
    EXPECT_TRUE(files().empty());
  }
}

TEST_F(RecordTest, SaysThatItWasRemovedOrReplacedMeanwhile) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  must(record.commit());
  std::filesystem::remove(path_);
  const Result<void> ended = record.end(0);
  ASSERT_FALSE(ended.has_value());
  EXPECT_NE(ended.error().message().find("removed, renamed or replaced"), std::string::npos)
      << ended.error().what();
}

TEST_F(RecordTest, KeepsNothingOfATurnInWhichAWriteFailed) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  must(record.commit());
  put(record, 2, TaskState::done);
  const Result<void> twice = record.started(test::some_task(2, test::input_of(2), TaskState::running), false);
  EXPECT_FALSE(twice.has_value());
  must(record.commit());
  put(record, 3, TaskState::done);
  const Result<void> unknown =
      record.started(test::some_task(4, test::input_of(4), TaskState::running), true);
  EXPECT_FALSE(unknown.has_value());
  must(record.commit());
  must(record.end(0));
  EXPECT_EQ(log().size(), 2U);
}

TEST_F(RecordTest, TellsThatTheDiskIsFullAndKeepsTheTurnsBefore) {
  Record record = must(Record::create(path_, test::some_run()));
  const std::int64_t pages = must(record.database().number("PRAGMA page_count"));
  must(record.database().execute(fmt::format("PRAGMA max_page_count = {}", pages + 4)));
  Result<void> written;
  schedule::TaskNumber committed = 0;
  for (schedule::TaskNumber i = 1; written && i < 1'000; ++i) {
    const std::string input = test::input_of(i);
    written = record.started(test::some_task(i, input, TaskState::running), false);
    if (written)
      written =
          record.ended(test::some_task(i, input, TaskState::done), test::some_attempt(i, TaskState::done));
    if (written) written = record.commit();
    if (written) committed = i;
  }
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), Errc::exhausted);
  EXPECT_EQ(log().size(), 1 + committed);
}

// DROVER_PRETEND is read by machine::filesystem_of.
class NetworkRecordTest : public RecordTest {
 protected:
  void SetUp() override {
    RecordTest::SetUp();
    ASSERT_EQ(::setenv("DROVER_PRETEND", "filesystem=nfs", 1), 0);
  }
  void TearDown() override {
    ::unsetenv("DROVER_PRETEND");
    RecordTest::TearDown();
  }
};

TEST_F(NetworkRecordTest, HasARollbackJournalAndNeverALog) {
  Record record = must(Record::create(path_, test::some_run()));
  EXPECT_EQ(must(record.database().text("PRAGMA journal_mode")), "truncate");
  EXPECT_EQ(must(record.database().text("PRAGMA locking_mode")), "exclusive");
  for (schedule::TaskNumber i = 1; i <= 20; ++i) {
    put(record, i, TaskState::done);
    must(record.commit());
    EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
  }
  must(record.end(0));
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
  EXPECT_EQ(log().size(), 21U);
}

TEST_F(NetworkRecordTest, CanBeOpenedByNobodyElseWhileItIsWritten) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  must(record.commit());
  Database other = must(Database::open(path_, Database::Access::read));
  other.patience(0);
  EXPECT_FALSE(other.number("SELECT count(*) FROM task").has_value());
}

TEST_F(NetworkRecordTest, IsTheSameAfterItsWriterWasKilled) {
  ASSERT_EQ(
      test::signal_that_ended([&] {
        Record record = must(Record::create(path_, test::some_run()));
        for (schedule::TaskNumber i = 1; i <= 50; ++i) {
          put(record, i, test::usual_state(i));
          must(record.commit());
        }
        must(record.database().execute("PRAGMA cache_size = 1"));  // pages are written before the commit
        for (schedule::TaskNumber i = 51; i <= 500; ++i) put(record, i, TaskState::done);
        test::die();
      }),
      SIGKILL);
  ASSERT_GT(std::filesystem::file_size(path_ + "-journal"), 0U);
  EXPECT_EQ(log().size(), 51U);
  Record record = must(Record::open(path_));
  must(record.resume(test::some_run()));
  put(record, 51, TaskState::done);
  must(record.commit());
  must(record.end(0));
  EXPECT_EQ(log().size(), 53U);
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
}

// Begun on a local disk, moved to the file server, and gone on with there.
TEST_F(NetworkRecordTest, TakesOverALogThatWaits) {
  ::unsetenv("DROVER_PRETEND");
  ASSERT_EQ(test::signal_that_ended([&] {
              Record record = must(Record::create(path_, test::some_run()));
              put(record, 1, TaskState::done);
              must(record.commit());
              test::die();
            }),
            SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(path_ + "-wal"));
  std::filesystem::remove(path_ + "-shm");
  ASSERT_EQ(::setenv("DROVER_PRETEND", "filesystem=nfs", 1), 0);
  Record record = must(Record::open(path_));
  must(record.resume(test::some_run()));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
  put(record, 2, TaskState::done);
  must(record.commit());
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  must(record.end(0));
  EXPECT_EQ(log().size(), 4U);
}

}  // namespace
}  // namespace drover::record
