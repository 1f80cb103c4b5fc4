// What is reserved beyond the peaks that were seen: a tenth more (`memory_margin`, scheduler.hpp).
//
//     with_margin(10_GiB)      11 GiB; stops at the largest number instead of wrapping round
#pragma once

#include <limits>

#include "schedule/scheduler.hpp"

namespace drover::schedule {

[[nodiscard]] constexpr Bytes with_margin(Bytes peak) {
  const double count = static_cast<double>(peak.count) * memory_margin;
  // 2⁶⁴ as a double: from there on the conversion back would not be defined.
  if (!(count < 0x1p64)) return {std::numeric_limits<std::uint64_t>::max()};
  return {static_cast<std::uint64_t>(count)};
}

}  // namespace drover::schedule
