// The time of a run by a clock that the test sets: every number here is exact.
#include "farm/clock.hpp"

#include <gtest/gtest.h>

namespace drover::farm {
namespace {

using std::chrono::seconds;

struct SetByHand {
  using duration = schedule::Time;
  using time_point = std::chrono::time_point<SetByHand, duration>;
  static time_point now() { return time; }
  inline static time_point time{};
};

class ClockOfARun : public testing::Test {
 protected:
  static void pass(seconds time) { SetByHand::time += time; }

  // Not at zero: the machine was started long before the run.
  ClockOfARun() { SetByHand::time = SetByHand::time_point(seconds(1000)); }
};

TEST_F(ClockOfARun, BeginsAtZero) {
  const PausableClock<SetByHand> clock;
  EXPECT_EQ(clock.now(), seconds(0));
  pass(seconds(3));
  EXPECT_EQ(clock.now(), seconds(3));
}

TEST_F(ClockOfARun, StandsStillInAPause) {
  PausableClock<SetByHand> clock;
  pass(seconds(3));
  clock.pause();
  EXPECT_TRUE(clock.paused());
  pass(seconds(100));
  EXPECT_EQ(clock.now(), seconds(3));
}

TEST_F(ClockOfARun, DoesNotCountPauses) {
  PausableClock<SetByHand> clock;
  for (const seconds counted : {seconds(3), seconds(6)}) {
    pass(seconds(3));
    clock.pause();
    pass(seconds(100));
    clock.resume();
    EXPECT_FALSE(clock.paused());
    EXPECT_EQ(clock.now(), counted);
  }
  pass(seconds(1));
  EXPECT_EQ(clock.now(), seconds(7));
}

// A second SIGTSTP while it stands, and a SIGCONT to a run that goes on, change nothing.
TEST_F(ClockOfARun, TakesASecondPauseOrResumeForTheSame) {
  PausableClock<SetByHand> clock;
  clock.resume();
  pass(seconds(3));
  clock.pause();
  pass(seconds(100));
  clock.pause();
  pass(seconds(100));
  EXPECT_EQ(clock.now(), seconds(3));
  clock.resume();
  pass(seconds(1));
  clock.resume();
  EXPECT_EQ(clock.now(), seconds(4));
}

TEST(Clock, OfARealRunGoesByTheSteadyClock) {
  const auto before = std::chrono::steady_clock::now();
  const Clock clock;
  const auto first = clock.now();
  EXPECT_GE(first, schedule::Time(0));
  EXPECT_GE(clock.now(), first);
  const auto shown = clock.now();  // read first: the order in which a macro reads its arguments is not fixed
  EXPECT_LE(shown, std::chrono::steady_clock::now() - before);
}

}  // namespace
}  // namespace drover::farm
