#include "schedule/run_ahead.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

TEST(RunAhead, AllowsSoManyPastTheOldestUnfinished) {
  RunAhead ahead(4);
  EXPECT_TRUE(ahead.allows(3));
  EXPECT_FALSE(ahead.allows(4));
  for (const std::uint64_t sequence : {1U, 2U, 3U}) ahead.finished(sequence);
  EXPECT_FALSE(ahead.allows(4));
  ahead.finished(0);
  EXPECT_TRUE(ahead.allows(7));
  EXPECT_FALSE(ahead.allows(8));
}

TEST(RunAhead, HoldsAcrossManyTurnsOfItsRing) {
  RunAhead ahead(1000);
  for (std::uint64_t block = 0; block < 50; ++block) {
    const std::uint64_t first = block * 777;
    for (std::uint64_t i = 777; i-- > 1;) ahead.finished(first + i);
    ASSERT_TRUE(ahead.allows(first + 999));
    ASSERT_FALSE(ahead.allows(first + 1000));
    ahead.finished(first);
    ASSERT_TRUE(ahead.allows(first + 777 + 999));
  }
}

TEST(RunAhead, IsUnlimitedWithoutALimit) {
  RunAhead ahead(0);
  ahead.finished(1'000'000'000'000);
  EXPECT_TRUE(ahead.allows(~std::uint64_t{0}));
}

}  // namespace
}  // namespace drover::schedule
