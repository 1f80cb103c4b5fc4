// Puts tasks that end in any order back into the order of their numbers (--keep-order).
//
//     order.finished(3); order.next() → nothing;  order.finished(1); order.next() → 1 …
//
// The numbers have no gap from the first one on; in a shuffled run they come in any order, and
// are given in theirs. When a run ends early some were never read: after no_more() the rest is
// given in order, past the gaps.
//
// Memory   one number per task that has ended before an older one; nothing for the others.
// Cost     logarithmic in the number held back (a binary heap); constant where tasks end in order.
// Threads  not synchronised.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "schedule/task.hpp"

namespace drover::schedule {

class Order {
 public:
  explicit Order(TaskNumber first = 1) : next_(first) {}

  // Each task once, whatever its verdict. Requires: not below the first, nor below one already given.
  void finished(TaskNumber task);

  // The next task whose turn it is. Ask until it is nothing.
  [[nodiscard]] std::optional<TaskNumber> next();

  // The task whose end everything held back waits for: its output may be given out as it comes.
  [[nodiscard]] TaskNumber waits_for() const { return next_; }

  // No other task will end: nothing is worth waiting for.
  void no_more() { no_more_ = true; }

  [[nodiscard]] std::size_t held_back() const { return held_back_.size(); }

 private:
  TaskNumber next_;
  bool no_more_ = false;
  std::vector<TaskNumber> held_back_;  // a heap, lowest number first
};

}  // namespace drover::schedule
