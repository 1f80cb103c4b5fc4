#include "schedule/scheduler.hpp"

#include <algorithm>

#include "schedule/deadline.hpp"
#include "schedule/state.hpp"
#include "units/assert.hpp"

namespace drover::schedule {

Scheduler::Scheduler(const Rules& rules, Source& source) : state_(std::make_unique<State>(rules, source)) {}
Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

void Scheduler::handle(std::span<const Event> events, Time now, std::vector<Decision>& decisions) {
  DROVER_ASSERT(now >= state_->now, now.count(), state_->now.count());
  state_->now = now;
  state_->decisions = &decisions;
  state_->take_ends(events);
  state_->take_signals(events);
  state_->end_overdue();
  state_->start_tasks();
}

Time Scheduler::next_deadline() const {
  return state_->next_deadline();
}
bool Scheduler::done() const {
  return state_->done();
}
const Counts& Scheduler::counts() const {
  return state_->counts;
}
Waiting Scheduler::waiting_for() const {
  return state_->waiting;
}
std::uint32_t Scheduler::slots() const {
  return state_->admission.slots();
}
bool Scheduler::halted() const {
  return state_->halted;
}
bool Scheduler::source_ended() const {
  return state_->source_ended;
}
Time Scheduler::median_run_time() const {
  return state_->run_times.median();
}
LearntMemory Scheduler::learnt_memory() const {
  return state_->memory_needs.learnt();
}
Bytes Scheduler::memory_reserved() const {
  return state_->admission.reserved();
}

Time Scheduler::State::next_deadline() const {
  Time deadline = memory_needs.settles_at();
  if (const auto slot = running.first_started())
    deadline = std::min(deadline, after(running.at(*slot).since, time_limit()));
  if (const auto slot = running.first_asked())
    deadline = std::min(deadline, after(running.at(*slot).since, rules.grace));
  switch (waiting) {
    case Waiting::delay:
      return std::min(deadline, next_start);
    case Waiting::exhausted:
      return std::min(deadline, exhaustion.retry_at());
    case Waiting::retry:
    case Waiting::input:
    case Waiting::order:
      return retries.empty() ? deadline : std::min(deadline, retries.next());
    default:
      return deadline;  // An event has to come first.
  }
}

bool Scheduler::State::done() const {
  return counts.running == 0 && retries.empty() && (source_ended || draining);
}

}  // namespace drover::schedule
