// --memfree: nothing starts under the floor, and under half of it the youngest task has to end.
#include <gtest/gtest.h>

#include "tests/schedule/by_hand.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;
using namespace drover::literals;
using Kind = Event::Kind;

// Three tasks run under a floor of 8 GiB; half of it is 4.
ByHand three_running(Rules rules = {}, std::uint64_t tasks = 9) {
  rules.slots = 3;
  rules.memory_free_floor = 8_GiB;
  ByHand run(rules, tasks);
  EXPECT_EQ(run.at(0s, {has_free(8_GiB)}).size(), 3U);
  return run;
}

TEST(FreeMemoryRule, LetsNothingStartBeforeFreeMemoryWasTold) {
  ByHand run({.slots = 2, .memory_free_floor = 8_GiB}, 9);
  EXPECT_EQ(run.at(0s), Words{});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(run.scheduler.next_deadline(), never);
  EXPECT_EQ(run.at(1s, {has_free(Bytes{(8_GiB).count - 1})}), Words{});
  EXPECT_EQ(run.at(2s, {has_free(8_GiB)}), (Words{"start 1.1 in 0", "start 2.1 in 1"}));
}

TEST(FreeMemoryRule, HoldsUpNewTasksAndRetriesUnderTheFloor) {
  ByHand run = three_running({.retries = 1});
  EXPECT_EQ(run.at(1s, {has_free(7_GiB), bad(0), ok(1)}), (Words{"retry 1.1 in 0", "2.1 succeeded in 1"}));
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(run.at(2s, {has_free(9_GiB)}), (Words{"start 1.2 in 0", "start 4.1 in 1"}));
}

TEST(FreeMemoryRule, EndsTheYoungestUnderHalfTheFloorAndRunsItAgainNotAsARetry) {
  ByHand run = three_running();
  EXPECT_EQ(run.at(1s, {has_free(4_GiB)}), Words{});
  EXPECT_EQ(run.at(2s, {has_free(3_GiB)}), Words{"terminate 3 in 2: memory"});
  EXPECT_EQ(run.at(3s, {bad(2)}), Words{"again 3.1 in 2"});
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 3, .running = 2, .waiting = 1, .attempts = 3}));
  EXPECT_EQ(run.at(4s, {has_free(9_GiB)}), Words{"start 3.1 in 2"});
  EXPECT_EQ(run.at(5s, {bad(2)}), (Words{"3.1 failed in 2", "start 4.1 in 2"}));
}

TEST(FreeMemoryRule, GoesByTheOrderOfStartingNotByTheNumber) {
  ByHand run = three_running({.retries = 1});
  run.at(1s, {bad(0)});  // task 1 starts again, the last of all
  EXPECT_EQ(run.at(2s, {has_free(1_GiB)}), Words{"terminate 1 in 0: memory"});
}

TEST(FreeMemoryRule, EndsTheNextOnlyOnceTheOneBeforeHasEndedAndFreeMemoryWasToldAgain) {
  ByHand run = three_running();
  run.at(1s, {has_free(3_GiB)});
  EXPECT_EQ(run.at(2s, {has_free(1_GiB)}), Words{});
  EXPECT_EQ(run.at(3s, {has_free(1_GiB), bad(2)}), Words{"again 3.1 in 2"});  // told before it ended
  EXPECT_EQ(run.at(4s), Words{});
  EXPECT_EQ(run.at(5s, {has_free(1_GiB)}), Words{"terminate 2 in 1: memory"});
  EXPECT_EQ(run.at(6s, {bad(1), has_free(1_GiB)}), Words{"again 2.1 in 1"});  // and the last one stays
  EXPECT_EQ(run.at(7s, {has_free(Bytes{})}), Words{});
  EXPECT_EQ(run.at(8s, {has_free(9_GiB)}), (Words{"start 2.1 in 1", "start 3.1 in 2"}));
}

TEST(FreeMemoryRule, DoesNotCountOnATaskThatIsAskedToEndAsTheLastOne) {
  ByHand run = three_running({.timeout = 5s}, 3);
  run.at(1s, {bad(1)});
  run.at(5s - 1ns);
  EXPECT_EQ(run.at(5s, {ok(0)}), (Words{"1.1 succeeded in 0", "terminate 3 in 2: timeout"}));
  EXPECT_EQ(run.at(6s, {has_free(1_GiB)}), Words{});
}

TEST(FreeMemoryRule, KillsAfterTheGrace) {
  ByHand run = three_running({.grace = 2s});
  run.at(1s, {has_free(3_GiB)});
  EXPECT_EQ(run.scheduler.next_deadline(), 3s);
  EXPECT_EQ(run.at(3s), Words{"kill 3 in 2: memory"});
  EXPECT_EQ(run.at(4s, {bad(2)}), Words{"again 3.1 in 2"});
}

TEST(FreeMemoryRule, JudgesATaskThatEndedByItselfOrWellByItsEnd) {
  ByHand run = three_running();
  run.at(1s, {has_free(3_GiB)});
  EXPECT_EQ(run.at(2s, {ok(2)}), Words{"3.1 succeeded in 2"});
  EXPECT_EQ(run.at(3s, {has_free(3_GiB)}), Words{"terminate 2 in 1: memory"});
  Event end = bad(1);
  end.by_itself = true;
  EXPECT_EQ(run.at(4s, {end}), Words{"2.1 failed in 1"});
}

TEST(FreeMemoryRule, RunsATaskAgainThatIsLostOverIt) {
  ByHand run = three_running();
  run.at(1s, {has_free(3_GiB)});
  EXPECT_EQ(run.at(2s, {lost(2)}), Words{"again 3.1 in 2"});
}

TEST(FreeMemoryRule, LeavesATaskUnrunWhenNothingStartsAnyMore) {
  ByHand run = three_running({.retries = 1}, 3);
  run.at(1s, {bad(2)});  // task 3 runs its second attempt
  run.at(2s, {has_free(3_GiB)});
  run.at(3s, {sign(Kind::drain)});
  EXPECT_EQ(run.at(4s, {bad(2)}), Words{"3.1 failed in 2"});  // its first attempt has the last word
  EXPECT_EQ(run.at(5s, {has_free(3_GiB)}), Words{"terminate 2 in 1: memory"});
  EXPECT_EQ(run.at(6s, {bad(1)}), Words{"2.1 not run in 1"});
}

TEST(FreeMemoryRule, GivesUpATaskThatWaitsToRunAgainWhenNothingStartsAnyMore) {
  ByHand run = three_running();
  run.at(1s, {has_free(3_GiB)});
  EXPECT_EQ(run.at(2s, {bad(2), sign(Kind::drain)}), (Words{"again 3.1 in 2", "3.1 not run in 2"}));
}

TEST(FreeMemoryRule, IsNotSatOutWhenNothingIsLeftToStart) {
  ByHand run = three_running({}, 3);
  EXPECT_EQ(run.at(1s, {has_free(1_GiB), ok(0), ok(1), ok(2)}).size(), 3U);
  EXPECT_TRUE(run.scheduler.done());
  ByHand one_more = three_running({}, 4);
  EXPECT_EQ(one_more.at(1s, {has_free(1_GiB), ok(0), ok(1), ok(2)}).size(), 3U);
  EXPECT_FALSE(one_more.scheduler.done());
  EXPECT_EQ(one_more.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(one_more.at(2s, {has_free(8_GiB)}), Words{"start 4.1 in 0"});
}

}  // namespace
}  // namespace drover::schedule
