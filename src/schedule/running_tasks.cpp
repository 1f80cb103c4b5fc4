#include "schedule/running_tasks.hpp"

#include "units/assert.hpp"

namespace drover::schedule {

void RunningTasks::start(const Pending& pending, Bytes reserved, Time now) {
  if (pending.slot >= slots_.size()) slots_.resize(pending.slot + std::size_t{1});
  Running& running = slots_[pending.slot];
  DROVER_ASSERT(running.stage == Stage::empty, pending.slot, running.pending.task);
  running = {.pending = pending, .stage = Stage::running, .since = now, .reserved = reserved};
  append(free_, pending.slot);
  ++count_;
}

void RunningTasks::ask_to_end(Slot slot, EndReason reason, Time now) {
  DROVER_ASSERT(slots_[slot].stage == Stage::running, slot);
  leave_list(slot);
  slots_[slot].stage = Stage::asked_to_end;
  slots_[slot].reason = reason;
  slots_[slot].since = now;
  append(asked_, slot);
}

void RunningTasks::kill(Slot slot, EndReason reason) {
  Running& running = slots_[slot];
  leave_list(slot);
  if (running.stage == Stage::running) running.reason = reason;
  running.stage = Stage::killed;
}

Running RunningTasks::end(Slot slot) {
  DROVER_ASSERT(slot < slots_.size() && slots_[slot].stage != Stage::empty, slot);
  leave_list(slot);
  const Running ended = slots_[slot];
  slots_[slot].stage = Stage::empty;
  --count_;
  return ended;
}

void RunningTasks::append(List& list, Slot slot) {
  slots_[slot].previous = list.tail;
  slots_[slot].next = none;
  (list.tail == none ? list.head : slots_[list.tail].next) = slot;
  list.tail = slot;
}

void RunningTasks::unlink(List& list, Slot slot) {
  const Running& running = slots_[slot];
  (running.previous == none ? list.head : slots_[running.previous].next) = running.next;
  (running.next == none ? list.tail : slots_[running.next].previous) = running.previous;
}

void RunningTasks::leave_list(Slot slot) {
  if (slots_[slot].stage == Stage::running) unlink(free_, slot);
  if (slots_[slot].stage == Stage::asked_to_end) unlink(asked_, slot);
}

}  // namespace drover::schedule
