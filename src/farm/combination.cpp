#include "farm/combination.hpp"

#include <algorithm>
#include <limits>

#include "units/assert.hpp"

namespace drover::farm {
namespace {

constexpr std::uint64_t countable_stream = 10'000'000;
constexpr std::uint64_t countable_file = 100'000'000;

std::uint64_t saturated(std::optional<std::uint64_t> number) {
  return number.value_or(std::numeric_limits<std::uint64_t>::max());
}

std::optional<std::uint64_t> times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? std::numeric_limits<std::uint64_t>::max() : result;
}

}  // namespace

std::optional<std::uint64_t> product(std::span<const std::uint64_t> sizes) {
  // A zero counts even where the others are too many for 64 bits.
  if (std::ranges::find(sizes, 0U) != sizes.end()) return 0;
  std::optional<std::uint64_t> result = 1;
  for (const std::uint64_t size : sizes)
    if (result) result = times(*result, size);
  return result;
}

Combination::Combination(RowStream* slowest, std::vector<Group> groups)
    : slowest_(slowest), groups_(std::move(groups)), at_(groups_.size(), 0) {
  DROVER_ASSERT(slowest_ != nullptr || !groups_.empty());
  std::vector<std::uint64_t> sizes;
  for (const Group& group : groups_) {
    DROVER_ASSERT(!group.empty());
    for (const Rows* member : group) DROVER_ASSERT(member->size() == group[0]->size(), member->size());
    sizes.push_back(group[0]->size());
  }
  per_row_ = product(sizes);
  have_row_ = slowest_ == nullptr;
  ended_ = per_row_ == 0U;
}

Result<Pull> Combination::next(Row& into) {
  if (ended_) return Pull::end;
  if (!have_row_) {
    // With nothing to combine, the row needs no second place.
    Row& read = groups_.empty() ? into : row_;
    DROVER_TRY(const Pull pulled, slowest_->next(read));
    ended_ = pulled == Pull::end;
    if (pulled != Pull::task || groups_.empty()) return pulled;
    have_row_ = true;
  }
  append_current(into);
  advance();
  return Pull::task;
}

void Combination::append_current(Row& into) const {
  if (slowest_ != nullptr) into.append(row_);
  for (std::size_t g = 0; g < groups_.size(); ++g)
    for (const Rows* member : groups_[g]) member->append(at_[g], into);
}

// The odometer: the last group turns fastest.
void Combination::advance() {
  ++done_in_row_;
  for (std::size_t g = groups_.size(); g-- > 0;) {
    if (++at_[g] < groups_[g][0]->size()) return;
    at_[g] = 0;
  }
  done_in_row_ = 0;
  if (slowest_ == nullptr) {
    ended_ = true;
  } else {
    have_row_ = false;
    row_.clear();
  }
}

std::optional<std::uint64_t> Combination::total() const {
  if (slowest_ == nullptr || per_row_ == 0U) return per_row_;
  const auto rows = slowest_->count();
  if (!rows || !per_row_) return std::nullopt;
  return times(*rows, *per_row_);
}

std::pair<std::uint64_t, bool> Combination::count_rest() {
  if (ended_) return {0, false};
  std::uint64_t left = have_row_ ? saturated(per_row_) - done_in_row_ : 0;
  if (slowest_ == nullptr) return {left, !per_row_};
  const std::uint64_t limit = slowest_->file().regular ? countable_file : countable_stream;
  bool more = !per_row_;
  std::uint64_t rows = 0;
  for (; rows < limit; ++rows) {
    row_.clear();
    const auto pulled = slowest_->next(row_);
    if (pulled == Pull::end) break;
    if (pulled != Pull::task) {
      more = true;
      break;
    }
  }
  more = more || rows == limit;
  left = plus(left, saturated(times(rows, saturated(per_row_))));
  return {left, more};
}

}  // namespace drover::farm
