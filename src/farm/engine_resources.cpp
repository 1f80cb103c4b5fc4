// What tasks use and what there is for them: memory that is sampled, learnt and watched, cores that are lent.
#include <fmt/format.h>

#include "farm/engine.hpp"
#include "machine/usable.hpp"
#include "process/tree.hpp"
#include "units/quantity.hpp"

namespace drover::farm {

// Peak memory and CPU time of trees; only a look now and then tells what processes used that nobody waits for.
// Where memory is learnt every task is looked at, and from its start on: others are waiting for it.
void Engine::sample() {
  const schedule::Time at_least_every =
      options_.learn_memory ? schedule::Time(std::chrono::milliseconds(250)) : std::chrono::seconds(1);
  constexpr int share_of_time = 200;  // the look costs half a per cent of a core at most
  const schedule::Time begin = clock_.now();
  for (schedule::Slot i = 0; i < slots_.size(); ++i) {
    RunningTask* const task = slots_[i].get();
    if (task == nullptr || task->state != RunningTask::State::running || !task->child) continue;
    if (begin - task->started < at_least_every && !options_.learn_memory) continue;
    const process::TreeUse use = process::tree_use(task->child.pid(), options_.learn_memory);
    task->peak_memory = std::max(task->peak_memory, use.memory_bytes);
    task->cpu_seen = std::max(task->cpu_seen, use.cpu_seconds);
    if (!options_.learn_memory || task->peak_memory == 0) continue;
    schedule::Event seen{schedule::Event::Kind::memory_used, i, false, {}};
    seen.memory = Bytes{task->peak_memory};
    events_.push_back(seen);
  }
  process::reap_orphans([this](pid_t pid) { return is_task(pid); });
  if (memory_deaths_ && begin >= next_lapse_) {
    memory_deaths_->lapse();
    next_lapse_ = begin + std::chrono::seconds(1);
  }
  next_sample_ = clock_.now() + std::max(at_least_every, (clock_.now() - begin) * share_of_time);
}

void Engine::judge_memory(RunningTask& task) {
  if (!task.end || task.end->status.success() || !memory_deaths_) return;
  const Bytes peak{std::max(task.peak_memory, task.end->peak_rss)};
  task.memory_death = memory_deaths_->judge(task.end->status, task.killed, peak);
  task.memory_limit = memory_deaths_->limit();
}

// --memfree: how much is free, told before anything starts and once a second while something is held back by it.
void Engine::look_at_free_memory() {
  constexpr schedule::Time fresh = std::chrono::milliseconds(100);
  if (!options_.memory_free || clock_.now() < next_memory_look_) return;
  schedule::Event free{schedule::Event::Kind::memory_free, 0, false, {}};
  free.memory = machine::usable_memory().count;
  events_.push_back(free);
  const bool waits = free.memory < *options_.memory_free && scheduler_.counts().running == 0;
  if (waits && !memory_wait_told_) {
    display_.message(fmt::format("--memfree {}: {} are free, so nothing starts yet",
                                 describe(*options_.memory_free), describe(free.memory)));
    memory_wait_told_ = true;
  }
  next_memory_look_ = clock_.now() + fresh;
}

// What was learnt is said when it is first known, and when it has grown by a quarter.
void Engine::tell_what_was_learnt() {
  const schedule::LearntMemory learnt = scheduler_.learnt_memory();
  const std::uint64_t told = told_reservation_.count;
  if (learnt.from == 0 || learnt.reservation.count < told + told / 4) return;
  if (told != 0 && learnt.reservation == told_reservation_) return;
  told_reservation_ = learnt.reservation;
  if (options_.progress == progress::Mode::none) return;
  const std::uint64_t fit = memory_budget_.count / std::max<std::uint64_t>(1, learnt.reservation.count);
  display_.message(fmt::format(
      "--mem auto: largest peak so far {}, so {} are reserved for a task (a tenth more): {} at a time in {}",
      describe(learnt.largest_peak), describe(learnt.reservation), std::min<std::uint64_t>(plan_.slots, fit),
      describe(memory_budget_)));
}

// The first task has the core that we were started with, and what else it needs as far as it is to be had. For each
// further one cores are borrowed, all that it needs or none: two clients that each hold half of what they need would wait
// for each other for ever.
void Engine::settle_loans() {
  if (!lender_) return;
  const std::uint64_t running = scheduler_.counts().running;
  const std::uint64_t needed = running > 0 ? running * plan_.threads - 1 : 0;
  const std::uint32_t held = lender_->held();
  const bool wants_more = scheduler_.waiting_for() == schedule::Waiting::lent;
  const std::uint64_t target = wants_more ? needed + plan_.threads : needed;
  if (target > held) lender_->take(static_cast<std::uint32_t>(target - held));
  if (lender_->held() < target && lender_->held() > needed)
    lender_->give_back(static_cast<std::uint32_t>(lender_->held() - needed));
  if (lender_->held() > target) lender_->give_back(static_cast<std::uint32_t>(lender_->held() - target));
  if (lender_->held() == held) return;
  schedule::Event lent{schedule::Event::Kind::cores_lent, 0, false, {}};
  lent.cores = lender_->held();
  events_.push_back(lent);
}

// A task of one core waits for the lender's pipe. One of several would be woken for each single core that is free.
void Engine::watch_lender() {
  const bool wanted = lender_ && plan_.threads == 1 && scheduler_.waiting_for() == schedule::Waiting::lent;
  if (wanted == lender_watched_) return;
  lender_watched_ = wanted;
  if (wanted) {
    poller_.add(lender_->wait_fd(), tag(Tag::lender));
  } else {
    poller_.remove(lender_->wait_fd());
  }
}

schedule::Time Engine::next_look_at_resources() const {
  schedule::Time next = schedule::never;
  constexpr schedule::Time patience = std::chrono::milliseconds(100);
  if (scheduler_.counts().running > 0) next = std::min(next, next_sample_);
  if (options_.memory_free && scheduler_.waiting_for() == schedule::Waiting::memory)
    next = std::min(next, clock_.now() + patience);
  if (options_.memory_free && scheduler_.counts().running > 1)  // it may fall under half of the floor
    next = std::min(next, next_memory_look_ + std::chrono::seconds(1));
  if (lender_ && plan_.threads > 1 && scheduler_.waiting_for() == schedule::Waiting::lent)
    next = std::min(next, clock_.now() + patience);
  return next;
}

}  // namespace drover::farm
