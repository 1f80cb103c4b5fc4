#include "schedule/free_slots.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

TEST(FreeSlots, GivesTheLowestFreeOne) {
  FreeSlots free;
  for (Slot slot = 0; slot < 200; ++slot) EXPECT_EQ(free.take(), slot);
  free.give_back(150);
  free.give_back(3);
  free.give_back(64);
  EXPECT_EQ(free.take(), 3U);
  EXPECT_EQ(free.take(), 64U);
  EXPECT_EQ(free.take(), 150U);
  EXPECT_EQ(free.take(), 200U);
}

TEST(FreeSlots, HoldsAHundredThousand) {
  constexpr Slot many = 100'000;
  FreeSlots free;
  for (Slot slot = 0; slot < many; ++slot) ASSERT_EQ(free.take(), slot);
  for (Slot slot = many; slot-- > 0;) free.give_back(slot);
  for (Slot slot = 0; slot < many; ++slot) ASSERT_EQ(free.take(), slot);
}

TEST(FreeSlotsDeathTest, StopsAtASlotGivenBackTwice) {
  FreeSlots free;
  const Slot slot = free.take();
  free.give_back(slot);
  EXPECT_DEATH(free.give_back(slot), "0");
}

}  // namespace
}  // namespace drover::schedule
