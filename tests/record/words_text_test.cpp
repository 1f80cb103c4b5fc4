#include "record/words_text.hpp"

#include <gtest/gtest.h>

#include <random>

namespace drover::record {
namespace {

using Values = std::vector<std::string>;
using namespace std::string_literals;

TEST(WordsText, JoinsValuesByTabs) {
  EXPECT_EQ(joined({"NGC 1275", "0.5"}), "NGC 1275\t0.5");
  EXPECT_EQ(split("NGC 1275\t0.5"), (Values{"NGC 1275", "0.5"}));
}

TEST(WordsText, WritesWhatWouldBreakALineInTwoCharacters) {
  EXPECT_EQ(joined({"a\tb", "c\nd", "e\0f"s, "g\\h"}), "a\\tb\tc\\nd\te\\0f\tg\\\\h");
}

TEST(WordsText, GivesEveryByteBack) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    EXPECT_EQ(split(joined({one})), (Values{one})) << byte;
    EXPECT_EQ(split(joined({one, "x" + one + "y", one})), (Values{one, "x" + one + "y", one})) << byte;
  }
}

TEST(WordsText, GivesEmptyValuesBack) {
  for (const Values& values : {Values{""}, Values{"", ""}, Values{"", "a", ""}, Values{"a", ""}})
    EXPECT_EQ(split(joined(values)), values);
  EXPECT_EQ(joined({}), "");
  EXPECT_EQ(split(""), Values{""});
}

TEST(WordsText, NeverHoldsANewlineOrANulByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(joined({all, all}).find_first_of("\n\0"s), std::string::npos);
}

TEST(WordsText, GivesAnyRowBackAndDifferentRowsHaveDifferentTexts) {
  constexpr std::string_view alphabet("\\\t\n\0tn0a\xFF", 9);
  for (unsigned seed = 0; seed < 5'000; ++seed) {
    std::mt19937 random(seed);
    Values values(1 + random() % 4);
    for (std::string& value : values) {
      value.resize(random() % 6);
      for (char& c : value) c = alphabet[random() % alphabet.size()];
    }
    ASSERT_EQ(split(joined(values)), values) << seed;
  }
}

TEST(WordsText, TakesAnyTextApart) {  // a record that somebody else wrote
  EXPECT_EQ(split("\\"), Values{"\\"});
  EXPECT_EQ(split("a\\"), Values{"a\\"});
  EXPECT_EQ(split("\\x"), Values{"x"});
  EXPECT_EQ(split("\t\t"), (Values{"", "", ""}));
}

}  // namespace
}  // namespace drover::record
