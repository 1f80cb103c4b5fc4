#include "schedule/run_time_sketch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "schedule/draw.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

double error_of(Time told, Time exact) {
  return std::abs(static_cast<double>((told - exact).count())) /
         std::max(1.0, static_cast<double>(exact.count()));
}

TEST(RunTimeSketch, IsZeroBeforeTheFirst) {
  const RunTimeSketch sketch;
  EXPECT_EQ(sketch.median(), Time{});
  EXPECT_EQ(sketch.quantile(0.9), Time{});
}

TEST(RunTimeSketch, TellsOneSampleOfAnySizeWithinThreePerCent) {
  for (double time = 1; time < 9e18; time *= 1.0373) {
    const Time exact(static_cast<Time::rep>(time));
    RunTimeSketch sketch;
    sketch.add(exact);
    EXPECT_LT(error_of(sketch.median(), exact), 0.03) << exact.count();
    EXPECT_EQ(sketch.median(), sketch.quantile(0.5));
  }
}

TEST(RunTimeSketch, HoldsTheShortestAndTheLongest) {
  RunTimeSketch sketch;
  sketch.add(Time{});
  EXPECT_EQ(sketch.median(), Time{});
  sketch.add(Time::max());
  EXPECT_LT(error_of(sketch.quantile(1), Time::max()), 0.03);
}

// The median and the quantiles of the sorted samples themselves, at every step of three very different
// sequences.
TEST(RunTimeSketch, FollowsTheSortedListWithinThreePerCent) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    RunTimeSketch sketch;
    std::vector<Time> sorted;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      const double u = unit(draw(seed, i, 0));
      const double time = seed == 1 ? 1e9 * u : seed == 2 ? std::exp(43 * u) : (i % 2 == 0 ? 1e3 : 1e15);
      const Time exact(static_cast<Time::rep>(time));
      sketch.add(exact);
      sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), exact), exact);
      ASSERT_LT(error_of(sketch.median(), sorted[sorted.size() / 2]), 0.03) << seed << ' ' << i;
    }
    for (const double q : {0.01, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::ceil(q * 2000)) - 1;
      EXPECT_LT(error_of(sketch.quantile(q), sorted[rank]), 0.03) << seed << ' ' << q;
    }
  }
}

TEST(RunTimeSketch, HasAFixedSize) {
  EXPECT_LE(sizeof(RunTimeSketch), 16U << 10U);
}

}  // namespace
}  // namespace drover::schedule
