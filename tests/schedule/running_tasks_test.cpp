#include "schedule/running_tasks.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

TEST(RunningTasks, KeepsTheOrderOfStartingWhateverEnds) {
  RunningTasks running;
  for (const Slot slot : {2U, 0U, 1U}) running.start({.task = slot + 1U, .slot = slot}, {}, Time(slot));
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
  for (const Slot slot : {0U, 1U, 2U}) running.start({.task = slot + 1U, .slot = slot}, {}, Time(0));
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

}  // namespace
}  // namespace drover::schedule
