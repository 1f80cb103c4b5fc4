#include "schedule/deadline.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, StopsAtNeverInsteadOfWrapping) {
  EXPECT_EQ(after(1s, 2s), Time(3s));
  EXPECT_EQ(after(1s, never), never);
  EXPECT_EQ(after(never, 0ns), never);
  EXPECT_EQ(scaled(2s, 1.5), Time(3s));
  EXPECT_EQ(scaled(1s, 1e300), never);
  EXPECT_EQ(scaled(0s, std::numeric_limits<double>::infinity()), never);
}

}  // namespace
}  // namespace drover::schedule
