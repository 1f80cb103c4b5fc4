// The largest memory of a running attempt so far, and from when on it is believed to be the largest of all.
//
//     peak.used(memory, now);   peak.steady_at() <= now
//
// Steady: it has not grown by more than 2 % for as long as it took to reach it, and for at least 10 s. So
// memory that grows evenly with time is never taken for steady. The 2 % are of where it was first reached: a
// peak that creeps up by less at each sample begins anew once it has crept so far.
#pragma once

#include <algorithm>

#include "drover/bytes.hpp"
#include "schedule/deadline.hpp"

namespace drover::schedule {

class SteadyPeak {
 public:
  static constexpr Time least = std::chrono::seconds(10);
  static constexpr std::uint64_t growth_part = 50;  // 2 %: one fiftieth

  explicit SteadyPeak(Time started = {}) : started_(started), reached_at_(started) {}

  void used(Bytes memory, Time now) {
    largest_ = std::max(largest_, memory);
    if (largest_.count - reached_.count <= reached_.count / growth_part) return;
    reached_ = largest_;
    reached_at_ = now;
  }

  [[nodiscard]] Bytes largest() const { return largest_; }

  // `never` while nothing is known of it.
  [[nodiscard]] Time steady_at() const {
    if (largest_.count == 0) return never;
    return after(reached_at_, std::max(reached_at_ - started_, least));
  }

 private:
  Time started_;
  Time reached_at_;
  Bytes reached_{};  // where the present 2 % begin
  Bytes largest_{};
};

}  // namespace drover::schedule
