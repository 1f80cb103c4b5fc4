// Sums and multiples of times that stop at `never` instead of wrapping round.
//
//     after(started, timeout)      --timeout 300y is no deadline in the past
//
// Requires times ≥ 0.
#pragma once

#include "schedule/task.hpp"

namespace drover::schedule {

[[nodiscard]] constexpr Time after(Time start, Time wait) {
  return wait >= never - start ? never : start + wait;
}

[[nodiscard]] constexpr Time scaled(Time time, double factor) {
  const double count = static_cast<double>(time.count()) * factor;
  // The largest double below 2⁶³; a NaN (0 × infinity) lands here too.
  if (!(count < 9.2233720368547748e18)) return never;
  return Time(static_cast<Time::rep>(count));
}

}  // namespace drover::schedule
