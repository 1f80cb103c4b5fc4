#include "record/log.hpp"

#include "record/lock.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;
using test::put;

class LogTest : public test::RecordFolder {
 protected:
  std::vector<schedule::TaskNumber> numbers(Log::Which which) {
    std::vector<schedule::TaskNumber> all;
    Log log = must(Log::open(path_, which));
    while (must(log.next())) all.push_back(log.task().task.number);
    return all;
  }
};

TEST_F(LogTest, GivesTasksInTheOrderOfTheirNumbersHoweverTheyEnded) {
  Record record = must(Record::create(path_, test::some_run()));
  for (const schedule::TaskNumber number : {5U, 1U, 40U, 3U, 2U}) put(record, number, TaskState::done);
  must(record.end(0));
  EXPECT_EQ(numbers(Log::Which::all), (std::vector<schedule::TaskNumber>{1, 2, 3, 5, 40}));
  EXPECT_TRUE(numbers(Log::Which::failed).empty());
}

TEST_F(LogTest, GivesTheFailedOnly) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::failed);
  put(record, 2, TaskState::done);
  put(record, 3, TaskState::running);
  put(record, 4, TaskState::not_run);
  put(record, 50, TaskState::failed);
  put(record, 51, TaskState::failed);
  must(record.end(2));
  EXPECT_EQ(numbers(Log::Which::failed), (std::vector<schedule::TaskNumber>{1, 50, 51}));
  Log log = must(Log::open(path_, Log::Which::failed));
  const StateCounts counts = must(log.counts());
  EXPECT_EQ(counts.failed, 3U);
  EXPECT_EQ(counts.done, 1U);
  EXPECT_EQ(counts.running, 1U);
  EXPECT_EQ(counts.not_run, 1U);
}

TEST_F(LogTest, GivesTheSameOfAFailedTaskInBothWays) {
  Record record = must(Record::create(path_, test::some_run()));
  for (schedule::TaskNumber i = 1; i <= 300; ++i)
    put(record, i, i % 2 == 0 || i % 31 == 0 ? TaskState::failed : TaskState::done);
  for (schedule::TaskNumber i = 301; i <= 900; ++i) put(record, i, test::usual_state(i));
  must(record.end(2));
  std::vector<std::string> failed;
  for (const std::string& line : must(test::log_of(path_)))
    if (line.find(" failed |") != std::string::npos || failed.empty()) failed.push_back(line);
  EXPECT_EQ(must(test::log_of(path_, Log::Which::failed)), failed);
}

TEST_F(LogTest, ShowsTheLastAttemptAndCountsThemOverAllRuns) {
  const std::string input = test::input_of(1);
  {
    Record record = must(Record::create(path_, test::some_run()));
    must(record.started(test::some_task(1, input, TaskState::running), false));
    must(record.ended(test::some_task(1, input, TaskState::running),
                      test::some_attempt(1, TaskState::failed, 1)));
    must(record.ended(test::some_task(1, input, TaskState::failed),
                      test::some_attempt(1, TaskState::failed, 2)));
    put(record, 2, TaskState::done);
    must(record.end(1));
  }
  Record record = must(Record::open(path_));
  must(record.resume(test::some_run()));
  must(record.started(test::some_task(1, input, TaskState::running), true));
  must(record.ended(test::some_task(1, input, TaskState::failed),
                    test::some_attempt(1, TaskState::failed, 1)));
  must(record.end(1));
  for (const auto which : {Log::Which::all, Log::Which::failed}) {
    Log log = must(Log::open(path_, which));
    ASSERT_TRUE(must(log.next()));
    EXPECT_EQ(log.task().attempts, 3U);
    EXPECT_EQ(log.task().last.run, 2);
    EXPECT_EQ(log.task().last.attempt, 1U);
  }
}

// --memfree: an attempt that was ended to free memory does not count, and the next one has its number.
TEST_F(LogTest, ShowsAnAttemptThatWasRunAgainOnce) {
  const std::string input = test::input_of(1);
  Record record = must(Record::create(path_, test::some_run()));
  must(record.started(test::some_task(1, input, TaskState::running), false));
  must(
      record.ended(test::some_task(1, input, TaskState::running), test::some_attempt(1, TaskState::not_run)));
  must(record.commit());
  must(record.started(test::some_task(1, input, TaskState::running), true));
  must(record.ended(test::some_task(1, input, TaskState::failed), test::some_attempt(1, TaskState::failed)));
  must(record.end(1));
  Log log = must(Log::open(path_, Log::Which::failed));
  ASSERT_TRUE(must(log.next()));
  EXPECT_EQ(log.task().attempts, 1U);
  EXPECT_EQ(log.task().last.state, TaskState::failed);
}

TEST_F(LogTest, ShowsATaskWithoutAnAttempt) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  put(record, 2, TaskState::running);
  put(record, 3, TaskState::done);
  must(record.end(130));
  Log log = must(Log::open(path_, Log::Which::all));
  ASSERT_TRUE(must(log.next()));
  ASSERT_TRUE(must(log.next()));
  EXPECT_EQ(log.task().attempts, 0U);
  EXPECT_EQ(log.task().last.task, 0U);
  ASSERT_TRUE(must(log.next()));
  EXPECT_EQ(log.task().last.task, 3U);
  EXPECT_FALSE(must(log.next()));
}

TEST_F(LogTest, SeesOneMomentWhileAWriterGoesOn) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  put(record, 2, TaskState::running);
  must(record.commit());
  Log log = must(Log::open(path_, Log::Which::all));
  put(record, 3, TaskState::done);
  must(record.ended(test::some_task(2, test::input_of(2), TaskState::failed),
                    test::some_attempt(2, TaskState::failed)));
  must(record.commit());
  EXPECT_EQ(must(log.counts()).running, 1U);
  ASSERT_TRUE(must(log.next()));
  ASSERT_TRUE(must(log.next()));
  EXPECT_EQ(log.task().task.state, TaskState::running);
  EXPECT_FALSE(must(log.next()));
  EXPECT_EQ(numbers(Log::Which::all).size(), 3U);
  EXPECT_EQ(numbers(Log::Which::failed).size(), 1U);
  must(record.end(1));
  EXPECT_EQ(numbers(Log::Which::all).size(), 3U);
}

TEST_F(LogTest, DoesNotOpenALiveRecordOnANetworkFileSystem) {
  ASSERT_EQ(::setenv("DROVER_PRETEND", "filesystem=nfs", 1), 0);
  std::optional<Lock> lock(must(Lock::take(path_)));
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  must(record.commit());
  const Result<Log> log = Log::open(path_, Log::Which::all);
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().code(), Errc::usage);
  EXPECT_NE(log.error().advice().find("drover status"), std::string::npos);
  must(record.end(0));
  lock.reset();
  EXPECT_EQ(numbers(Log::Which::all).size(), 1U);
  ::unsetenv("DROVER_PRETEND");
}

TEST_F(LogTest, SaysThatThereIsNoRecord) {
  const Result<Log> log = Log::open(path_, Log::Which::all);
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().code(), Errc::not_found);
}

// By hand, as a damaged page would do it: the rows that are left are whole.
class IncompleteLogTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    Record record = must(Record::create(path_, test::some_run()));
    for (schedule::TaskNumber i = 1; i <= 20; ++i) put(record, i, test::usual_state(i));
    must(record.end(2));
  }
  void change(const std::string& sql) {
    Database database = must(Database::open(path_, Database::Access::write));
    must(database.execute(sql));
  }
  void expect_damage(Log::Which which) {
    const auto lines = test::log_of(path_, which);
    ASSERT_FALSE(lines.has_value());
    EXPECT_NE(lines.error().message().find("is damaged"), std::string::npos) << lines.error().what();
  }
};

TEST_F(IncompleteLogTest, MissesALostTask) {
  change("DELETE FROM task WHERE number = 14; DELETE FROM attempt WHERE task = 14");
  expect_damage(Log::Which::all);
  expect_damage(Log::Which::failed);
  Log log = must(Log::open(path_, Log::Which::all));
  EXPECT_FALSE(log.counts().has_value());
}

TEST_F(IncompleteLogTest, MissesALostAttempt) {
  change("DELETE FROM attempt WHERE task = 14");
  expect_damage(Log::Which::all);
  expect_damage(Log::Which::failed);
}

TEST_F(IncompleteLogTest, FindsAnAttemptOfNoTask) {
  change("DELETE FROM task WHERE number = 20; UPDATE run SET tasks = 19");
  expect_damage(Log::Which::all);
  change("DELETE FROM task WHERE number < 20");
  expect_damage(Log::Which::all);
}

TEST_F(IncompleteLogTest, FindsAWordThatIsNoState) {
  for (const char* word : {"'dune'", "'failee'", "''", "x'646f6e65ff'"}) {
    change(fmt::format("UPDATE task SET state = {} WHERE number = 14", word));
    expect_damage(Log::Which::failed);
    expect_damage(Log::Which::all);
  }
}

}  // namespace
}  // namespace drover::record
