// --mem auto: what a task needs is learnt from the peaks of those that ran and run.
#include <gtest/gtest.h>

#include "tests/schedule/by_hand.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;
using namespace drover::literals;

ByHand learning(std::uint64_t tasks, Rules rules = {.slots = 8}) {
  rules.memory = 100_GiB;
  rules.learn_memory = true;
  return ByHand(rules, tasks);
}

TEST(LearnMemory, RunsOneTaskAloneThenAsManyAsFitWithATenthMore) {
  ByHand run = learning(20);
  EXPECT_EQ(run.at(0s), Words{"start 1.1 in 0"});
  EXPECT_EQ(run.reserved_last(), 100_GiB);
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(run.scheduler.learnt_memory().from, 0U);
  EXPECT_EQ(run.scheduler.learnt_memory().reservation, 100_GiB);
  // 20 + 2 GiB each: four.
  EXPECT_EQ(run.at(1s, {ok_with(0, 20_GiB)}).size(), 5U);
  EXPECT_EQ(run.reserved_last(), 22_GiB);
  EXPECT_EQ(run.scheduler.memory_reserved(), 88_GiB);
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(run.scheduler.learnt_memory().from, 1U);
  EXPECT_EQ(run.scheduler.learnt_memory().largest_peak, 20_GiB);
  EXPECT_EQ(run.scheduler.learnt_memory().reservation, 22_GiB);
}

TEST(LearnMemory, BeginsWithThePeakOfEarlierRuns) {
  ByHand run = learning(20, {.slots = 8, .known_peak = 40_GiB});
  EXPECT_EQ(run.at(0s), (Words{"start 1.1 in 0", "start 2.1 in 1"}));
  EXPECT_EQ(run.reserved_last(), 44_GiB);
}

TEST(LearnMemory, TakesAPeakFromATaskThatFailsToo) {
  ByHand run = learning(9);
  run.at(0s);
  Event end = bad(0);
  end.memory = 40_GiB;
  EXPECT_EQ(run.at(1s, {end}), (Words{"1.1 failed in 0", "start 2.1 in 0", "start 3.1 in 1"}));
}

TEST(LearnMemory, KeepsOneAtATimeWhileNoPeakIsTold) {
  ByHand run = learning(9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {ok(0)}), (Words{"1.1 succeeded in 0", "start 2.1 in 0"}));
  EXPECT_EQ(run.at(2s, {ok(0)}), (Words{"2.1 succeeded in 0", "start 3.1 in 0"}));
  EXPECT_EQ(run.scheduler.learnt_memory().from, 0U);
  EXPECT_EQ(run.scheduler.next_deadline(), never);
}

TEST(LearnMemory, BelievesAPeakThatIsSteadyForTenSeconds) {
  ByHand run = learning(9);
  run.at(0s);
  run.at(4s, {uses(0, 40_GiB)});
  EXPECT_EQ(run.scheduler.next_deadline(), 14s);
  EXPECT_EQ(run.at(9s, {uses(0, 40_GiB)}), Words{});
  EXPECT_EQ(run.scheduler.next_deadline(), 14s);
  EXPECT_EQ(run.at(14s - 1ns), Words{});
  EXPECT_EQ(run.at(14s), Words{"start 2.1 in 1"});  // without any event
  EXPECT_EQ(run.scheduler.memory_reserved(), 88_GiB);
  EXPECT_EQ(run.scheduler.learnt_memory().from, 1U);
  EXPECT_EQ(run.scheduler.next_deadline(), never);
  run.at(15s, {ok_with(0, 40_GiB)});
  EXPECT_EQ(run.scheduler.learnt_memory().from, 1U);  // the same peak
}

TEST(LearnMemory, BelievesALatePeakOnlyAfterAsLongAsItTook) {
  ByHand run = learning(9);
  run.at(5s);
  run.at(45s, {uses(0, 10_GiB)});
  EXPECT_EQ(run.scheduler.next_deadline(), 85s);
}

TEST(LearnMemory, BeginsAnewWhenAPeakGrowsByMoreThanTwoPerCent) {
  ByHand run = learning(9);
  run.at(0s);
  run.at(1s, {uses(0, 100_MiB)});
  run.at(2s, {uses(0, 102_MiB)});
  EXPECT_EQ(run.scheduler.next_deadline(), 11s);
  run.at(3s, {uses(0, 103_MiB)});
  EXPECT_EQ(run.scheduler.next_deadline(), 13s);
  EXPECT_EQ(run.at(13s).size(), 7U);
  EXPECT_EQ(run.scheduler.learnt_memory().largest_peak, 103_MiB);
}

TEST(LearnMemory, LetsAReservationGrowWithTheTaskAndAdmitsNothingBeyondTheBudget) {
  ByHand run = learning(9);
  run.at(0s);
  run.at(1s, {ok_with(0, 40_GiB)});  // two run with 44 GiB each
  EXPECT_EQ(run.at(2s, {uses(0, 60_GiB), uses(1, 10_GiB)}), Words{});
  EXPECT_EQ(run.scheduler.memory_reserved(), 110_GiB);
  EXPECT_EQ(run.at(3s, {ok_with(1, 10_GiB)}), Words{"3.1 succeeded in 1"});  // 66 + 44 would be too much
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(run.scheduler.memory_reserved(), 66_GiB);
}

TEST(LearnMemory, NeverReservesLessAgain) {
  ByHand run = learning(9);
  run.at(0s);
  run.at(1s, {ok_with(0, 30_GiB)});
  EXPECT_EQ(run.reserved_last(), 33_GiB);
  run.at(2s, {ok_with(0, 1_GiB)});
  EXPECT_EQ(run.reserved_last(), 33_GiB);
  EXPECT_EQ(run.scheduler.learnt_memory().from, 2U);
  run.at(3s, {ok_with(0, 40_GiB), ok_with(1, 1_GiB)});
  EXPECT_EQ(run.reserved_last(), 44_GiB);
}

TEST(LearnMemory, LetsOneTaskRunWhateverIsLearnt) {
  ByHand run = learning(9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {ok_with(0, 400_GiB)}), (Words{"1.1 succeeded in 0", "start 2.1 in 0"}));
  EXPECT_EQ(run.reserved_last(), 100_GiB);
}

TEST(LearnMemory, CountsTheSamplesOfATaskThatIsLost) {
  ByHand run = learning(9);
  run.at(0s);
  run.at(1s, {uses(0, 40_GiB)});
  EXPECT_EQ(run.at(2s, {lost(0)}), (Words{"start 1.1 in 0", "start 2.1 in 1"}));
}

TEST(LearnMemory, GivesMoreToATaskThatDiedOfTooLittle) {
  ByHand run = learning(9, {.slots = 8, .retries = 2});
  run.at(0s);
  run.at(1s, {ok_with(0, 20_GiB)});
  // Tasks 2 to 5 run with 22 GiB each.
  EXPECT_EQ(run.at(2s, {out_of_memory(1, 20_GiB)}), Words{"retry 3.1 in 1"});
  EXPECT_EQ(run.at(3s, {ok_with(0, 20_GiB)}), (Words{"2.1 succeeded in 0", "start 3.2 in 0"}));
  EXPECT_EQ(run.reserved_last(), 44_GiB);
}

TEST(LearnMemory, GivesAFirstTaskThatDiedTheWholeBudgetAgain) {
  ByHand run = learning(9, {.slots = 8, .retries = 2});
  run.at(0s);
  EXPECT_EQ(run.at(1s, {out_of_memory(0, 20_GiB)}), (Words{"retry 1.1 in 0", "start 1.2 in 0"}));
  EXPECT_EQ(run.reserved_last(), 100_GiB);
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
}

TEST(LearnMemory, TakesNoNoticeOfASampleOfATaskThatHasEnded) {
  ByHand run = learning(1);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {uses(0, 99_GiB), ok_with(0, 10_GiB), uses(7, 99_GiB)}), Words{"1.1 succeeded in 0"});
  EXPECT_EQ(run.scheduler.learnt_memory().largest_peak, 10_GiB);
  EXPECT_TRUE(run.scheduler.done());
}

TEST(LearnMemory, IsNothingWithoutTheRuleOrABudget) {
  ByHand fixed({.slots = 8, .memory = 100_GiB, .memory_per_task = 50_GiB}, 9);
  fixed.at(0s);
  fixed.at(1s, {uses(0, 90_GiB), ok_with(1, 1_GiB)});
  EXPECT_EQ(fixed.scheduler.memory_reserved(), 100_GiB);
  EXPECT_EQ(fixed.scheduler.learnt_memory().from, 0U);
  ByHand boundless({.slots = 8, .learn_memory = true}, 9);
  EXPECT_EQ(boundless.at(0s).size(), 8U);
  EXPECT_EQ(boundless.reserved_last(), Bytes{});
}

}  // namespace
}  // namespace drover::schedule
