#include "record/upkeep.hpp"

#include <sqlite3.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "machine/unique_fd.hpp"
#include "record/status.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;
using test::put;

constexpr std::uintmax_t long_log = 16U << 20U;

class UpkeepTest : public test::RecordFolder {
 protected:
  std::uintmax_t log_bytes() const {
    std::error_code none;
    const std::uintmax_t bytes = std::filesystem::file_size(path_ + "-wal", none);
    return none ? 0 : bytes;
  }
  // Commits turns with long inputs until `enough`; false if that never comes.
  bool commit_until(Record& record, const std::function<bool()>& enough) {
    const std::string input(20'000, 'x');
    return test::comes_true([&] {
      if (enough()) return true;
      ++number_;
      must(record.started(test::some_task(number_, input, TaskState::running), false));
      must(record.ended(test::some_task(number_, input, TaskState::done),
                        test::some_attempt(number_, TaskState::done)));
      must(record.commit());
      return false;
    });
  }
  schedule::TaskNumber number_ = 0;
};

TEST_F(UpkeepTest, MovesTheStatusFileIntoPlaceWholeAndRemovesItAtTheEnd) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  must(record.commit());
  const int watch = ::inotify_init1(IN_CLOEXEC);
  ASSERT_GE(watch, 0);
  const machine::UniqueFd notices(watch);
  ASSERT_GE(::inotify_add_watch(watch, folder_.c_str(), IN_MOVED_TO | IN_CREATE | IN_MODIFY), 0);
  Status status;
  bool moved = false;
  // The first one is linked into place, every later one is renamed.
  for (int round = 1; round <= 3; ++round) {
    status.done = static_cast<std::uint64_t>(round);
    record.show(to_json(status));
    ASSERT_TRUE(test::comes_true([&] {
      const Result<Status> shown = read_status(path_);
      EXPECT_TRUE(shown || shown.error().code() == Errc::not_found)
          << shown.error().what();  // a whole one or none
      return shown && shown->done == status.done;
    }));
  }
  alignas(inotify_event) char events[16'384];
  const ssize_t n = ::read(watch, events, sizeof events);
  for (ssize_t at = 0; at < n;) {
    const auto* event = reinterpret_cast<const inotify_event*>(events + at);
    const std::string name = event->len > 0 ? event->name : "";
    if (name == "run.drover-status") {
      EXPECT_EQ(event->mask & IN_MODIFY, 0U);
      moved = moved || (event->mask & IN_MOVED_TO) != 0;
    }
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
  }
  EXPECT_TRUE(moved);
  must(record.end(0));
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
}

TEST_F(UpkeepTest, MovesALongLogIntoTheRecordWhileCommitsGoOn) {
  Record record = must(Record::create(path_, test::some_run()));
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(commit_until(record, [&] { return log_bytes() > long_log; }));
    ASSERT_TRUE(commit_until(record, [&] { return log_bytes() < long_log; })) << "the log was never moved";
  }
  must(record.upkeep_problem());
  must(record.end(0));
  EXPECT_EQ(must(test::log_of(path_)).size(), number_ + 1);
}

TEST_F(UpkeepTest, LetsCommitsGoOnWhileSomebodyReads) {
  Record record = must(Record::create(path_, test::some_run()));
  put(record, ++number_, TaskState::done);
  must(record.commit());
  std::optional<Log> reader(must(Log::open(path_, Log::Which::all)));
  ASSERT_TRUE(commit_until(record, [&] { return log_bytes() > 3 * long_log; }));
  ASSERT_TRUE(must(reader->next()));
  EXPECT_FALSE(must(reader->next()));
  reader.reset();
  must(record.upkeep_problem());
  EXPECT_TRUE(commit_until(record, [&] { return log_bytes() < long_log; })) << "the log was never moved";
  must(record.end(0));
  EXPECT_EQ(must(test::log_of(path_)).size(), number_ + 1);
}

TEST_F(UpkeepTest, LeavesTheRecordWholeIfSomebodyReadsAtTheEnd) {
  Record record = must(Record::create(path_, test::some_run()));
  for (number_ = 1; number_ <= 100; ++number_) put(record, number_, test::usual_state(number_));
  must(record.commit());
  std::optional<Log> reader(must(Log::open(path_, Log::Which::all)));
  must(record.end(0));
  EXPECT_EQ(must(test::log_of(path_)).size(), 101U);
  reader.reset();
  EXPECT_EQ(must(test::log_of(path_)).size(), 101U);
}

// Without a status the record still tells.
TEST_F(UpkeepTest, GoesOnWhereTheStatusCannotBeWritten) {
  std::filesystem::create_directories(path_ + "-status/x");
  Record record = must(Record::create(path_, test::some_run()));
  put(record, 1, TaskState::done);
  must(record.commit());
  record.show(to_json({}));
  const auto was_written = [&] { return std::filesystem::is_regular_file(path_ + "-status"); };
  EXPECT_FALSE(was_written());
  std::filesystem::remove_all(path_ + "-status");
  EXPECT_TRUE(test::comes_true([&] {
    record.show(to_json({}));
    return was_written();
  }));
  must(record.upkeep_problem());
  must(record.end(0));
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover"});
}

}  // namespace
}  // namespace drover::record
