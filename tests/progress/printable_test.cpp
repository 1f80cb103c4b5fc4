#include "progress/printable.hpp"

#include <gtest/gtest.h>

namespace drover::progress {
namespace {

using namespace std::string_view_literals;

TEST(Printable, LeavesPlainTextAlone) {
  EXPECT_EQ(printable("sim --kT 7 'a b' naïve"), "sim --kT 7 'a b' naïve");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, WritesControlCharactersAndMalformedBytesAsEscapes) {
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(printable("\x1b[31mred\x07\x7f\0"sv), "\\x1b[31mred\\x07\\x7f\\x00");
  EXPECT_EQ(printable("\xff\xc3(\xe2\x82"), "\\xff\\xc3(\\xe2\\x82");
}

TEST(Printable, WritesWhatBreaksOrTurnsALineAsEscapes) {
  EXPECT_EQ(printable("a\u0085b\u2028c\u2029d"), "a\\xc2\\x85b\\xe2\\x80\\xa8c\\xe2\\x80\\xa9d");
  EXPECT_EQ(printable("\u202Egpj.exe\u2066\u061C"), "\\xe2\\x80\\xaegpj.exe\\xe2\\x81\\xa6\\xd8\\x9c");
  EXPECT_EQ(printable("“quoted” – …"), "“quoted” – …");  // neighbours of those characters
}

TEST(Printable, IsAsciiWhereTheLocaleIs) {
  EXPECT_EQ(printable("ä", Encoding::ascii), "\\xc3\\xa4");
}

TEST(Printable, CutsLongTextAndSaysSo) {
  EXPECT_EQ(printable("abcdefgh", Encoding::utf8, 8), "abcdefgh");
  EXPECT_EQ(printable("abcdefghi", Encoding::utf8, 8), "abcdefg…");
  EXPECT_EQ(printable("abcdefghi", Encoding::ascii, 8), "abcde...");
  EXPECT_EQ(printable("äöüäöüäöü", Encoding::utf8, 8), "äöüäöüä…");
}

TEST(Printable, NeverCutsAnEscapeInTwo) {
  EXPECT_EQ(printable("abcd\xff\xff", Encoding::utf8, 8), "abcd…");
  EXPECT_EQ(printable("ab\xff\xff", Encoding::utf8, 8), "ab\\xff…");
}

TEST(Printable, FitsTheWidthWhateverTheBytes) {
  std::string text;
  std::uint32_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 1664525U + 1013904223U;  // Numerical Recipes' generator
    text += static_cast<char>(state >> 24U);
    if (i % 10 != 0) continue;
    for (std::size_t width = 4; width < 60; width += 7)
      for (const Encoding encoding : {Encoding::ascii, Encoding::utf8}) {
        const std::string shown = printable(std::string_view(text).substr(text.size() / 2), encoding, width);
        EXPECT_LE(columns(shown), width);
        EXPECT_TRUE(is_utf8(shown));
      }
  }
}

}  // namespace
}  // namespace drover::progress
