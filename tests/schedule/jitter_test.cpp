#include "schedule/jitter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

TEST(Jitter, DoublesWithEachAttemptWithinAQuarter) {
  double least = 10, most = 0;
  for (TaskNumber task = 1; task <= 2000; ++task) {
    for (std::uint32_t attempt = 2; attempt <= 6; ++attempt) {
      const double wait = static_cast<double>(retry_wait(1s, 7, task, attempt).count());
      const double jitter = wait / (1e9 * std::exp2(attempt - 2));
      least = std::min(least, jitter);
      most = std::max(most, jitter);
    }
  }
  EXPECT_GE(least, 0.75);
  EXPECT_LT(least, 0.76);
  EXPECT_LE(most, 1.25);
  EXPECT_GT(most, 1.24);
}

TEST(Jitter, DependsOnSeedTaskAndAttemptAlone) {
  EXPECT_EQ(retry_wait(1s, 1, 2, 3), retry_wait(1s, 1, 2, 3));
  EXPECT_NE(retry_wait(1s, 1, 2, 3), retry_wait(1s, 2, 2, 3));
  EXPECT_NE(retry_wait(1s, 1, 2, 3), retry_wait(1s, 1, 3, 3));
}

TEST(Jitter, IsNothingWithoutADelayAndStopsAtNever) {
  EXPECT_EQ(retry_wait(0s, 1, 1, 50), Time(0s));
  EXPECT_EQ(retry_wait(1s, 1, 1, 4'000'000'000U), never);
}

}  // namespace
}  // namespace drover::schedule
