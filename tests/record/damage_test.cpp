// A record that a disk has damaged gives an error, or exactly the rows that were written. Never others, never fewer
// without a word.
#include <fcntl.h>

#include <set>

#include "machine/unique_fd.hpp"
#include "record/history.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;
using Lines = std::vector<std::string>;

// Sixty tasks in two runs: some failed, some of them repeated, a few left unfinished.
void make_record(const std::string& path) {
  {
    Record record = must(Record::create(path, test::some_run()));
    for (schedule::TaskNumber i = 1; i <= 50; ++i) {
      test::put(record, i, i % 11 == 0 ? TaskState::running : test::usual_state(i));
      must(record.commit());
    }
    must(record.end(7));
  }
  Record record = must(Record::open(path));
  must(record.resume(test::some_run()));
  for (schedule::TaskNumber i = 7; i <= 50; i += 7)
    test::put(record, i, i % 2 == 0 ? TaskState::failed : TaskState::done, true);
  for (schedule::TaskNumber i = 51; i <= 60; ++i) test::put(record, i, test::usual_state(i));
  must(record.commit());
  must(record.end(4));
}

// A file whose bytes are changed in place.
class Bytes {
 public:
  explicit Bytes(const std::string& path)
      : file_(::open(path.c_str(), O_RDWR | O_CLOEXEC)), whole_(test::bytes_of(path)) {
    if (!file_) throw std::runtime_error("cannot open " + path);
  }
  const std::string& whole() const { return whole_; }
  void put(std::size_t at, std::string_view bytes) const {
    if (::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at)) != std::ssize(bytes))
      throw std::runtime_error("cannot write");
  }
  void cut(std::size_t length) const {
    if (::ftruncate(file_.get(), static_cast<off_t>(length)) != 0) throw std::runtime_error("cannot cut");
  }
  void flip(std::size_t at, unsigned bit) const {
    const char changed = static_cast<char>(whole_[at] ^ (1 << bit));
    put(at, {&changed, 1});
  }
  void restore() const {
    put(0, whole_);
    cut(whole_.size());
  }

 private:
  machine::UniqueFd file_;
  std::string whole_;
};

class DamageTest : public test::RecordFolder {
 protected:
  void SetUp() override {
    RecordFolder::SetUp();
    make_record(path_);
    all_ = must(test::log_of(path_));
    failed_ = must(test::log_of(path_, Log::Which::failed));
    ASSERT_EQ(all_.size(), 62U);
    ASSERT_GT(failed_.size(), 5U);
    bytes_.emplace(path_);
    page_ = static_cast<std::size_t>(
        must(must(Database::open(path_, Database::Access::read)).number("PRAGMA page_size")));
  }
  void TearDown() override {
    EXPECT_GT(found_, 10);
    RecordFolder::TearDown();
  }

  void expect_error_or_the_same(const std::string& what) {
    const Result<Record> opened = Record::open(path_);
    const Result<Lines> all = test::log_of(path_);
    const Result<Lines> failed = test::log_of(path_, Log::Which::failed);
    ASSERT_TRUE(!all || *all == all_) << what << ": Log gave other rows";
    ASSERT_TRUE(!failed || *failed == failed_) << what << ": Log gave other failed rows";
    ASSERT_TRUE(!opened || all) << what << ": Record::open found nothing, and Log: " << all.error().what();
    ++(opened ? harmless_ : found_);
  }

  Lines all_, failed_;
  std::optional<Bytes> bytes_;
  std::size_t page_ = 0;
  int found_ = 0, harmless_ = 0;
};

// Every seventh byte, to keep it short: all bits of all bytes were tried once, with the same result.
TEST_F(DamageTest, OfOneBitIsFoundOrHarmless) {
  for (std::size_t at = 0; at < bytes_->whole().size(); at += 7) {
    const auto bit = static_cast<unsigned>(at / 7 % 8);
    bytes_->flip(at, bit);
    ASSERT_NO_FATAL_FAILURE(expect_error_or_the_same(
        fmt::format("bit {} of byte {} (page {}, {})", bit, at, at / page_ + 1, at % page_)));
    bytes_->put(at, {&bytes_->whole()[at], 1});
  }
}

TEST_F(DamageTest, OfAWholePageIsFoundOrHarmless) {
  const std::size_t pages = bytes_->whole().size() / page_;
  for (std::size_t page = 0; page < pages; ++page) {
    bytes_->put(page * page_, std::string(page_, '\0'));
    ASSERT_NO_FATAL_FAILURE(expect_error_or_the_same(fmt::format("page {} of zeroes", page + 1)));
    for (std::size_t other = 0; other < pages; ++other) {
      if (other == page) continue;
      bytes_->put(page * page_, bytes_->whole().substr(other * page_, page_));
      ASSERT_NO_FATAL_FAILURE(
          expect_error_or_the_same(fmt::format("page {} has the bytes of page {}", page + 1, other + 1)));
    }
    bytes_->restore();
  }
}

TEST_F(DamageTest, OfHalfAPageIsFoundOrHarmless) {
  const std::size_t half = page_ / 2;
  const std::size_t halves = bytes_->whole().size() / half;
  for (std::size_t i = 0; i < halves; ++i) {
    for (const std::size_t other : {i + 2, i + halves / 2, i + halves - 2}) {
      bytes_->put(i * half, bytes_->whole().substr(other % halves * half, half));
      ASSERT_NO_FATAL_FAILURE(expect_error_or_the_same(fmt::format("half page {} is that of {}", i, other)));
    }
    bytes_->restore();
  }
}

TEST_F(DamageTest, OfACutOffFileIsFound) {
  for (std::size_t length = 0; length < bytes_->whole().size(); length += page_ / 2) {
    bytes_->cut(length);
    EXPECT_FALSE(Record::open(path_).has_value()) << length;
    EXPECT_FALSE(test::log_of(path_).has_value()) << length;
    const Result<Lines> failed = test::log_of(path_, Log::Which::failed);
    EXPECT_TRUE(!failed || *failed == failed_) << length;
    ++found_;
    bytes_->restore();
  }
}

TEST_F(DamageTest, OfACutOffFileWithZeroesBehindItIsFound) {
  const std::string& whole = bytes_->whole();
  for (std::size_t length = 0; length < whole.size(); length += page_ / 2) {
    bytes_->put(length, std::string(whole.size() - length, '\0'));
    ASSERT_NO_FATAL_FAILURE(expect_error_or_the_same(fmt::format("zeroes from {}", length)));
    bytes_->restore();
  }
}

// A writer was killed: its log waits, and is damaged.
class LogDamageTest : public test::RecordFolder {
 protected:
  // The states of the record after each commit; the files stay as they were after the last one.
  void write(bool checkpointed) {
    const std::string live = (folder_ / "live.drover").string();
    {
      Record record = must(Record::create(live, test::some_run()));
      for (schedule::TaskNumber i = 1; i <= 20; ++i) test::put(record, i, test::usual_state(i));
      must(record.commit());
      must(record.end(2));
    }
    Record record = must(Record::open(live));
    note(live);
    must(record.resume(test::some_run()));
    note(live);
    for (schedule::TaskNumber i = 21; i <= 45; ++i) {
      test::put(record, i, test::usual_state(i));
      if (i % 7 == 0) test::put(record, i - 14, i % 2 == 0 ? TaskState::done : TaskState::failed, true);
      must(record.commit());
      note(live);
      if (checkpointed && i == 35) must(record.database().execute("PRAGMA wal_checkpoint(PASSIVE)"));
    }
    for (const char* suffix : {"", "-wal"}) std::filesystem::copy_file(live + suffix, path_ + suffix);
  }
  void note(const std::string& live) {
    states_.push_back(must(test::log_of(live)));
    lines_.insert(states_.back().begin(), states_.back().end());
  }
  void expect_error_or_an_earlier_state(const std::string& what) {
    std::filesystem::remove(path_ + "-shm");  // as after the machine was started anew
    const Result<Record> opened = Record::open(path_);
    const Result<Lines> all = test::log_of(path_);
    if (all) {
      const bool known = std::ranges::find(states_, *all) != states_.end();
      ASSERT_TRUE(known) << what << ": " << all->size() << " lines that never stood together";
    }
    ASSERT_EQ(opened.has_value(), all.has_value()) << what;
    ++(all ? read_ : refused_);
  }

  std::vector<Lines> states_;
  std::set<std::string> lines_;
  int read_ = 0, refused_ = 0;
};

TEST_F(LogDamageTest, WhereItIsCutOffGivesAnEarlierState) {
  write(false);
  const Bytes log(path_ + "-wal");
  for (std::size_t length = 0; length < log.whole().size(); length += 200) {
    log.cut(length);
    ASSERT_NO_FATAL_FAILURE(expect_error_or_an_earlier_state(fmt::format("cut at {}", length)));
    log.restore();
  }
  EXPECT_EQ(refused_, 0);
  EXPECT_EQ(must(test::log_of(path_)), states_.back());
}

TEST_F(LogDamageTest, OfOneBitGivesAnEarlierState) {
  write(false);
  const Bytes log(path_ + "-wal");
  for (std::size_t at = 0; at < log.whole().size(); at += 101) {
    log.flip(at, static_cast<unsigned>(at % 8));
    ASSERT_NO_FATAL_FAILURE(expect_error_or_an_earlier_state(fmt::format("byte {}", at)));
    log.put(at, {&log.whole()[at], 1});
  }
  EXPECT_GT(read_, 100);
}

// A part of it had been moved into the record already, and is lost all the same.
TEST_F(LogDamageTest, ThatWasMovedInPartIsFoundOrGivesAnEarlierState) {
  write(true);
  const Bytes log(path_ + "-wal");
  for (std::size_t length = 0; length < log.whole().size(); length += 200) {
    log.cut(length);
    ASSERT_NO_FATAL_FAILURE(expect_error_or_an_earlier_state(fmt::format("cut at {}", length)));
    log.restore();
  }
  EXPECT_GT(read_, 10);
}

TEST_F(LogDamageTest, OfTheRecordItselfIsFound) {
  write(false);
  const Bytes record(path_);
  for (std::size_t at = 0; at < record.whole().size(); at += 17) {
    record.flip(at, static_cast<unsigned>(at % 8));
    ASSERT_NO_FATAL_FAILURE(expect_error_or_an_earlier_state(fmt::format("byte {}", at)));
    record.put(at, {&record.whole()[at], 1});
  }
  EXPECT_GT(refused_, 10);
}

}  // namespace
}  // namespace drover::record
