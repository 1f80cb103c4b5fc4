#include "schedule/scheduler.hpp"

#include <gtest/gtest.h>

#include "tests/schedule/by_hand.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;
using namespace drover::literals;
using Kind = Event::Kind;

TEST(Scheduler, StartsAsManyAsThereAreSlotsAndRefillsThemSingly) {
  ByHand run({.slots = 2}, 4);
  EXPECT_EQ(run.at(0s), (Words{"start 1.1 in 0", "start 2.1 in 1"}));
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::slots);
  EXPECT_EQ(run.at(1s, {ok(1)}), (Words{"2.1 succeeded in 1", "start 3.1 in 1"}));
  EXPECT_EQ(run.at(2s, {ok(0)}), (Words{"1.1 succeeded in 0", "start 4.1 in 0"}));
  EXPECT_FALSE(run.scheduler.source_ended());
  EXPECT_EQ(run.at(3s, {ok(0)}), Words{"4.1 succeeded in 0"});
  EXPECT_TRUE(run.scheduler.source_ended());
  EXPECT_FALSE(run.scheduler.done());
  EXPECT_EQ(run.at(4s, {bad(1)}), Words{"3.1 failed in 1"});
  EXPECT_TRUE(run.scheduler.done());
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::nothing);
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 4, .succeeded = 3, .failed = 1, .attempts = 4}));
}

TEST(Scheduler, IsDoneAtOnceWithoutTasks) {
  ByHand run({.slots = 8}, 0);
  EXPECT_EQ(run.at(0s), Words{});
  EXPECT_TRUE(run.scheduler.done());
  EXPECT_EQ(run.scheduler.next_deadline(), never);
}

TEST(Scheduler, PullsATaskOnlyWhenItCouldStart) {
  ByHand run({.slots = 3}, 1000);
  run.at(0s);
  EXPECT_EQ(run.numbers.asked, 3U);
  run.at(1s, {ok(0), ok(2)});
  EXPECT_EQ(run.numbers.asked, 5U);
}

TEST(Scheduler, TakesTheLowestFreeSlot) {
  ByHand run({.slots = 4}, 6);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {ok(3), ok(1)}),
            (Words{"4.1 succeeded in 3", "2.1 succeeded in 1", "start 5.1 in 1", "start 6.1 in 3"}));
}

TEST(Scheduler, AppendsToTheDecisions) {
  Numbers numbers(2);
  Scheduler scheduler({.slots = 1}, numbers);
  std::vector<Decision> decisions;
  scheduler.handle({}, 0s, decisions);
  const std::array events{ok(0)};
  scheduler.handle(events, 1s, decisions);
  EXPECT_EQ(decisions.size(), 3U);
}

TEST(Scheduler, KeepsTheBudgetOfCores) {
  ByHand run({.slots = 16, .cores = 16, .cores_per_task = 4}, 20);
  EXPECT_EQ(run.at(0s).size(), 4U);
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::cores);
}

TEST(Scheduler, KeepsTheBudgetOfMemory) {
  ByHand run({.slots = 8, .memory = 16_GiB, .memory_per_task = 4_GiB}, 8);
  EXPECT_EQ(run.at(0s).size(), 4U);
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::memory);
  EXPECT_EQ(run.at(1s, {ok(2)}), (Words{"3.1 succeeded in 2", "start 5.1 in 2"}));
}

TEST(Scheduler, AsksAWaitingSourceAgainOnlyOnceItIsReady) {
  ByHand run({.slots = 2}, 3);
  run.numbers.later = 1;
  EXPECT_EQ(run.at(0s), Words{"start 1.1 in 0"});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::input);
  EXPECT_EQ(run.at(1s, {ok(0)}), Words{"1.1 succeeded in 0"});
  EXPECT_FALSE(run.scheduler.done());
  EXPECT_EQ(run.numbers.asked, 2U);
  EXPECT_EQ(run.scheduler.next_deadline(), never);
  run.numbers.later = 0;
  EXPECT_EQ(run.at(2s, {sign(Kind::input_ready)}), (Words{"start 2.1 in 0", "start 3.1 in 1"}));
}

TEST(Retries, RunAFailedTaskAgainAfterItsDelay) {
  ByHand run({.slots = 1, .retries = 2, .retry_delay = 10s, .seed = 3}, 1);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {bad(0)}), Words{"retry 1.1 in 0"});
  const Time at = run.decisions[0].at;
  EXPECT_GE(at, 1s + 7500ms);
  EXPECT_LE(at, 1s + 12500ms);
  EXPECT_EQ(run.scheduler.next_deadline(), at);
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::retry);
  EXPECT_EQ(run.scheduler.counts().waiting, 1U);
  EXPECT_EQ(run.at(at - 1ns), Words{});
  EXPECT_EQ(run.at(at), Words{"start 1.2 in 0"});
  EXPECT_EQ(run.at(at + 1s, {bad(0)}), Words{"retry 1.2 in 0"});
  const Time third = run.decisions[0].at;
  EXPECT_GE(third, at + 1s + 15s);
  EXPECT_EQ(run.at(third), Words{"start 1.3 in 0"});
  EXPECT_EQ(run.at(third + 1s, {bad(0)}), Words{"1.3 failed in 0"});
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 1, .failed = 1, .attempts = 3}));
  EXPECT_TRUE(run.scheduler.done());
}

TEST(Retries, ComeBeforeNewTasksOnceTheyAreDue) {
  ByHand run({.slots = 1, .retries = 1}, 3);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {bad(0)}), (Words{"retry 1.1 in 0", "start 1.2 in 0"}));
  EXPECT_EQ(run.at(2s, {ok(0)}), (Words{"1.2 succeeded in 0", "start 2.1 in 0"}));
}

TEST(Retries, AreWaitedForBeforeTheRunIsDone) {
  ByHand run({.slots = 1, .retries = 1, .retry_delay = 1h}, 1);
  run.at(0s);
  run.at(1s, {bad(0)});
  EXPECT_TRUE(run.scheduler.source_ended());
  EXPECT_FALSE(run.scheduler.done());
}

TEST(Retries, DoNotHoldUpNewTasksWhileTheyWait) {
  ByHand run({.slots = 1, .retries = 1, .retry_delay = 1h}, 3);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {bad(0)}), (Words{"retry 1.1 in 0", "start 2.1 in 0"}));
}

TEST(Timeout, AsksThenKillsAfterTheGraceAndCountsAsFailure) {
  ByHand run({.slots = 1, .timeout = 5s, .grace = 2s}, 1);
  run.at(1s);
  EXPECT_EQ(run.scheduler.next_deadline(), 6s);
  EXPECT_EQ(run.at(6s - 1ns), Words{});
  EXPECT_EQ(run.at(6s), Words{"terminate 1 in 0: timeout"});
  EXPECT_EQ(run.scheduler.next_deadline(), 8s);
  EXPECT_EQ(run.at(8s), Words{"kill 1 in 0: timeout"});
  EXPECT_EQ(run.scheduler.next_deadline(), never);
  EXPECT_EQ(run.at(9s, {bad(0)}), Words{"1.1 failed in 0"});
}

TEST(Timeout, IsAFailureEvenIfTheTaskThenReportsSuccess) {
  ByHand run({.slots = 1, .retries = 1, .timeout = 5s}, 1);
  run.at(0s);
  run.at(5s);
  EXPECT_EQ(run.at(6s, {ok(0)}), (Words{"retry 1.1 in 0", "start 1.2 in 0"}));
  EXPECT_EQ(run.scheduler.next_deadline(), 11s);
}

TEST(Timeout, DoesNotTouchATaskThatEndsAtThatMoment) {
  ByHand run({.slots = 1, .timeout = 5s}, 1);
  run.at(0s);
  EXPECT_EQ(run.at(5s, {ok(0)}), Words{"1.1 succeeded in 0"});
}

TEST(Timeout, AsAShareOfTheMedianHoldsFromTheThirdTaskOnAlsoForWhatRuns) {
  ByHand run({.slots = 4, .timeout_per_cent = 300}, 4);
  run.at(0s);
  run.at(10s, {ok(1, 10s)});
  EXPECT_EQ(run.at(40s, {ok(2, 10s)}), Words{"3.1 succeeded in 2"});
  EXPECT_EQ(run.scheduler.next_deadline(), never);
  EXPECT_EQ(run.at(41s, {ok(3, 10s)}), (Words{"4.1 succeeded in 3", "terminate 1 in 0: timeout"}));
}

TEST(Timeout, AsAShareMovesWithTheMedian) {
  ByHand run({.slots = 8, .timeout_per_cent = 200}, 8);
  run.at(0s);
  run.at(1s, {ok(1, 1s), ok(2, 1s), ok(3, 1s)});
  EXPECT_NEAR(static_cast<double>(run.scheduler.next_deadline().count()), 2e9, 0.03 * 2e9);
  run.at(1900ms, {ok(4, 100s), ok(5, 100s), ok(6, 100s)});
  EXPECT_NEAR(static_cast<double>(run.scheduler.next_deadline().count()), 200e9, 0.03 * 200e9);
}

TEST(Timeout, AsAShareTakesNoNoticeOfTasksThatFail) {
  ByHand run({.slots = 6, .timeout_per_cent = 200}, 6);
  run.at(0s);
  run.at(1ms, {bad(1, 1ms), bad(2, 1ms), bad(3, 1ms)});
  EXPECT_EQ(run.scheduler.next_deadline(), never);
  EXPECT_EQ(run.scheduler.median_run_time(), Time{});
}

TEST(Lost, RunsAgainFirstAndIsNoRetry) {
  ByHand run({.slots = 1}, 3);
  run.at(0s);
  for (int i = 1; i < 5; ++i) EXPECT_EQ(run.at(std::chrono::seconds(i), {lost(0)}), Words{"start 1.1 in 0"});
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 1, .running = 1, .attempts = 5}));
  EXPECT_EQ(run.at(6s, {ok(0)}), (Words{"1.1 succeeded in 0", "start 2.1 in 0"}));
}

TEST(Lost, AfterATimeoutIsAFailure) {
  ByHand run({.slots = 1, .timeout = 1s}, 1);
  run.at(0s);
  run.at(1s);
  EXPECT_EQ(run.at(2s, {lost(0)}), Words{"1.1 failed in 0"});
}

TEST(Lost, WhileNothingStartsAnyMoreIsNotRun) {
  ByHand run({.slots = 2}, 5);
  run.at(0s);
  run.at(1s, {sign(Kind::drain)});
  EXPECT_EQ(run.at(2s, {lost(0)}), Words{"1.1 not run in 0"});
}

TEST(CouldNotStart, PutsTheTaskBackUntilSomethingEnds) {
  ByHand run({.slots = 3}, 5);
  run.at(0s);
  EXPECT_EQ(run.at(0s, {refused(2), refused(1)}), Words{});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::exhausted);
  EXPECT_EQ(run.scheduler.next_deadline(), never);
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 3, .running = 1, .waiting = 2, .attempts = 1}));
  EXPECT_EQ(run.at(1h), Words{});
  EXPECT_EQ(run.at(2h, {ok(0)}),
            (Words{"1.1 succeeded in 0", "start 2.1 in 0", "start 3.1 in 1", "start 4.1 in 2"}));
}

TEST(CouldNotStart, TriesAgainAfterATenthOfASecondWhenNothingRuns) {
  ByHand run({.slots = 2}, 2);
  run.at(0s);
  EXPECT_EQ(run.at(0s, {refused(0), refused(1)}), Words{});
  Time now = 0s;
  for (const Time wait : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    ASSERT_EQ(run.scheduler.next_deadline(), now + wait);
    EXPECT_EQ(run.at(now + wait - 1ns), Words{});
    now += wait;
    EXPECT_EQ(run.at(now), (Words{"start 1.1 in 0", "start 2.1 in 1"}));
    EXPECT_EQ(run.at(now, {refused(0), refused(1)}), Words{});
  }
}

TEST(Drain, LetsTheRunningOnesEndAndGivesUpTheWaiting) {
  ByHand run({.slots = 2, .retries = 1, .retry_delay = 1h}, 9);
  run.at(0s);
  run.at(1s, {bad(0)});
  EXPECT_EQ(run.at(2s, {sign(Kind::drain)}), Words{"1.1 failed in 0"});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::halted);
  EXPECT_FALSE(run.scheduler.done());
  EXPECT_FALSE(run.scheduler.source_ended());
  EXPECT_EQ(run.at(3s, {bad(1)}), Words{"2.1 failed in 1"});  // no retry any more
  EXPECT_EQ(run.at(4s, {ok(0)}), Words{"3.1 succeeded in 0"});
  EXPECT_TRUE(run.scheduler.done());
  EXPECT_FALSE(run.scheduler.source_ended());
  EXPECT_FALSE(run.scheduler.halted());
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 3, .succeeded = 1, .failed = 2, .attempts = 3}));
}

TEST(Drain, LeavesATaskThatWasPutBackUnrun) {
  ByHand run({.slots = 2}, 9);
  run.at(0s);
  run.at(1s, {refused(1)});
  EXPECT_EQ(run.at(2s, {sign(Kind::drain)}), Words{"2.1 not run in 1"});
}

TEST(Stop, AsksAllToEndAndKillsAfterTheGrace) {
  ByHand run({.slots = 3, .grace = 10s}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {sign(Kind::stop)}),
            (Words{"terminate 1 in 0: stopped", "terminate 2 in 1: stopped", "terminate 3 in 2: stopped"}));
  EXPECT_EQ(run.at(2s, {ok(1), bad(0)}), (Words{"2.1 succeeded in 1", "1.1 not run in 0"}));
  EXPECT_EQ(run.at(3s, {sign(Kind::stop)}), Words{});
  EXPECT_EQ(run.scheduler.next_deadline(), 11s);
  EXPECT_EQ(run.at(11s), Words{"kill 3 in 2: stopped"});
  EXPECT_EQ(run.at(12s, {bad(2)}), Words{"3.1 not run in 2"});
  EXPECT_TRUE(run.scheduler.done());
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 3, .succeeded = 1, .not_run = 2, .attempts = 3}));
}

TEST(Stop, TakesInEndsOfTheSameBatchFirst) {
  ByHand run({.slots = 1, .retries = 1}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {sign(Kind::stop), bad(0)}), (Words{"retry 1.1 in 0", "1.1 failed in 0"}));
  EXPECT_TRUE(run.scheduler.done());
}

TEST(Kill, EndsAllAtOnceAlsoThoseAskedBefore) {
  ByHand run({.slots = 2, .timeout = 5s}, 9);
  run.at(0s);
  run.at(1s, {ok(1)});
  EXPECT_EQ(run.at(5s), Words{"terminate 1 in 0: timeout"});
  EXPECT_EQ(run.at(5500ms, {sign(Kind::kill)}), (Words{"kill 3 in 1: stopped", "kill 1 in 0: timeout"}));
  EXPECT_EQ(run.at(6s, {sign(Kind::kill)}), Words{});
  EXPECT_EQ(run.at(7s, {bad(0), bad(1)}), (Words{"1.1 failed in 0", "3.1 not run in 1"}));
}

TEST(HaltRule, SoonLetsTheRunningOnesEnd) {
  ByHand run({.slots = 2, .halt = parse_halt("soon,fail=1").value()}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {bad(0)}), Words{"1.1 failed in 0"});
  EXPECT_TRUE(run.scheduler.halted());
  EXPECT_EQ(run.at(2s, {ok(1)}), Words{"2.1 succeeded in 1"});
  EXPECT_TRUE(run.scheduler.done());
}

TEST(HaltRule, NowEndsWhatRuns) {
  ByHand run({.slots = 3, .halt = parse_halt("now,success=1").value()}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {ok(0)}),
            (Words{"1.1 succeeded in 0", "terminate 2 in 1: halted", "terminate 3 in 2: halted"}));
  EXPECT_EQ(run.at(2s, {bad(1), ok(2)}), (Words{"2.1 not run in 1", "3.1 succeeded in 2"}));
  EXPECT_EQ(run.scheduler.counts(), (Counts{.read = 3, .succeeded = 2, .not_run = 1, .attempts = 3}));
}

TEST(HaltRule, JudgesEndsOfTheSameBatchByThemselves) {
  ByHand run({.slots = 3, .retries = 0, .halt = parse_halt("now,fail=1").value()}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {bad(0), bad(1)}),
            (Words{"1.1 failed in 0", "2.1 failed in 1", "terminate 3 in 2: halted"}));
}

TEST(HaltRule, CountsATaskOnceWhateverItsAttempts) {
  ByHand run({.slots = 1, .retries = 3, .halt = parse_halt("now,fail=2").value()}, 9);
  run.at(0s);
  for (int i = 1; i <= 4; ++i) run.at(std::chrono::seconds(i), {bad(0)});
  EXPECT_EQ(run.scheduler.counts().failed, 1U);
  EXPECT_FALSE(run.scheduler.halted());
  for (int i = 5; i <= 8; ++i) run.at(std::chrono::seconds(i), {bad(0)});
  EXPECT_TRUE(run.scheduler.halted());
}

TEST(HaltRule, IsAlsoMetByTasksGivenUpOnDraining) {
  ByHand run({.slots = 2, .retries = 1, .retry_delay = 1h, .halt = parse_halt("now,fail=1").value()}, 9);
  run.at(0s);
  run.at(1s, {bad(0)});
  EXPECT_EQ(run.at(2s, {sign(Kind::drain)}),
            (Words{"1.1 failed in 0", "terminate 2 in 1: halted", "terminate 3 in 0: halted"}));
}

TEST(Slots, FewerLetWhatRunsGoOn) {
  ByHand run({.slots = 3}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {sign(Kind::fewer_slots), sign(Kind::fewer_slots), sign(Kind::fewer_slots)}), Words{});
  EXPECT_EQ(run.scheduler.slots(), 1U);
  EXPECT_EQ(run.at(2s, {ok(0), ok(1)}).size(), 2U);
  EXPECT_EQ(run.at(3s, {ok(2)}), (Words{"3.1 succeeded in 2", "start 4.1 in 0"}));
  EXPECT_EQ(run.at(4s, {sign(Kind::more_slots)}), Words{"start 5.1 in 1"});
}

TEST(Hold, StopsStartsOnly) {
  ByHand run({.slots = 2, .timeout = 5s}, 4);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {sign(Kind::hold), ok(0)}), Words{"1.1 succeeded in 0"});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::held);
  EXPECT_EQ(run.at(5s), Words{"terminate 2 in 1: timeout"});
  EXPECT_EQ(run.at(6s, {sign(Kind::release)}), Words{"start 3.1 in 0"});
}

TEST(Delay, IsTheLeastTimeBetweenStarts) {
  ByHand run({.slots = 3, .delay = 2s}, 3);
  EXPECT_EQ(run.at(0s), Words{"start 1.1 in 0"});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::delay);
  EXPECT_EQ(run.scheduler.next_deadline(), 2s);
  EXPECT_EQ(run.at(2s - 1ns), Words{});
  EXPECT_EQ(run.at(3s), Words{"start 2.1 in 1"});
  EXPECT_EQ(run.scheduler.next_deadline(), 5s);
}

TEST(Delay, IsNotSatOutWhenNothingIsLeftToStart) {
  ByHand run({.slots = 1, .delay = 1h}, 2);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {ok(0)}), Words{"1.1 succeeded in 0"});
  EXPECT_FALSE(run.scheduler.done());
  EXPECT_EQ(run.scheduler.next_deadline(), 1h);
  EXPECT_EQ(run.at(1h), Words{"start 2.1 in 0"});
  run.at(1h + 1s, {ok(0)});
  EXPECT_TRUE(run.scheduler.done());
}

TEST(RunAheadRule, HoldsStartsUntilTheOldestHasEnded) {
  ByHand run({.slots = 2, .run_ahead = 3}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {ok(1)}), (Words{"2.1 succeeded in 1", "start 3.1 in 1"}));
  EXPECT_EQ(run.at(2s, {ok(1)}), Words{"3.1 succeeded in 1"});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::order);
  EXPECT_EQ(run.at(3s, {ok(0)}), (Words{"1.1 succeeded in 0", "start 4.1 in 0", "start 5.1 in 1"}));
}

TEST(RunAheadRule, CountsATaskThatWaitsForARetryAsUnfinished) {
  ByHand run({.slots = 2, .retries = 1, .retry_delay = 10s, .run_ahead = 2}, 9);
  run.at(0s);
  EXPECT_EQ(run.at(1s, {bad(0), ok(1)}), (Words{"retry 1.1 in 0", "2.1 succeeded in 1"}));
  const Time at = run.decisions[0].at;
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::order);
  EXPECT_EQ(run.scheduler.next_deadline(), at);
  EXPECT_EQ(run.at(at), Words{"start 1.2 in 0"});
}

TEST(SchedulerDeathTest, StopsAtATaskThatFitsNoBudget) {
  Numbers numbers(1);
  EXPECT_DEATH(Scheduler({.slots = 1, .cores = 2, .cores_per_task = 4}, numbers), "2 4");
  EXPECT_DEATH(Scheduler({.slots = 0}, numbers), "slots");
}

TEST(SchedulerDeathTest, StopsAtTimeThatRunsBackwards) {
  ByHand run({.slots = 1}, 1);
  run.at(1s);
  EXPECT_DEATH(run.at(0s), "now");
}

}  // namespace
}  // namespace drover::schedule
