#include "schedule/run_ahead.hpp"

#include <algorithm>
#include <bit>

#include "units/assert.hpp"

namespace drover::schedule {

void RunAhead::finished(std::uint64_t sequence) {
  if (limit_ == 0) return;
  DROVER_ASSERT(sequence >= oldest_ && sequence - oldest_ < limit_, sequence, oldest_, limit_);
  if (sequence - oldest_ >= finished_.size()) grow(sequence - oldest_);
  const std::uint64_t mask = finished_.size() - 1;
  finished_[sequence & mask] = true;
  while (finished_[oldest_ & mask]) finished_[oldest_++ & mask] = false;
}

void RunAhead::grow(std::uint64_t distance) {
  std::vector<bool> wider(std::bit_ceil(std::max<std::uint64_t>(distance + 1, 64)));
  for (std::uint64_t i = oldest_; i < oldest_ + finished_.size(); ++i)
    wider[i & (wider.size() - 1)] = finished_[i & (finished_.size() - 1)];
  finished_ = std::move(wider);
}

}  // namespace drover::schedule
