#include "schedule/free_slots.hpp"

#include <bit>

#include "units/assert.hpp"

namespace drover::schedule {

Slot FreeSlots::take() {
  std::size_t group = 0;
  while (group < words_free_.size() && words_free_[group] == 0) ++group;
  if (group == words_free_.size() || words_free_[group] == 0) {
    add_word();
    group = words_free_.size() - 1;
  }
  const std::size_t word = group * word_bits + static_cast<std::size_t>(std::countr_zero(words_free_[group]));
  const auto bit = static_cast<std::size_t>(std::countr_zero(free_[word]));
  free_[word] &= free_[word] - 1;
  if (free_[word] == 0) words_free_[group] &= words_free_[group] - 1;
  return static_cast<Slot>(word * word_bits + bit);
}

void FreeSlots::give_back(Slot slot) {
  const std::size_t word = slot / word_bits;
  const std::uint64_t bit = std::uint64_t{1} << (slot % word_bits);
  DROVER_ASSERT(word < free_.size() && (free_[word] & bit) == 0, slot);
  free_[word] |= bit;
  words_free_[word / word_bits] |= std::uint64_t{1} << (word % word_bits);
}

void FreeSlots::add_word() {
  const std::size_t word = free_.size();
  free_.push_back(~std::uint64_t{0});
  if (word % word_bits == 0) words_free_.push_back(0);
  words_free_.back() |= std::uint64_t{1} << (word % word_bits);
}

}  // namespace drover::schedule
