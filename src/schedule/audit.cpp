#include "schedule/audit.hpp"

#include <algorithm>

#include "schedule/deadline.hpp"

namespace drover::schedule {

Audit::Audit(const SimulationRules& rules, const PretendSource& source, const Scheduler& scheduler)
    : rules_(rules),
      source_(&source),
      scheduler_(&scheduler),
      finished_(rules.tasks),
      memory_(rules),
      order_(rules.first) {}

void Audit::problem(const std::string& what) {
  constexpr std::size_t most = 10;
  if (problems_.size() < most) problems_.push_back(what);
}

void Audit::expect(bool kept, const char* promise, TaskNumber task) {
  if (!kept) [[unlikely]]
    problem(fmt::format("task {}: broken promise: {}", task, promise));
}

void Audit::expect_none(const char* broken, TaskNumber task) {
  if (broken != nullptr) [[unlikely]]
    expect(false, broken, task);
}

Audit::Seat& Audit::seat(Slot slot) {
  if (slot >= seats_.size()) seats_.resize(slot + std::size_t{1});
  return seats_[slot];
}

void Audit::events(std::span<const Event> events, Time now) {
  for (const Event& each : events) event(each, now);
  for (const Event& each : events) {
    signal(each);
    memory_.told(each, now);
  }
}

void Audit::event(const Event& event, Time now) {
  if (event.kind == Event::Kind::ended || event.kind == Event::Kind::lost) refused_.reset();
  switch (event.kind) {
    case Event::Kind::ended:
      memory_.attempt_over(event);
      return attempt_over(event, now);
    case Event::Kind::could_not_start:
      memory_.attempt_over(event);
      --counts_.attempts;
      --running_;
      refused_ = now;
      return put_back(seat(event.slot));
    case Event::Kind::lost:
      memory_.attempt_over(event);
      // Lost while being ended is an end like another.
      if (seat(event.slot).stage != Stage::running) return attempt_over(event, now);
      --running_;
      return put_back(seat(event.slot));
    default:
      return;
  }
}

void Audit::signal(const Event& event) {
  const Event::Kind kind = event.kind;
  if (kind == Event::Kind::cores_lent) lent_ = event.cores;
  if (kind == Event::Kind::drain || kind == Event::Kind::stop || kind == Event::Kind::kill) stopping_ = true;
  if (kind == Event::Kind::kill) kill_ = true;
  if (kind == Event::Kind::hold) held_ = true;
  if (kind == Event::Kind::release) held_ = false;
}

void Audit::attempt_over(const Event& event, Time now) {
  Seat& ended = seat(event.slot);
  expect(ended.stage != Stage::empty && ended.stage != Stage::over, "an end belongs to a running task",
         ended.task);
  if (ended.stage == Stage::running && rules_.rules.timeout)
    expect(now <= after(ended.started, *rules_.rules.timeout), "a task is asked to end at its timeout",
           ended.task);
  if (ended.stage == Stage::asked)
    expect(now <= after(ended.asked, rules_.rules.grace), "a task is killed after the grace", ended.task);
  ended.success = event.kind == Event::Kind::ended && event.success;
  if (ended.stage == Stage::running) ended.asked = never;
  ended.stage = Stage::over;
  --running_;
  ++over_;
}

void Audit::put_back(Seat& seat) {
  loose_[seat.task] = {.attempt = seat.attempt, .not_before = Time{}};
  seat.stage = Stage::empty;
}

void Audit::decisions(std::span<const Decision> decisions, Time now) {
  bool started = false;
  for (const Decision& decision : decisions) {
    started = started || decision.kind == Decision::Kind::start;
    switch (decision.kind) {
      case Decision::Kind::start:
        start(decision, now);
        break;
      case Decision::Kind::terminate:
        terminate(decision, now);
        break;
      case Decision::Kind::kill:
        kill(decision, now);
        break;
      case Decision::Kind::retry:
        retry(decision, now);
        break;
      case Decision::Kind::finished:
        finish(decision);
        break;
      case Decision::Kind::again:
        again(decision);
        break;
    }
  }
  if (started) expect(!stopping_ && !scheduler_->halted(), "nothing starts after the end was called", 0);
  expect(over_ == 0, "every end gets its verdict at once", 0);
  expect_none(memory_.nothing_left_undone(), 0);
  expect(!halt_due_ || scheduler_->halted(), "the run halts as soon as its rule is met", 0);
  expect(reason_is_true(now), "nothing waits without a reason", 0);
  release_in_order();
}

std::optional<Verdict> Audit::expected(const Seat& seat) const {
  if (timed_out(seat))
    return seat.attempt > rules_.rules.retries ? std::optional(Verdict::failed) : std::nullopt;
  if (seat.success) return Verdict::succeeded;
  if (seat.asked != never) return Verdict::not_run;
  return seat.attempt > rules_.rules.retries ? std::optional(Verdict::failed) : std::nullopt;
}

bool Audit::timed_out(const Seat& seat) const {
  return seat.asked != never && seat.reason == EndReason::timeout;
}

bool Audit::ended_for_memory(const Seat& seat) const {
  return seat.asked != never && seat.reason == EndReason::memory && !seat.success;
}

void Audit::again(const Decision& decision) {
  Seat& ended = seat(decision.slot);
  expect(ended.stage == Stage::over && ended_for_memory(ended) && ended.task == decision.task &&
             ended.attempt == decision.attempt,
         "the same attempt runs again if it was ended to free memory", decision.task);
  put_back(ended);
  --over_;
}

void Audit::finish(const Decision& decision) {
  Seat& ended = seat(decision.slot);
  if (ended.stage != Stage::over || ended.task != decision.task) return finish_loose(decision);
  if (ended_for_memory(ended)) {
    put_back(ended);
    --over_;
    return finish_loose(decision);
  }
  const auto verdict = expected(ended);
  // A failure that had retries left is final once nothing starts any more.
  const bool right = verdict ? *verdict == decision.verdict
                             : decision.verdict == Verdict::failed && (stopping_ || scheduler_->halted());
  expect(right && ended.attempt == decision.attempt, "the verdict follows from how the attempt ended",
         decision.task);
  ended.stage = Stage::empty;
  --over_;
  account(source_->index_of(decision.task), decision);
}

// Only the end of the run gives a verdict on a task that does not run: failed if it ever did, else not run.
void Audit::finish_loose(const Decision& decision) {
  expect(stopping_ || scheduler_->halted(), "a waiting task is given up at the end of the run only",
         decision.task);
  const auto waiting = loose_.find(decision.task);
  const std::uint64_t index = source_->index_of(decision.task);
  const std::uint32_t attempt = waiting == loose_.end() ? 1 : waiting->second.attempt;
  if (waiting == loose_.end()) {
    expect(index == pulled_++, "a task that is not known has no verdict", decision.task);
  } else {
    loose_.erase(waiting);
  }
  expect(decision.verdict == (attempt > 1 ? Verdict::failed : Verdict::not_run) &&
             decision.attempt == std::max(attempt, 2U) - 1,
         "a waiting task has failed if it ran", decision.task);
  account(index, decision);
}

void Audit::account(std::uint64_t index, const Decision& decision) {
  memory_.finished(decision.task);
  if (decision.verdict == Verdict::succeeded) ++counts_.succeeded;
  if (decision.verdict == Verdict::failed) ++counts_.failed;
  if (decision.verdict == Verdict::not_run) ++counts_.not_run;
  // A share is of the tasks read, and that moves: only a number of tasks is checked from outside.
  const Halt& halt = rules_.rules.halt;
  if (!halt.per_cent && halt.met(counts_.failed, counts_.succeeded, 0)) halt_due_ = true;
  if (index >= finished_.size()) return problem(fmt::format("task {} does not exist", decision.task));
  if (finished_[index]) return problem(fmt::format("task {} has two verdicts", decision.task));
  finished_[index] = true;
  while (oldest_ < finished_.size() && finished_[oldest_]) ++oldest_;
  if (rules_.keep_order) order_.finished(decision.task);
}

void Audit::release_in_order() {
  if (!rules_.keep_order) return;
  while (const auto task = order_.next()) {
    expect(*task > released_up_to_, "--keep-order gives tasks in order", *task);
    expect(source_->index_of(*task) < finished_.size() && finished_[source_->index_of(*task)],
           "--keep-order gives finished tasks", *task);
    released_up_to_ = *task;
    ++released_;
  }
}

void Audit::close() {
  const Counts& counts = scheduler_->counts();
  counts_.read = counts.read;
  expect(counts_ == counts, "the counts are those seen from outside", 0);
  expect(counts.read == counts.succeeded + counts.failed + counts.not_run, "every task read has a verdict",
         0);
  expect(counts.read == pulled_ && oldest_ == pulled_, "every task read has finished", oldest_);
  expect(stopping_ || scheduler_->halted() || counts.read == rules_.tasks, "every task is read", counts.read);
  expect(stopping_ || scheduler_->halted() || counts.not_run == 0, "every task runs", counts.not_run);
  expect(loose_.empty() && running_ == 0, "nothing is left over", 0);
  order_.no_more();
  release_in_order();
  expect(!rules_.keep_order || released_ == pulled_, "--keep-order gives every task", released_);
}

}  // namespace drover::schedule
