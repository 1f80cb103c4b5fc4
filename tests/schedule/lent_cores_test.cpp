// Cores that an outer job server lends: one task is our own, each further one needs a loan.
#include "schedule/lent_cores.hpp"

#include <gtest/gtest.h>

#include "tests/schedule/by_hand.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

TEST(LentCores, LetOneTaskRunAndEachFurtherOneForItsCores) {
  ByHand run({.slots = 9, .cores_per_task = 2, .cores_are_lent = true}, 20);
  EXPECT_EQ(run.at(0s), Words{"start 1.1 in 0"});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::lent);
  EXPECT_EQ(run.at(1s, {lends(2)}), Words{});
  EXPECT_EQ(run.at(2s, {lends(3)}), Words{"start 2.1 in 1"});  // four cores: three and our own
  EXPECT_EQ(run.at(3s, {lends(7)}), (Words{"start 3.1 in 2", "start 4.1 in 3"}));
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::lent);
}

TEST(LentCores, EndNothingWhenTheyBecomeFewer) {
  ByHand run({.slots = 9, .cores_are_lent = true}, 20);
  run.at(0s, {lends(3)});
  EXPECT_EQ(run.at(1s, {lends(1)}), Words{});
  EXPECT_EQ(run.at(2s, {ok(0), ok(1)}), (Words{"1.1 succeeded in 0", "2.1 succeeded in 1"}));
  EXPECT_EQ(run.at(3s, {ok(2)}), (Words{"3.1 succeeded in 2", "start 5.1 in 0"}));
  EXPECT_EQ(run.at(4s, {lends(0), ok(0), ok(3)}).size(), 3U);  // our own one is always there
}

TEST(LentCores, HoldUpARetryAsWell) {
  ByHand run({.slots = 9, .cores_are_lent = true, .retries = 1}, 2);
  run.at(0s, {lends(1)});
  EXPECT_EQ(run.at(1s, {bad(0), lends(0)}), Words{"retry 1.1 in 0"});
  EXPECT_EQ(run.scheduler.waiting_for(), Waiting::lent);
}

TEST(LentCores, AreOfNoConcernUnlessTheRulesSaySo) {
  ByHand run({.slots = 3}, 20);
  EXPECT_EQ(run.at(0s, {lends(0)}).size(), 3U);
}

}  // namespace
}  // namespace drover::schedule
