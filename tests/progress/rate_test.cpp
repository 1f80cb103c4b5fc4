#include "progress/rate.hpp"

#include <gtest/gtest.h>

namespace drover::progress {
namespace {

using namespace std::chrono_literals;

double seconds(schedule::Time time) {
  return std::chrono::duration<double>(time).count();
}

TEST(Rate, SaysNothingBeforeTheThirdEnd) {
  Rate rate;
  rate.sample(1, 1, 1s);
  rate.sample(2, 1, 2s);
  EXPECT_FALSE(rate.per_second(1, 2s));
  EXPECT_FALSE(rate.left(10, 1, 2s));
  rate.sample(3, 1, 3s);
  EXPECT_DOUBLE_EQ(rate.per_second(1, 3s).value(), 1.0);
  EXPECT_EQ(rate.left(10, 1, 3s).value(), 10s);
}

TEST(Rate, CountsTheTimeLeftDownBetweenTwoEnds) {
  Rate rate;
  // 4 at a time, 10 minutes each: one round has ended, 36 of 40 remain: nine more rounds.
  for (std::uint64_t done = 1; done <= 4; ++done) rate.sample(done, 4, 600s);
  EXPECT_EQ(rate.left(36, 4, 600s).value(), 5400s);
  EXPECT_EQ(rate.left(36, 4, 900s).value(), 5100s);
  EXPECT_EQ(rate.left(36, 4, 1200s).value(), 4800s);
  EXPECT_DOUBLE_EQ(rate.per_second(4, 1200s).value(), 4.0 / 600);
}

TEST(Rate, FallsWhenTheNextEndIsOverdue) {
  Rate rate;
  for (std::uint64_t done = 1; done <= 4; ++done) rate.sample(done, 4, 600s);
  EXPECT_DOUBLE_EQ(rate.per_second(4, 1800s).value(), 4.0 / 1200);  // one round late
  // 36 tasks at 4 in 1200 s are 10,800 s, of which one usual round has passed.
  EXPECT_NEAR(seconds(rate.left(36, 4, 1800s).value()), 10200, 1e-6);
}

TEST(Rate, ForgetsAnOldPace) {
  Rate rate;
  std::uint64_t done = 0;
  schedule::Time now{};
  for (int i = 0; i < 1000; ++i) rate.sample(++done, 8, now += 100ms);  // 10 a second for 100 s
  EXPECT_NEAR(rate.per_second(8, now).value(), 10, 0.1);
  for (int i = 0; i < 100; ++i) rate.sample(++done, 8, now += 1s);  // then one a second
  EXPECT_NEAR(rate.per_second(8, now).value(), 1, 0.05);
  EXPECT_NEAR(seconds(rate.left(600, 8, now).value()), 600, 30);
}

TEST(Rate, LooksBackOverTwoRoundsOfLongTasks) {
  Rate rate;
  // 8 tasks of an hour end together, round after round: a window of 30 s would hold one round only.
  for (std::uint64_t round = 1; round <= 20; ++round) {
    rate.sample(8 * round, 8, round * 1h);
    if (round >= 2) {
      EXPECT_NEAR(rate.per_second(8, round * 1h).value(), 8.0 / 3600, 1e-9) << round;
    }
  }
}

TEST(Rate, IsRightForTheFastestRunsAfterMillionsOfEnds) {
  Rate rate;
  for (std::uint64_t i = 1; i <= 100'000; ++i) rate.sample(i * 50, 64, i * 10ms);
  EXPECT_NEAR(rate.per_second(64, 1000s).value(), 5000, 1);
}

TEST(Rate, GivesNoTimeThatIsFartherOffThanTenYears) {
  Rate rate;
  rate.sample(3, 1, 1000s);
  EXPECT_FALSE(rate.left(UINT64_MAX, 1, 1000s));
}

TEST(Rate, TakesATimeOfZeroWithoutDividingByIt) {
  Rate rate;
  rate.sample(5, 1, 0s);
  EXPECT_FALSE(rate.per_second(1, 0s));
}

}  // namespace
}  // namespace drover::progress
