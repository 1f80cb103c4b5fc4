// A task that died of too little memory is given more for its next attempt.
#include <gtest/gtest.h>

#include "tests/schedule/by_hand.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;
using namespace drover::literals;

TEST(OutOfMemory, ReservesTwiceAsMuchForTheNextAttemptAndWaitsForItAtTheHead) {
  ByHand run({.slots = 8, .memory = 16_GiB, .memory_per_task = 4_GiB, .retries = 3}, 9);
  EXPECT_EQ(run.at(0s).size(), 4U);
  EXPECT_EQ(run.reserved_last(), 4_GiB);
  EXPECT_EQ(run.at(1s, {out_of_memory(0, 3_GiB)}),
            Words{"retry 1.1 in 0"});  // 4 GiB are free, task 5 would fit
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(run.scheduler.memory_reserved(), 12_GiB);
  EXPECT_EQ(run.at(2s, {ok(1)}), (Words{"2.1 succeeded in 1", "start 1.2 in 0"}));
  EXPECT_EQ(run.reserved_last(), 8_GiB);
  EXPECT_EQ(run.scheduler.memory_reserved(), 16_GiB);
}

TEST(OutOfMemory, NeverReservesMoreThanTheBudget) {
  ByHand run({.slots = 8, .memory = 10_GiB, .memory_per_task = 4_GiB, .retries = 3}, 1);
  run.at(0s);
  run.at(1s, {out_of_memory(0)});
  EXPECT_EQ(run.reserved_last(), 8_GiB);
  run.at(2s, {out_of_memory(0)});
  EXPECT_EQ(run.reserved_last(), 10_GiB);
  run.at(3s, {out_of_memory(0)});
  EXPECT_EQ(run.reserved_last(), 10_GiB);
  EXPECT_EQ(run.at(4s, {out_of_memory(0)}), Words{"1.4 failed in 0"});
}

TEST(OutOfMemory, ReservesThePeakAndATenthWhereThatIsMore) {
  ByHand run({.slots = 1, .memory = 100_GiB, .memory_per_task = 1_GiB, .retries = 1}, 1);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {out_of_memory(0, 10_GiB)}), (Words{"retry 1.1 in 0", "start 1.2 in 0"}));
  EXPECT_EQ(run.reserved_last(), 11_GiB);
}

TEST(OutOfMemory, ReservesTheWholeBudgetWhereNothingWasReservedAndNothingIsKnown) {
  ByHand run({.slots = 1, .memory = 16_GiB, .retries = 1}, 1);
  run.at(0s);
  EXPECT_EQ(run.reserved_last(), Bytes{});
  run.at(1s, {out_of_memory(0)});
  EXPECT_EQ(run.reserved_last(), 16_GiB);
}

TEST(OutOfMemory, KeepsTheGreaterReservationForLaterAttempts) {
  ByHand run({.slots = 2, .memory = 16_GiB, .memory_per_task = 4_GiB, .retries = 3}, 1);
  run.at(0s);
  run.at(1s, {out_of_memory(0)});
  for (const Event& end : {bad(0), lost(0), bad(0)}) {
    run.at(2s, {end});
    EXPECT_EQ(run.reserved_last(), 8_GiB);
  }
}

TEST(OutOfMemory, LeavesOtherTasksTheirReservation) {
  ByHand run({.slots = 1, .memory = 16_GiB, .memory_per_task = 4_GiB, .retries = 1}, 2);
  run.at(0s);
  run.at(1s, {out_of_memory(0)});
  run.at(2s, {ok(0)});
  EXPECT_EQ(run.reserved_last(), 4_GiB);
}

TEST(OutOfMemory, IsAFailureLikeAnotherWithoutABudget) {
  ByHand run({.slots = 2, .retries = 1}, 2);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {out_of_memory(0, 10_GiB)}), (Words{"retry 1.1 in 0", "start 1.2 in 0"}));
  EXPECT_EQ(run.reserved_last(), Bytes{});
  EXPECT_EQ(run.at(2s, {out_of_memory(0, 10_GiB)}), Words{"1.2 failed in 0"});
  EXPECT_EQ(run.scheduler.memory_reserved(), Bytes{});
}

TEST(OutOfMemory, OfSomethingInsideIsNoMatterIfTheTaskSucceeds) {
  ByHand run({.slots = 1, .memory = 16_GiB, .memory_per_task = 4_GiB, .retries = 1}, 1);
  run.at(0s);
  Event end = out_of_memory(0);
  end.success = true;
  EXPECT_EQ(run.at(1s, {end}), Words{"1.1 succeeded in 0"});
}

}  // namespace
}  // namespace drover::schedule
