#include "farm/quote.hpp"

#include <gtest/gtest.h>

#include "tests/farm/shell_run.hpp"

namespace drover::farm {
namespace {

std::string quoted(std::string_view word) {
  std::string line;
  append_quoted(word, line);
  return line;
}

std::string quoted_tail(std::string_view word, WordPlace place) {
  std::string line = "before ";
  line += word;
  quote_tail(7, place, line);
  return line.substr(7);
}

TEST(Quote, LeavesSafeWordsAsTheyAre) {
  for (const char* word : {"a", "a/b.c", "--out=x", "50%", "a+b", "me@host:file", "1,2", "_x"})
    EXPECT_EQ(quoted(word), word);
}

TEST(Quote, PutsEverythingElseInSingleQuotes) {
  EXPECT_EQ(quoted(""), "''");
  EXPECT_EQ(quoted("a b"), "'a b'");
  EXPECT_EQ(quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(quoted("''"), "''\\'''\\'''");
  EXPECT_EQ(quoted("~"), "'~'");
  EXPECT_EQ(quoted("=ls"), "'=ls'");
  EXPECT_EQ(quoted("{}"), "'{}'");
  EXPECT_EQ(quoted("two\nlines"), "'two\nlines'");
  std::string line = "x ";
  append_single_quoted("a", line);
  EXPECT_EQ(line, "x 'a'");
}

TEST(Quote, QuotesInPlaceAsItDoesElsewhere) {
  for (const char* word : {"", "a", "a b", "it's", "'", "''", "a'b'c", "\\", "=x", "\xff"})
    EXPECT_EQ(quoted_tail(word, WordPlace::argument), quoted(word)) << word;
}

TEST(Quote, KeepsAProgramFromBeingAnAssignmentAKeywordOrAJob) {
  EXPECT_EQ(quoted_tail("A=b", WordPlace::program), "'A=b'");
  EXPECT_EQ(quoted_tail("time", WordPlace::program), "'time'");
  EXPECT_EQ(quoted_tail("%1", WordPlace::program), "'%1'");
  EXPECT_EQ(quoted_tail("timeout", WordPlace::program), "timeout");
  EXPECT_EQ(quoted_tail("time", WordPlace::argument), "time");
}

TEST(Quote, GivesEveryByteBackFromEveryShell) {
  std::string line = "printf '%s\\0'";
  std::string expected;
  for (int byte = 1; byte < 256; ++byte) {
    for (const std::string& word :
         {std::string(1, static_cast<char>(byte)), std::string("x") + static_cast<char>(byte) + "'y"}) {
      line += ' ';
      append_quoted(word, line);
      expected += word + '\0';
    }
  }
  for (const std::string& shell : installed_shells()) EXPECT_EQ(run_shell(shell, line), expected) << shell;
}

}  // namespace
}  // namespace drover::farm
