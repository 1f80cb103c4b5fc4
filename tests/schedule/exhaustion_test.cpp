#include "schedule/exhaustion.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

TEST(Exhaustion, WaitsForAnEndOfOurs) {
  Exhaustion exhaustion;
  exhaustion.could_not_start();
  exhaustion.settle(1h, false);
  EXPECT_TRUE(exhaustion.exhausted());
  EXPECT_EQ(exhaustion.retry_at(), never);
  exhaustion.something_ended();
  EXPECT_FALSE(exhaustion.exhausted());
}

TEST(Exhaustion, DoublesItsWaitUpToASecondWhenNothingRuns) {
  Exhaustion exhaustion;
  Time now{};
  for (const Time wait : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    exhaustion.could_not_start();
    exhaustion.settle(now, true);
    ASSERT_EQ(exhaustion.retry_at(), now + wait);
    exhaustion.settle(now + wait - 1ns, true);
    ASSERT_TRUE(exhaustion.exhausted());
    now += wait;
    exhaustion.settle(now, true);
    ASSERT_FALSE(exhaustion.exhausted());
  }
  exhaustion.something_ended();
  exhaustion.could_not_start();
  exhaustion.settle(now, true);
  EXPECT_EQ(exhaustion.retry_at(), now + 100ms);
}

}  // namespace
}  // namespace drover::schedule
