// Reservations as peaks become known, and what is done when the machine runs short of memory.
#include <algorithm>

#include "schedule/memory_margin.hpp"
#include "schedule/state.hpp"

namespace drover::schedule {

// A sample may come in one batch with the end of its attempt.
void Scheduler::State::memory_used(const Event& event) {
  if (!memory_needs.learns() || !running.holds(event.slot)) return;
  const Bytes called_for = memory_needs.used(event.slot, event.memory, now);
  reserve(event.slot, std::max(running.at(event.slot).reserved, called_for));
}

// The first attempt has the whole budget only until a peak is known.
void Scheduler::State::settle_memory() {
  if (const auto slot = memory_needs.settle(now))
    reserve(*slot, std::max(running.at(*slot).pending.memory, with_margin(memory_needs.peak(*slot))));
}

void Scheduler::State::reserve(Slot slot, Bytes memory) {
  admission.reserve(running.at(slot).reserved, memory);
  running.reserve(slot, memory);
}

// The youngest has the least to lose. The last one stays: ended and run again for ever it would help nobody,
// and one that was asked to end for another reason does not count, for it is as good as gone.
void Scheduler::State::free_some_memory() {
  const auto youngest = running.last_started();
  if (!youngest || youngest == running.first_started()) return;
  free_memory.asked_to_end(*youngest);
  ask_to_end(*youngest, EndReason::memory);
}

}  // namespace drover::schedule
