// What becomes of a task whose attempt is over.
#include "schedule/deadline.hpp"
#include "schedule/jitter.hpp"
#include "schedule/state.hpp"

namespace drover::schedule {

void Scheduler::State::take_ends(std::span<const Event> events) {
  for (const Event& event : events) {
    if (event.kind == Event::Kind::ended) ended(event);
    if (event.kind == Event::Kind::lost) lost(event.slot);
    if (event.kind == Event::Kind::could_not_start) could_not_start(event.slot);
  }
  halt_if_met();
}

Running Scheduler::State::vacate(Slot slot) {
  const Running vacated = running.end(slot);
  free_slots.give_back(slot);
  admission.release(vacated.reserved);
  --counts.running;
  return vacated;
}

void Scheduler::State::ended(const Event& event) {
  Running attempt = vacate(event.slot);
  memory_needs.end(event.slot, event.memory);
  exhaustion.something_ended();
  if (event.out_of_memory) [[unlikely]]
    attempt.pending.memory = memory_needs.after_out_of_memory(attempt.reserved, event.memory);
  const bool asked = attempt.stage != Stage::running && !event.by_itself;
  // A program that catches SIGTERM and exits with 0 has not done its work in time.
  if (asked && attempt.reason == EndReason::timeout) return failed(attempt.pending);
  if (event.success) {
    run_times.add(event.ran);
    return finish(attempt.pending, Verdict::succeeded);
  }
  if (asked && attempt.reason == EndReason::memory) return run_again(attempt.pending);
  if (asked) return finish(attempt.pending, Verdict::not_run);
  failed(attempt.pending);
}

void Scheduler::State::lost(Slot slot) {
  const Running attempt = vacate(slot);
  memory_needs.end(slot, {});
  exhaustion.something_ended();
  if (attempt.stage == Stage::running) return start_again(attempt.pending);
  // It had its time: running it again for ever because its worker dies of being ended would be a hang.
  if (attempt.reason == EndReason::timeout) return failed(attempt.pending);
  if (attempt.reason == EndReason::memory) return run_again(attempt.pending);
  finish(attempt.pending, Verdict::not_run);
}

void Scheduler::State::could_not_start(Slot slot) {
  const Running attempt = vacate(slot);
  memory_needs.end(slot, {});
  --counts.attempts;
  exhaustion.could_not_start();
  start_again(attempt.pending);
}

void Scheduler::State::failed(const Pending& pending) {
  if (draining || halt_met || pending.attempt > rules.retries) return finish(pending, Verdict::failed);
  Pending next = pending;
  ++next.attempt;
  const Time at = after(now, retry_wait(rules.retry_delay, rules.seed, pending.task, next.attempt));
  retries.add(next, at);
  ++counts.waiting;
  decisions->push_back({.kind = Decision::Kind::retry,
                        .slot = pending.slot,
                        .task = pending.task,
                        .attempt = pending.attempt,
                        .at = at});
}

// Through no fault of the task: the same attempt once more, before anything new.
void Scheduler::State::start_again(const Pending& pending) {
  if (draining) return give_up(pending);
  retries.put_back(pending);
  ++counts.waiting;
}

// Ended by us, to free memory. The executor is told, for it would let go of the task's input at its end.
void Scheduler::State::run_again(const Pending& pending) {
  if (!draining)
    decisions->push_back({.kind = Decision::Kind::again,
                          .slot = pending.slot,
                          .task = pending.task,
                          .attempt = pending.attempt});
  start_again(pending);
}

// An attempt that will not come: the one before it has the last word. Without one, the task has not run.
void Scheduler::State::give_up(Pending pending) {
  if (pending.attempt == 1) return finish(pending, Verdict::not_run);
  --pending.attempt;
  finish(pending, Verdict::failed);
}

void Scheduler::State::finish(const Pending& pending, Verdict verdict) {
  if (verdict == Verdict::succeeded) ++counts.succeeded;
  if (verdict == Verdict::failed) ++counts.failed;
  if (verdict == Verdict::not_run) ++counts.not_run;
  run_ahead.finished(pending.sequence);
  decisions->push_back({.kind = Decision::Kind::finished,
                        .slot = pending.slot,
                        .task = pending.task,
                        .attempt = pending.attempt,
                        .verdict = verdict});
  halt_met = halt_met || rules.halt.met(counts.failed, counts.succeeded, counts.read);
}

}  // namespace drover::schedule
