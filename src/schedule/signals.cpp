// How people, the halt rule and the clock end tasks or hold them up.
#include <algorithm>

#include "schedule/deadline.hpp"
#include "schedule/state.hpp"

namespace drover::schedule {
namespace {

constexpr std::uint64_t ends_before_a_median_counts = 3;

}  // namespace

void Scheduler::State::take_signals(std::span<const Event> events) {
  for (const Event& event : events) {
    if (event.kind == Event::Kind::ended || event.kind == Event::Kind::lost) {
      free_memory.ended(event.slot);  // Here, in the batch's order: what was told before it is old.
    } else {
      take_signal(event);
    }
  }
  halt_if_met();
}

void Scheduler::State::take_signal(const Event& event) {
  switch (event.kind) {
    case Event::Kind::drain:
      return drain();
    case Event::Kind::stop:
      drain();
      return ask_all_to_end(EndReason::stopped);
    case Event::Kind::kill:
      drain();
      return kill_all();
    case Event::Kind::more_slots:
      return admission.more_slots();
    case Event::Kind::fewer_slots:
      return admission.fewer_slots();
    case Event::Kind::hold:
      held = true;
      return;
    case Event::Kind::release:
      held = false;
      return;
    case Event::Kind::input_ready:
      input_awaited = false;
      return;
    case Event::Kind::memory_used:
      return memory_used(event);
    case Event::Kind::memory_free:
      return free_memory.told(event.memory);
    case Event::Kind::cores_lent:
      return lent_cores.told(event.cores);
    case Event::Kind::ended:
    case Event::Kind::lost:
    case Event::Kind::could_not_start:
    case Event::Kind::tick:
      return;
  }
}

void Scheduler::State::drain() {
  draining = true;
  while (!retries.empty()) {
    const Pending pending = retries.take();
    --counts.waiting;
    give_up(pending);
  }
}

void Scheduler::State::halt_if_met() {
  if (!halt_met || halted) return;
  halted = true;
  drain();
  if (rules.halt.when == Halt::When::now) ask_all_to_end(EndReason::halted);
}

void Scheduler::State::ask_all_to_end(EndReason reason) {
  while (const auto slot = running.first_started()) ask_to_end(*slot, reason);
}

void Scheduler::State::ask_to_end(Slot slot, EndReason reason) {
  running.ask_to_end(slot, reason, now);
  const Pending& pending = running.at(slot).pending;
  decisions->push_back({.kind = Decision::Kind::terminate,
                        .slot = slot,
                        .task = pending.task,
                        .attempt = pending.attempt,
                        .reason = reason});
}

void Scheduler::State::kill_all() {
  while (const auto slot = running.first_started()) kill(*slot, EndReason::stopped);
  while (const auto slot = running.first_asked()) kill(*slot, EndReason::stopped);
}

void Scheduler::State::kill(Slot slot, EndReason reason) {
  running.kill(slot, reason);
  const Running& killed = running.at(slot);
  decisions->push_back({.kind = Decision::Kind::kill,
                        .slot = slot,
                        .task = killed.pending.task,
                        .attempt = killed.pending.attempt,
                        .reason = killed.reason});
}

void Scheduler::State::end_overdue() {
  const Time limit = time_limit();
  for (auto slot = running.first_started(); slot && after(running.at(*slot).since, limit) <= now;
       slot = running.first_started())
    ask_to_end(*slot, EndReason::timeout);
  if (free_memory.far_too_little()) free_some_memory();
  for (auto slot = running.first_asked(); slot && after(running.at(*slot).since, rules.grace) <= now;
       slot = running.first_asked())
    kill(*slot, EndReason::timeout);
}

// The share of the median holds for what already runs, too: the limit moves with every task that succeeds.
Time Scheduler::State::time_limit() const {
  Time limit = rules.timeout.value_or(never);
  if (rules.timeout_per_cent && run_times.count() >= ends_before_a_median_counts)
    limit = std::min(limit, scaled(run_times.median(), *rules.timeout_per_cent / 100));
  return limit;
}

}  // namespace drover::schedule
