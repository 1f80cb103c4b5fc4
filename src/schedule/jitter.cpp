#include "schedule/jitter.hpp"

#include <cmath>

#include "schedule/deadline.hpp"
#include "schedule/draw.hpp"
#include "units/assert.hpp"

namespace drover::schedule {

Time retry_wait(Time delay, std::uint64_t seed, TaskNumber task, std::uint32_t attempt) {
  DROVER_ASSERT(attempt >= 2, attempt);
  if (delay <= Time{}) return Time{};
  const double jitter = 0.75 + 0.5 * unit(draw(seed, task, attempt));
  const int doublings = attempt < 1000 ? static_cast<int>(attempt) - 2 : 1000;
  return scaled(delay, std::ldexp(jitter, doublings));
}

}  // namespace drover::schedule
