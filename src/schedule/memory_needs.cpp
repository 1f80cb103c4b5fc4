#include "schedule/memory_needs.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "schedule/memory_margin.hpp"

namespace drover::schedule {
namespace {

Bytes twice(Bytes memory) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return {memory.count > most / 2 ? most : 2 * memory.count};
}

Bytes first_reservation(const Rules& rules) {
  if (rules.memory.count == 0) return {};
  return rules.learn_memory ? rules.memory : rules.memory_per_task;
}

}  // namespace

MemoryNeeds::MemoryNeeds(const Rules& rules)
    : learns_(rules.learn_memory && rules.memory.count > 0),
      budget_(rules.memory),
      of_new_(first_reservation(rules)) {
  if (!learns_ || rules.known_peak.count == 0) return;
  largest_ = rules.known_peak;
  from_ = 1;
  of_new_ = std::min(budget_, with_margin(largest_));
}

Bytes MemoryNeeds::after_out_of_memory(Bytes reserved, Bytes peak) const {
  const Bytes more = std::max(twice(reserved), with_margin(peak));
  // Nothing was reserved and nothing is known: the most there is, rather than the same death once more.
  return more.count == 0 ? budget_ : std::min(budget_, more);
}

LearntMemory MemoryNeeds::learnt() const {
  if (!learns_) return {};
  return {.largest_peak = largest_, .reservation = of_new_, .from = from_};
}

Bytes MemoryNeeds::used(Slot slot, Bytes memory, Time now) {
  Attempt& attempt = attempts_[slot];
  attempt.peak.used(memory, now);
  if (attempt.peak.steady_at() <= now) learn(attempt, attempt.peak.largest());
  return with_margin(attempt.peak.largest());
}

std::optional<Slot> MemoryNeeds::settle(Time now) {
  Attempt& attempt = attempts_[*alone_];
  if (attempt.peak.steady_at() <= now) learn(attempt, attempt.peak.largest());
  return from_ == 0 ? std::nullopt : std::exchange(alone_, std::nullopt);
}

void MemoryNeeds::follow(Slot slot, Time now) {
  if (slot >= attempts_.size()) attempts_.resize(slot + std::size_t{1});
  attempts_[slot] = {.peak = SteadyPeak(now)};
  if (from_ == 0) alone_ = slot;
}

void MemoryNeeds::take_last_peak(Slot slot, Bytes peak) {
  if (alone_ == slot) alone_.reset();
  Attempt& attempt = attempts_[slot];
  const Bytes largest = std::max(peak, attempt.peak.largest());
  if (largest.count > 0) learn(attempt, largest);
}

void MemoryNeeds::learn(Attempt& attempt, Bytes peak) {
  if (!std::exchange(attempt.known, true)) ++from_;
  largest_ = std::max(largest_, peak);
  of_new_ = std::min(budget_, with_margin(largest_));
}

}  // namespace drover::schedule
