#include "schedule/retry_queue.hpp"

#include <algorithm>
#include <tuple>

namespace drover::schedule {

void RetryQueue::add(const Pending& pending, Time at) {
  heap_.push_back({at, pending});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

Pending RetryQueue::take() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const Pending first = heap_.back().pending;
  heap_.pop_back();
  return first;
}

bool RetryQueue::later(const Entry& a, const Entry& b) {
  return std::tie(a.at, a.pending.sequence) > std::tie(b.at, b.pending.sequence);
}

}  // namespace drover::schedule
