#include "schedule/memory_margin.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

using namespace drover::literals;

TEST(MemoryMargin, IsATenthAndStopsAtTheLargestNumber) {
  EXPECT_EQ(with_margin(10_GiB), 11_GiB);
  EXPECT_EQ(with_margin({}), Bytes{});
  EXPECT_EQ(with_margin({~std::uint64_t{0}}), Bytes{~std::uint64_t{0}});
}

}  // namespace
}  // namespace drover::schedule
