#include "schedule/draw.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

TEST(Draw, MixesAsSplitmix64Does) {
  EXPECT_EQ(mixed(0), 0xe220a8397b1dcdafU);
}

TEST(Draw, IsUniformBelowOne) {
  double sum = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const double u = unit(draw(1, i, 0));
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 5 * 0.2887 / 100);  // five standard errors
}

}  // namespace
}  // namespace drover::schedule
