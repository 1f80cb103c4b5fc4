// The small parts that the scheduler is made of.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "schedule/admission.hpp"
#include "schedule/deadline.hpp"
#include "schedule/draw.hpp"
#include "schedule/exhaustion.hpp"
#include "schedule/free_slots.hpp"
#include "schedule/jitter.hpp"
#include "schedule/retry_queue.hpp"
#include "schedule/run_ahead.hpp"
#include "schedule/running_tasks.hpp"

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

// Source: the reference implementation of splitmix64 by S. Vigna, seeded with 0, gives this as its first
// number.
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

TEST(RunningTasks, KeepsTheOrderOfStartingWhateverEnds) {
  RunningTasks running;
  for (const Slot slot : {2U, 0U, 1U}) running.start({.task = slot + 1U, .slot = slot}, Time(slot));
  EXPECT_EQ(running.first_started(), 2U);
  EXPECT_EQ(running.end(0).pending.task, 1U);
  running.end(2);
  EXPECT_EQ(running.first_started(), 1U);
  EXPECT_EQ(running.at(1).since, Time(1));
  running.end(1);
  EXPECT_EQ(running.first_started(), std::nullopt);
  EXPECT_EQ(running.count(), 0U);
}

TEST(RunningTasks, MovesThoseAskedToEndToAListOfTheirOwn) {
  RunningTasks running;
  for (const Slot slot : {0U, 1U, 2U}) running.start({.task = slot + 1U, .slot = slot}, Time(0));
  running.ask_to_end(1, EndReason::timeout, Time(5));
  running.ask_to_end(0, EndReason::stopped, Time(6));
  EXPECT_EQ(running.first_started(), 2U);
  EXPECT_EQ(running.first_asked(), 1U);
  running.kill(1, EndReason::stopped);
  EXPECT_EQ(running.first_asked(), 0U);
  EXPECT_EQ(running.at(1).reason, EndReason::timeout);  // the first reason stays
  running.kill(2, EndReason::stopped);
  EXPECT_EQ(running.first_started(), std::nullopt);
  EXPECT_EQ(running.end(2).reason, EndReason::stopped);
  EXPECT_EQ(running.end(1).stage, Stage::killed);
}

TEST(RunningTasksDeathTest, StopsAtAnEndOfNothing) {
  RunningTasks running;
  EXPECT_DEATH(running.end(7), "7");
}

TEST(RetryQueue, GivesThosePutBackFirstThenTheEarliest) {
  RetryQueue queue;
  queue.add({.task = 1, .sequence = 1}, 30ns);
  queue.add({.task = 2, .sequence = 2}, 10ns);
  queue.put_back({.task = 9, .sequence = 9});
  queue.put_back({.task = 8, .sequence = 8});
  queue.add({.task = 3, .sequence = 3}, 10ns);
  EXPECT_EQ(queue.size(), 5U);
  for (const TaskNumber task : {8U, 9U}) {
    EXPECT_TRUE(queue.due(0ns));
    EXPECT_EQ(queue.take().task, task);
  }
  EXPECT_FALSE(queue.due(9ns));
  EXPECT_TRUE(queue.due(10ns));
  EXPECT_EQ(queue.next(), 10ns);
  for (const TaskNumber task : {2U, 3U, 1U}) EXPECT_EQ(queue.take().task, task);
  EXPECT_TRUE(queue.empty());
}

TEST(Admission, NamesWhatIsLacking) {
  using namespace drover::literals;
  Admission slots({.slots = 2});
  Admission cores({.slots = 9, .cores = 9, .cores_per_task = 4});
  Admission memory({.slots = 9, .memory = 16_GiB, .memory_per_task = 6_GiB});
  for (Admission* admission : {&slots, &cores, &memory}) {
    EXPECT_EQ(admission->blocked(), Waiting::nothing);
    admission->take();
    EXPECT_EQ(admission->blocked(), Waiting::nothing);
    admission->take();
  }
  EXPECT_EQ(slots.blocked(), Waiting::slots);
  EXPECT_EQ(cores.blocked(), Waiting::cores);
  EXPECT_EQ(memory.blocked(), Waiting::memory);
  for (Admission* admission : {&slots, &cores, &memory}) {
    admission->release();
    EXPECT_EQ(admission->blocked(), Waiting::nothing);
  }
}

TEST(Admission, NeverHasFewerThanOneSlot) {
  Admission admission({.slots = 2});
  for (int i = 0; i < 5; ++i) admission.fewer_slots();
  EXPECT_EQ(admission.slots(), 1U);
  EXPECT_EQ(admission.blocked(), Waiting::nothing);
  admission.more_slots();
  EXPECT_EQ(admission.slots(), 2U);
}

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
