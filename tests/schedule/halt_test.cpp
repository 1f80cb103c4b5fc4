#include "schedule/halt.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

TEST(ParseHalt, ReadsEveryFormOfTheContract) {
  using enum Halt::When;
  using enum Halt::What;
  EXPECT_EQ(parse_halt("never").value(), Halt{});
  EXPECT_EQ(parse_halt("now,fail=1").value(), (Halt{now, fail, 1, false}));
  EXPECT_EQ(parse_halt("soon,fail=10%").value(), (Halt{soon, fail, 10, true}));
  EXPECT_EQ(parse_halt("now,success=1").value(), (Halt{now, success, 1, false}));
  EXPECT_EQ(parse_halt("soon,done=50").value(), (Halt{soon, done, 50, false}));
  EXPECT_EQ(parse_halt("soon,fail=0.5%").value(), (Halt{soon, fail, 0.5, true}));
}

TEST(ParseHalt, RefusesEverythingElseAndSaysWhatToWrite) {
  for (const char* text : {"",
                           "now",
                           "now,fail",
                           "now,fail=",
                           "now,fail=0",
                           "now,fail=-1",
                           "now,fail=1.5",
                           "now,fail=0%",
                           "now,fail=101%",
                           "now,fail=1%%",
                           "now,fail=1 ",
                           "now,fail=x",
                           "now,fail=1e3",
                           "now,fail=nan%",
                           "later,fail=1",
                           "now,failed=1",
                           "fail=1,now",
                           "Never",
                           "now,fail=1,2",
                           "now fail=1"}) {
    const auto halt = parse_halt(text);
    ASSERT_FALSE(halt) << text;
    EXPECT_EQ(halt.error().code(), Errc::usage) << text;
    EXPECT_NE(halt.error().message().find("'" + std::string(text) + "'"), std::string::npos) << text;
    EXPECT_NE(halt.error().advice().find("now,fail=1"), std::string::npos) << text;
  }
}

TEST(Halt, NeverIsNeverMet) {
  EXPECT_FALSE(Halt{}.met(1000, 1000, 1000));
}

TEST(Halt, ANumberCountsWhatItNames) {
  const Halt fail = parse_halt("now,fail=2").value();
  EXPECT_FALSE(fail.met(1, 100, 101));
  EXPECT_TRUE(fail.met(2, 0, 2));
  const Halt success = parse_halt("now,success=2").value();
  EXPECT_FALSE(success.met(100, 1, 101));
  EXPECT_TRUE(success.met(0, 2, 2));
  const Halt done = parse_halt("soon,done=5").value();
  EXPECT_FALSE(done.met(2, 2, 9));
  EXPECT_TRUE(done.met(2, 3, 9));
}

TEST(Halt, AShareIsOfTheTasksReadAndNeedsThree) {
  const Halt tenth = parse_halt("soon,fail=10%").value();
  EXPECT_FALSE(tenth.met(2, 0, 2));
  EXPECT_TRUE(tenth.met(3, 0, 3));
  EXPECT_TRUE(tenth.met(3, 0, 30));
  EXPECT_FALSE(tenth.met(3, 0, 31));
}

}  // namespace
}  // namespace drover::schedule
