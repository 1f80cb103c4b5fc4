#include "schedule/steady_peak.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

TEST(SteadyPeak, IsNeverSteadyWhileNothingIsKnown) {
  SteadyPeak peak(3s);
  EXPECT_EQ(peak.steady_at(), never);
  peak.used({}, 5s);
  EXPECT_EQ(peak.steady_at(), never);
}

TEST(SteadyPeak, WaitsAsLongAsThePeakTookAndTenSecondsAtLeast) {
  SteadyPeak peak(3s);
  peak.used({1000}, 5s);
  EXPECT_EQ(peak.steady_at(), 15s);
  peak.used({2000}, 33s);
  EXPECT_EQ(peak.steady_at(), 63s);
  EXPECT_EQ(peak.largest(), Bytes{2000});
}

TEST(SteadyPeak, LetsTwoPerCentPassButNotMoreEvenInSmallSteps) {
  SteadyPeak peak(0s);
  peak.used({1000}, 1s);
  peak.used({1010}, 2s);
  peak.used({1020}, 3s);
  EXPECT_EQ(peak.steady_at(), 11s);
  EXPECT_EQ(peak.largest(), Bytes{1020});
  peak.used({1021}, 4s);
  EXPECT_EQ(peak.steady_at(), 14s);
}

TEST(SteadyPeak, TakesNoNoticeOfMemoryGivenBack) {
  SteadyPeak peak(0s);
  peak.used({1000}, 1s);
  peak.used({10}, 9s);
  EXPECT_EQ(peak.largest(), Bytes{1000});
  EXPECT_EQ(peak.steady_at(), 11s);
}

// Memory that grows evenly has doubled when its time is up.
TEST(SteadyPeak, IsNotFoundInMemoryThatGrowsEvenly) {
  SteadyPeak peak(0s);
  for (int second = 1; second <= 10'000; ++second) {
    peak.used({static_cast<std::uint64_t>(second) * 1'000'000}, std::chrono::seconds(second));
    ASSERT_GT(peak.steady_at(), std::chrono::seconds(second + 1));
  }
}

}  // namespace
}  // namespace drover::schedule
