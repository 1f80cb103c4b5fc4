// The audit of starts, retries and of what is asked to end.
#include <algorithm>

#include "schedule/audit.hpp"
#include "schedule/deadline.hpp"

namespace drover::schedule {

void Audit::start(const Decision& decision, Time now) {
  Seat& place = seat(decision.slot);
  expect(place.stage == Stage::empty, "a slot holds one task", decision.task);
  if (loose_.empty() || !loose_.contains(decision.task)) {
    start_new(decision);
  } else {
    start_again(decision, now);
  }
  expect(!held_, "nothing starts while held", decision.task);
  expect(!last_start_ || now >= after(*last_start_, rules_.rules.delay), "starts keep their distance",
         decision.task);
  expect(!refused_ || (running_ == 0 && now >= after(*refused_, std::chrono::milliseconds(100))),
         "nothing starts while nothing can", decision.task);
  refused_.reset();
  place = {.stage = Stage::running, .task = decision.task, .attempt = decision.attempt, .started = now};
  last_start_ = now;
  ++running_;
  ++counts_.attempts;
  most_at_once_ = std::max(most_at_once_, running_);
  expect_none(memory_.start(decision, now), decision.task);
  budgets(decision.task);
}

void Audit::start_new(const Decision& decision) {
  const std::uint64_t index = source_->index_of(decision.task);
  expect(index == pulled_, "tasks start in the order of the source, none twice, none left out",
         decision.task);
  expect(decision.attempt == 1, "the first attempt is number 1", decision.task);
  const std::uint64_t ahead = rules_.rules.run_ahead;
  expect(ahead == 0 || index < oldest_ + ahead, "no task starts too far ahead of the oldest", decision.task);
  ++pulled_;
}

void Audit::start_again(const Decision& decision, Time now) {
  const auto waiting = loose_.find(decision.task);
  expect(decision.attempt == waiting->second.attempt, "attempts are counted, lost ones are not",
         decision.task);
  expect(decision.attempt <= 1 + rules_.rules.retries, "attempts are no more than allowed", decision.task);
  expect(now >= waiting->second.not_before, "a retry waits for its time", decision.task);
  loose_.erase(waiting);
}

void Audit::budgets(TaskNumber task) {
  const Rules& rules = rules_.rules;
  expect(running_ <= scheduler_->slots(), "no more tasks than slots", task);
  expect(rules.cores == 0 || running_ * rules.cores_per_task <= rules.cores, "no more cores than there are",
         task);
  expect(!rules.cores_are_lent || running_ == 1 || running_ * rules.cores_per_task - 1 <= lent_,
         "no more cores than are lent", task);
}

// Work is never held up idly: what the scheduler says it waits for is what it has to wait for.
bool Audit::reason_is_true(Time now) {
  const Rules& rules = rules_.rules;
  switch (scheduler_->waiting_for()) {
    case Waiting::nothing:
      return scheduler_->done() || (scheduler_->source_ended() && loose_.empty());
    case Waiting::slots:
      return running_ >= scheduler_->slots();
    case Waiting::cores:
      return (running_ + 1) * rules.cores_per_task > rules.cores;
    case Waiting::memory:
      return memory_.lacking(scheduler_->learnt_memory(), now);
    case Waiting::input:
      return !scheduler_->source_ended();
    case Waiting::delay:
      return last_start_ && now < after(*last_start_, rules.delay);
    case Waiting::retry:
      return scheduler_->source_ended() &&
             std::ranges::none_of(loose_, [&](const auto& task) { return task.second.not_before <= now; });
    case Waiting::order:
      return rules.run_ahead > 0 && pulled_ >= oldest_ + rules.run_ahead;
    case Waiting::held:
      return held_;
    case Waiting::exhausted:
      return refused_.has_value();
    case Waiting::halted:
      return stopping_ || scheduler_->halted();
    case Waiting::lent:
      return running_ > 0 && (running_ + 1) * rules.cores_per_task - 1 > lent_;
  }
  return false;
}

void Audit::terminate(const Decision& decision, Time now) {
  Seat& asked = seat(decision.slot);
  expect(asked.stage == Stage::running && asked.task == decision.task, "only a running task is asked to end",
         decision.task);
  asked.stage = Stage::asked;
  asked.asked = now;
  asked.reason = decision.reason;
  expect_none(memory_.asked_to_end(decision), decision.task);
  if (decision.reason == EndReason::stopped) expect(stopping_, "a stop was asked for", decision.task);
  if (decision.reason == EndReason::halted)
    expect(scheduler_->halted(), "the halt rule was met", decision.task);
  if (decision.reason != EndReason::timeout) return;
  const Time ran = now - asked.started;
  const bool fixed = rules_.rules.timeout && ran == *rules_.rules.timeout;
  const bool share = rules_.rules.timeout_per_cent && scheduler_->counts().succeeded >= 3 &&
                     ran >= scaled(scheduler_->median_run_time(), *rules_.rules.timeout_per_cent / 100);
  expect(fixed || share, "a timeout comes when the time is up", decision.task);
}

void Audit::kill(const Decision& decision, Time now) {
  Seat& killed = seat(decision.slot);
  expect((killed.stage == Stage::asked || (kill_ && killed.stage == Stage::running)) &&
             killed.task == decision.task,
         "a task is asked before it is killed", decision.task);
  expect(kill_ || now == after(killed.asked, rules_.rules.grace), "a kill comes after the grace",
         decision.task);
  if (killed.stage == Stage::running) killed.reason = decision.reason;
  expect_none(memory_.asked_to_end(decision), decision.task);
  killed.stage = Stage::killed;
  killed.asked = std::min(killed.asked, now);
}

void Audit::retry(const Decision& decision, Time now) {
  Seat& failed = seat(decision.slot);
  expect(failed.stage == Stage::over && failed.task == decision.task && failed.attempt == decision.attempt,
         "a retry follows from an end", decision.task);
  expect(!expected(failed), "only a failure is tried again", decision.task);
  const double doublings = static_cast<double>(std::uint64_t{1} << std::min(failed.attempt - 1, 60U));
  const Time middle = scaled(rules_.rules.retry_delay, doublings);
  expect(
      decision.at >= after(now, scaled(middle, 0.7499)) && decision.at <= after(now, scaled(middle, 1.2501)),
      "the delay doubles, within a quarter", decision.task);
  loose_[decision.task] = {.attempt = decision.attempt + 1, .not_before = decision.at};
  failed.stage = Stage::empty;
  --over_;
}

}  // namespace drover::schedule
