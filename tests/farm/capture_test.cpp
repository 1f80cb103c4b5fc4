#include "farm/capture.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace drover::farm {
namespace {

std::string folder() {
  return ::testing::TempDir();
}

std::string taken(Capture& capture, std::size_t most = 1000) {
  std::string all;
  std::string block;
  while (!capture.empty()) {
    EXPECT_TRUE(capture.take(block, most).has_value());
    EXPECT_LE(block.size(), most);
    all += block;
  }
  return all;
}

TEST(Capture, GivesBackWhatItWasGiven) {
  CaptureBudget budget(folder());
  Capture capture(budget);
  ASSERT_TRUE(capture.append("one\n").has_value());
  ASSERT_TRUE(capture.append("two\n").has_value());
  EXPECT_EQ(capture.size(), 8U);
  EXPECT_EQ(taken(capture), "one\ntwo\n");
  EXPECT_TRUE(capture.empty());
  EXPECT_EQ(budget.in_memory, 0U);
}

TEST(Capture, HoldsNoMoreThanAMebibyteInMemoryWhateverIsWritten) {
  CaptureBudget budget(folder());
  Capture capture(budget);
  const std::string block(100'000, 'x');
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(capture.append(block).has_value());
    EXPECT_LE(budget.in_memory, CaptureBudget::one_most + block.size());
  }
  EXPECT_EQ(capture.size(), 10'000'000U);
  EXPECT_EQ(taken(capture, 65536).size(), 10'000'000U);
}

TEST(Capture, AllTogetherStayWithinTheBudget) {
  CaptureBudget budget(folder());
  std::vector<Capture> captures;
  for (int i = 0; i < 64; ++i) captures.emplace_back(budget);
  const std::string block(65536, 'y');
  for (int round = 0; round < 12; ++round) {
    for (Capture& capture : captures) ASSERT_TRUE(capture.append(block).has_value());
    EXPECT_LE(budget.in_memory, CaptureBudget::all_most + block.size());
  }
  for (Capture& capture : captures) EXPECT_EQ(taken(capture, 100'000).size(), 12U * 65536);
}

TEST(Capture, InterleavedSpillsComeBackInTheirOwnOrder) {
  CaptureBudget budget(folder());
  Capture a(budget);
  Capture b(budget);
  std::mt19937 random(7);  // any seed: the bytes only have to differ
  std::string expected_a;
  std::string expected_b;
  for (int i = 0; i < 200; ++i) {
    std::string block(20'000 + random() % 50'000, static_cast<char>('a' + i % 26));
    const bool first = random() % 2 == 0;
    ASSERT_TRUE((first ? a : b).append(block).has_value());
    (first ? expected_a : expected_b) += block;
  }
  EXPECT_EQ(taken(b, 12'345), expected_b);
  EXPECT_EQ(taken(a, 99'999), expected_a);
}

TEST(Capture, PeekReadsWithoutTaking) {
  CaptureBudget budget(folder());
  Capture capture(budget);
  std::string all;
  for (int i = 0; i < 30; ++i) {
    const std::string block(70'000, static_cast<char>('a' + i % 26));
    ASSERT_TRUE(capture.append(block).has_value());
    all += block;
  }
  std::string seen;
  std::string block;
  do {
    ASSERT_TRUE(capture.peek(seen.size(), block, 65'536).has_value());
    seen += block;
  } while (!block.empty());
  EXPECT_EQ(seen, all);
  EXPECT_EQ(taken(capture, 65'536), all);
}

TEST(Capture, AFolderThatCannotBeWrittenIsAnErrorThatNamesIt) {
  CaptureBudget budget("/proc/no-such-folder");
  Capture capture(budget);
  const Result<void> result = capture.append(std::string(CaptureBudget::one_most + 1, 'z'));
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message().find("/proc/no-such-folder"), std::string::npos);
}

TEST(Spill, LeavesNoNameBehind) {
  const std::filesystem::path place = std::filesystem::path(folder()) / "spill-names";
  std::filesystem::create_directories(place);
  Spill spill(place.string());
  ASSERT_TRUE(spill.append("text").has_value());
  EXPECT_TRUE(std::filesystem::is_empty(place));
}

}  // namespace
}  // namespace drover::farm
