#include "progress/utf8.hpp"

#include <gtest/gtest.h>

#include <map>

namespace drover::progress {
namespace {

// Examples of the Unicode Standard, table 3-7: the ends of each range of well-formed sequences.
TEST(Utf8, KnowsWellFormedSequencesOfEachLength) {
  EXPECT_EQ(utf8_step("a"), 1U);
  EXPECT_EQ(utf8_step("\xC2\x80"), 2U);
  EXPECT_EQ(utf8_step("\xE0\xA0\x80"), 3U);
  EXPECT_EQ(utf8_step("\xED\x9F\xBF"), 3U);
  EXPECT_EQ(utf8_step("\xEF\xBF\xBF"), 3U);
  EXPECT_EQ(utf8_step("\xF0\x90\x80\x80"), 4U);
  EXPECT_EQ(utf8_step("\xF4\x8F\xBF\xBF"), 4U);
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsBeyondTheLastCharacter) {
  for (const char* bytes :
       {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC2", "\xE2\x82", "\xF0\x9F\x90", "\xC2z"})
    EXPECT_EQ(utf8_step(bytes), 0U) << bytes;
  EXPECT_EQ(utf8_step(""), 0U);
}

TEST(Utf8, CountsCharactersAndMalformedBytesAsColumns) {
  EXPECT_EQ(columns(""), 0U);
  EXPECT_EQ(columns("naïve █"), 7U);
  EXPECT_EQ(columns("a\xFF\xFE"), 3U);
  EXPECT_TRUE(is_utf8("naïve █"));
  EXPECT_FALSE(is_utf8("a\xFF"));
}

Encoding encoding_of(const std::map<std::string, std::string>& variables) {
  return locale_encoding([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(Utf8, IsTheLocalesIfTheFirstVariableThatIsSetSaysSo) {
  EXPECT_EQ(encoding_of({}), Encoding::ascii);
  EXPECT_EQ(encoding_of({{"LANG", "de_DE.UTF-8"}}), Encoding::utf8);
  EXPECT_EQ(encoding_of({{"LANG", "C.utf8"}}), Encoding::utf8);
  EXPECT_EQ(encoding_of({{"LC_ALL", "C"}, {"LANG", "de_DE.UTF-8"}}), Encoding::ascii);
  EXPECT_EQ(encoding_of({{"LC_ALL", ""}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C"}}), Encoding::utf8);
  EXPECT_EQ(encoding_of({{"LANG", "de_DE.ISO-8859-1"}}), Encoding::ascii);
}

}  // namespace
}  // namespace drover::progress
