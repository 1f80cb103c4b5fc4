// What may start now, and if nothing may, why not.
#include <algorithm>
#include <utility>

#include "schedule/deadline.hpp"
#include "schedule/state.hpp"

namespace drover::schedule {

void Scheduler::State::start_tasks() {
  exhaustion.settle(now, counts.running == 0);
  if (memory_needs.unsettled()) [[unlikely]]
    settle_memory();
  while (something_to_start() && (waiting = obstacle()) == Waiting::nothing) {
    if (retries.due(now)) {
      --counts.waiting;
      start(retries.take());
    } else if (auto pulled = pull()) {
      start(*std::move(pulled));
    }
  }
  if ((waiting == Waiting::delay || waiting == Waiting::memory) && counts.running == 0 && retries.empty())
    look_ahead();
  if (!something_to_start()) waiting = idle_reason();
}

// With nothing running and only `delay` or the floor of free memory in the way: without a look at the source
// now, a run whose last task has ended would sit that out before it finds that it is done.
void Scheduler::State::look_ahead() {
  if (const auto pulled = pull()) start_again(*pulled);
}

bool Scheduler::State::something_to_start() const {
  return !draining && (retries.due(now) || (!source_ended && !input_awaited));
}

// What stands in the way of a start, the cause that a person can do most about first.
Waiting Scheduler::State::obstacle() const {
  if (held) return Waiting::held;
  if (exhaustion.exhausted()) return Waiting::exhausted;
  if (const Waiting lacking = admission.blocked(memory_of_next()); lacking != Waiting::nothing)
    return lacking;
  if (free_memory.too_little()) return Waiting::memory;
  if (!lent_cores.enough_beside(counts.running)) return Waiting::lent;
  if (now < next_start) return Waiting::delay;
  if (!retries.due(now) && !run_ahead.allows(counts.read)) return Waiting::order;
  return Waiting::nothing;
}

// A task that came back with a greater need waits at the head for its room: were others let past it, it could
// wait for ever.
Bytes Scheduler::State::memory_of_next() const {
  const Bytes usual = memory_needs.of_new();
  return retries.due(now) ? std::max(usual, retries.first().memory) : usual;
}

Waiting Scheduler::State::idle_reason() const {
  if (draining) return done() ? Waiting::nothing : Waiting::halted;
  if (input_awaited) return Waiting::input;
  if (!retries.empty()) return Waiting::retry;
  return Waiting::nothing;
}

std::optional<Pending> Scheduler::State::pull() {
  Pending pending;
  switch (source->next(pending.task)) {
    case Source::Answer::task:
      pending.sequence = counts.read++;
      return pending;
    case Source::Answer::later:
      input_awaited = true;
      return std::nullopt;
    case Source::Answer::end:
      source_ended = true;
      return std::nullopt;
  }
  return std::nullopt;
}

void Scheduler::State::start(Pending&& pending) {
  pending.slot = free_slots.take();
  const Bytes memory = std::max(memory_needs.of_new(), pending.memory);
  running.start(pending, memory, now);
  admission.take(memory);
  memory_needs.start(pending.slot, now);
  ++counts.running;
  ++counts.attempts;
  next_start = after(now, rules.delay);
  decisions->push_back({.kind = Decision::Kind::start,
                        .slot = pending.slot,
                        .task = pending.task,
                        .attempt = pending.attempt,
                        .memory = memory});
}

}  // namespace drover::schedule
