#include "schedule/retry_queue.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

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

}  // namespace
}  // namespace drover::schedule
