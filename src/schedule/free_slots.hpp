// Which slots are free: a bit set that gives the lowest one first.
//
//     const Slot slot = free.take();   …   free.give_back(slot);
//
// Grows as slots are first used, so nobody says how many there are: with the lowest first, no slot beyond the
// greatest number of tasks that ever ran at once comes into use. (GPU recipes count on it: {%} stays small.)
// Cost     two find-first-set and a scan of one word per 4096 slots.
#pragma once

#include <cstdint>
#include <vector>

#include "schedule/task.hpp"

namespace drover::schedule {

class FreeSlots {
 public:
  [[nodiscard]] Slot take();
  void give_back(Slot slot);  // Requires: it was taken.

 private:
  static constexpr std::uint32_t word_bits = 64;
  void add_word();

  std::vector<std::uint64_t> free_;        // a bit a slot
  std::vector<std::uint64_t> words_free_;  // a bit a word of free_: it has a free slot
};

}  // namespace drover::schedule
