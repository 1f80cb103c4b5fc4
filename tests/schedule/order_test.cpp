#include "schedule/order.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace drover::schedule {
namespace {

std::vector<TaskNumber> given(Order& order) {
  std::vector<TaskNumber> tasks;
  while (const auto task = order.next()) tasks.push_back(*task);
  return tasks;
}

using Numbers = std::vector<TaskNumber>;

TEST(Order, GivesNothingUntilTheOldestHasEnded) {
  Order order;
  order.finished(3);
  order.finished(2);
  EXPECT_EQ(given(order), Numbers{});
  EXPECT_EQ(order.held_back(), 2U);
  order.finished(1);
  EXPECT_EQ(given(order), (Numbers{1, 2, 3}));
  EXPECT_EQ(order.held_back(), 0U);
}

TEST(Order, StartsAtTheNumberItIsGiven) {
  Order order(501);
  order.finished(502);
  EXPECT_EQ(given(order), Numbers{});
  order.finished(501);
  EXPECT_EQ(given(order), (Numbers{501, 502}));
}

TEST(Order, HoldsNothingBackWhereTasksEndInOrder) {
  Order order;
  for (TaskNumber task = 1; task <= 1000; ++task) {
    order.finished(task);
    EXPECT_EQ(order.next(), task);
    EXPECT_EQ(order.next(), std::nullopt);
    EXPECT_EQ(order.held_back(), 0U);
  }
}

TEST(Order, GivesAShuffledRunInTheOrderOfItsNumbers) {
  Order order;
  Numbers all, expected;
  for (TaskNumber i = 0; i < 1009; ++i) {
    order.finished(1 + i * 577 % 1009);
    for (const TaskNumber task : given(order)) all.push_back(task);
    expected.push_back(i + 1);
  }
  EXPECT_EQ(all, expected);
}

TEST(Order, GivesTheRestPastTheGapsWhenNoMoreWillEnd) {
  Order order;
  for (const TaskNumber task : {9U, 4U, 1U, 7U}) order.finished(task);
  EXPECT_EQ(given(order), Numbers{1});
  order.no_more();
  EXPECT_EQ(given(order), (Numbers{4, 7, 9}));
}

TEST(OrderDeathTest, StopsAtANumberThatComesTwice) {
  Order order;
  order.finished(1);
  EXPECT_EQ(given(order), Numbers{1});
  EXPECT_DEATH(order.finished(1), "task");
}

}  // namespace
}  // namespace drover::schedule
