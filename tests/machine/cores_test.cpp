// The expected numbers of the table follow stcal's compute_num_cores: quarter = n // 4 or 1, half = n // 2
// or 1.
#include "drover/cores.hpp"

#include <gtest/gtest.h>

#include "drover/error.hpp"

namespace drover {
namespace {

struct Row {
  std::uint32_t usable, none, quarter, half, all, eight, third, ninety_nine;
};

TEST(Cores, GiveTheSharesOfTheTable) {
  constexpr Row table[] = {
      // usable none quarter half all '8' '33%' '99%'
      {1, 1, 1, 1, 1, 8, 1, 1},       {2, 1, 1, 1, 2, 8, 1, 1}, {3, 1, 1, 1, 3, 8, 1, 2},
      {4, 1, 1, 2, 4, 8, 1, 3},       {7, 1, 1, 3, 7, 8, 2, 6}, {8, 1, 2, 4, 8, 8, 2, 7},
      {96, 1, 24, 48, 96, 8, 31, 95},
  };
  for (const Row& row : table) {
    EXPECT_EQ(Cores::parse("none").of(row.usable), row.none) << row.usable;
    EXPECT_EQ(Cores::parse("quarter").of(row.usable), row.quarter) << row.usable;
    EXPECT_EQ(Cores::parse("half").of(row.usable), row.half) << row.usable;
    EXPECT_EQ(Cores::parse("all").of(row.usable), row.all) << row.usable;
    EXPECT_EQ(Cores::parse("8").of(row.usable), row.eight) << row.usable;
    EXPECT_EQ(Cores::parse("33%").of(row.usable), row.third) << row.usable;
    EXPECT_EQ(Cores::parse("99%").of(row.usable), row.ninety_nine) << row.usable;
    EXPECT_EQ(Cores::parse("100%").of(row.usable), row.usable);
  }
}

TEST(Cores, AreReadInAnyCase) {
  EXPECT_EQ(Cores::parse("Half"), Cores::half());
  EXPECT_EQ(Cores::parse("NONE"), Cores::none());
  EXPECT_EQ(Cores::parse("aLL"), Cores::all());
  EXPECT_EQ(Cores::parse("8"), Cores::exactly(8));
  EXPECT_EQ(Cores::parse("75%"), Cores::percent(75));
}

TEST(Cores, RefuseEverythingElseWithTheListOfWhatIsValid) {
  for (const char* text : {"0", "-1", "", "1.5", "hlaf", "halff", "+1", " 8", "8 ", "0%", "101%", "-5%", "%",
                           "1.5%", "%5", "0x8", "4294967296", "eight", "half%"}) {
    try {
      static_cast<void>(Cores::parse(text));
      FAIL() << "'" << text << "' was taken";
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(error.code(), Errc::usage);
      EXPECT_NE(message.find(std::string("'") + text + "'"), std::string::npos) << message;
      for (const char* valid : {"none", "quarter", "half", "all", "8", "%"}) {
        EXPECT_NE(message.find(valid), std::string::npos) << message;
      }
    }
  }
}

TEST(Cores, TellAnExactNumberFromAShare) {
  EXPECT_TRUE(Cores::parse("8").is_exact());
  EXPECT_FALSE(Cores::parse("100%").is_exact());
  EXPECT_FALSE(Cores::parse("all").is_exact());
  EXPECT_FALSE(Cores::parse("none").is_exact());
}

}  // namespace
}  // namespace drover
