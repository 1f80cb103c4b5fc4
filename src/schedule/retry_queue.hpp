// Tasks that are to start again: first those put back through no fault of theirs (worker lost, no process to
// be had), oldest first; then the failed ones, in the order of the times from which they may.
//
// Memory   one entry for each such task; a task that succeeds at once never comes here.
// Cost     logarithmic in their number (a binary heap).
#pragma once

#include <cstdint>
#include <vector>

#include "schedule/pending.hpp"

namespace drover::schedule {

class RetryQueue {
 public:
  void put_back(const Pending& pending) { add(pending, Time::min()); }
  void add(const Pending& pending, Time at);

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::uint64_t size() const { return heap_.size(); }
  [[nodiscard]] bool due(Time now) const { return !heap_.empty() && heap_.front().at <= now; }

  // When the first one may start. Requires: not empty.
  [[nodiscard]] Time next() const { return heap_.front().at; }
  [[nodiscard]] const Pending& first() const { return heap_.front().pending; }  // Requires: not empty.
  Pending take();  // Takes the first one. Requires: not empty.

 private:
  struct Entry {
    Time at;
    Pending pending;
  };
  static bool later(const Entry& a, const Entry& b);

  std::vector<Entry> heap_;
};

}  // namespace drover::schedule
