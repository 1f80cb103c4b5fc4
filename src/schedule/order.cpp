#include "schedule/order.hpp"

#include <algorithm>
#include <functional>

#include "units/assert.hpp"

namespace drover::schedule {

void Order::finished(TaskNumber task) {
  DROVER_ASSERT(task >= next_, task, next_);
  held_back_.push_back(task);
  std::push_heap(held_back_.begin(), held_back_.end(), std::greater<>());
}

std::optional<TaskNumber> Order::next() {
  if (held_back_.empty() || (held_back_.front() != next_ && !no_more_)) return std::nullopt;
  std::pop_heap(held_back_.begin(), held_back_.end(), std::greater<>());
  const TaskNumber task = held_back_.back();
  held_back_.pop_back();
  DROVER_ASSERT(task >= next_, task, next_);  // A number that came twice stops here.
  next_ = task + 1;
  return task;
}

}  // namespace drover::schedule
