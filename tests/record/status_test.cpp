#include "record/status.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/record/record_folder.hpp"

#define LLVMFuzzerTestOneInput fuzz_record_texts
#include "tests/fuzz/record_texts_fuzz.cpp"
#undef LLVMFuzzerTestOneInput

namespace drover::record {
namespace {

Status some_status() {
  Status status;
  status.host = "node17";
  status.process = 4711;
  status.job = "Slurm 12";
  status.line = "drover run --record 'a \"b\".drover' -- ./sim {}";
  status.folder = "/data/ada/\xC3\xBC";
  status.started = 1'772'366'400.25;
  status.written = 1'772'366'460.5;
  status.total = 18'446'744'073'709'551'615U;
  status.done_before = 1;
  status.failed_before = 2;
  status.done = 3;
  status.failed = 4;
  status.waiting = 5;
  status.elapsed = 60.125;
  status.waiting_for = "memory";
  status.running_in_all = 2;
  status.running = {{7, 2, 1, 100, 1'772'366'401.5, "./sim a\nb"}, {8, 1, 2, 101, 0.1, ""}};
  return status;
}

TEST(Status, ComesBackAsItWasWritten) {
  const Status before = some_status();
  const Result<Status> after = status_of(to_json(before));
  ASSERT_TRUE(after.has_value()) << after.error().what();
  EXPECT_EQ(to_json(*after), to_json(before));
  EXPECT_EQ(after->total, before.total);
  EXPECT_EQ(after->folder, before.folder);
  ASSERT_EQ(after->running.size(), 2U);
  EXPECT_EQ(after->running[0].command, "./sim a\nb");
  EXPECT_EQ(after->running[1].since, 0.1);
}

TEST(Status, HasNoTotalWhereThatIsNotKnown) {
  Status status = some_status();
  status.total.reset();
  EXPECT_EQ(drover::value_or_throw(status_of(to_json(status))).total, std::nullopt);
}

TEST(Status, CanBeWrittenOfACommandThatIsNoText) {
  Status status = some_status();
  status.running[0].command = "cat \xFF\xFE";
  const Result<Status> after = status_of(to_json(status));
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->running[0].command, "cat \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Status, IsAnErrorIfItIsNotAsItWasWritten) {
  const std::string whole = to_json(some_status());
  for (std::size_t length = 0; length + 2 < whole.size(); ++length)
    EXPECT_FALSE(status_of(whole.substr(0, length)).has_value()) << length;
  for (const std::string text : {"[]", "null", "1", "{}", "\"x\"", "\xFF"})
    EXPECT_FALSE(status_of(text).has_value());
  EXPECT_FALSE(status_of(std::string(100'000, '[')).has_value());
}

TEST(Status, TakesNoNumberThatIsNone) {
  const std::string whole = to_json(some_status());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    return status_of(text).has_value();
  };
  EXPECT_TRUE(with("\"done\": 3", "\"done\": 30"));
  for (const std::string bad : {"-1", "1e300", "3.5", "\"3\"", "null", "[3]", "18446744073709551616"}) {
    EXPECT_FALSE(with("\"done\": 3", "\"done\": " + bad)) << bad;
    EXPECT_FALSE(with("\"attempt\": 2", "\"attempt\": " + bad)) << bad;
  }
  EXPECT_FALSE(with("\"attempt\": 2", "\"attempt\": 4294967296"));
  EXPECT_FALSE(with("\"process\": 4711", "\"process\": 9223372036854775808"));
  EXPECT_FALSE(with("\"elapsed\": 60.125", "\"elapsed\": \"60\""));
}

class StatusFileTest : public test::RecordFolder {};

TEST_F(StatusFileTest, IsReadBesideTheRecord) {
  test::write_bytes(path_ + "-status", to_json(some_status()));
  const Result<Status> status = read_status(path_);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->done, 3U);
}

TEST_F(StatusFileTest, IsAnErrorIfMissingOrForeign) {
  const Result<Status> missing = read_status(path_);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), Errc::not_found);
  test::write_bytes(path_ + "-status", "hello");
  const Result<Status> foreign = read_status(path_);
  ASSERT_FALSE(foreign.has_value());
  EXPECT_NE(foreign.error().message().find(path_ + "-status"), std::string::npos);
  EXPECT_FALSE(foreign.error().advice().empty());
}

// The fuzz target over fixed seeds, so that every test run exercises it without clang's fuzzer.
TEST(FuzzCorpus, OfRecordTexts) {
  const auto run = [](std::string_view bytes) {
    EXPECT_EQ(fuzz_record_texts(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
  };
  const std::string whole = to_json(some_status());
  for (const std::string_view seed : {"", "\\", "a\tb", "\\t\\n\\0\\\\", "{}", "\xFF"}) run(seed);
  run(whole);
  for (unsigned seed = 0; seed < 3'000; ++seed) {
    std::mt19937 random(seed);
    std::string text = whole;
    for (std::size_t i = random() % 3; i < 3; ++i)
      text[random() % text.size()] = "\\\"{}[],:-e9.\n\xFF"[random() % 14];
    run(text);
    std::string words(random() % 12, ' ');
    for (char& c : words) c = std::string_view("\\\t\n\0tn0a", 8)[random() % 8];
    run(words);
  }
}

}  // namespace
}  // namespace drover::record
