#include "schedule/memory_audit.hpp"

#include <algorithm>

#include "schedule/deadline.hpp"

namespace drover::schedule {
namespace {

Bytes and_a_tenth(Bytes memory) {
  return {static_cast<std::uint64_t>(static_cast<double>(memory.count) * 1.1)};
}

}  // namespace

MemoryAudit::MemoryAudit(const SimulationRules& rules)
    : rules_(rules.rules),
      use_(rules.memory_use),
      seed_(rules.seed),
      learns_(rules_.learn_memory && rules_.memory.count > 0),
      equal_peaks_(learns_ && use_.spread == 0 && use_.large == 0 && use_.grows == 0 &&
                   use_.typical <= rules_.memory &&
                   (use_.machine.count == 0 || use_.machine >= rules_.memory)) {}

MemoryAudit::Seat& MemoryAudit::seat(Slot slot) {
  if (slot >= seats_.size()) seats_.resize(slot + std::size_t{1});
  return seats_[slot];
}

void MemoryAudit::attempt_over(const Event& event) {
  Seat& over = seat(event.slot);
  const Bytes had = reserved(over);
  over.runs = false;
  --running_;
  const Bytes peak = std::max(event.memory, over.peak);
  if (peak.count > 0) learn(peak);
  if (!event.out_of_memory || event.success || rules_.memory.count == 0) return;
  const Bytes more = std::max(Bytes{2 * had.count}, and_a_tenth(event.memory));
  needs_[over.task] = {.had = had, .least = more.count == 0 ? rules_.memory : std::min(more, rules_.memory)};
}

void MemoryAudit::told(const Event& event, Time now) {
  switch (event.kind) {
    case Event::Kind::memory_used:
      if (seat(event.slot).runs) used(seat(event.slot), event.memory, now);
      return;
    case Event::Kind::memory_free:
      free_ = event.memory;
      told_since_end_ = true;
      return;
    case Event::Kind::ended:
    case Event::Kind::lost:
      if (ending_ != event.slot) return;
      ending_.reset();
      told_since_end_ = false;
      return;
    default:
      return;
  }
}

void MemoryAudit::used(Seat& seat, Bytes memory, Time now) {
  seat.peak = std::max(seat.peak, memory);
  if (static_cast<double>(seat.peak.count) <= 1.02 * static_cast<double>(seat.reached.count)) return;
  seat.reached = seat.peak;
  seat.reached_at = now;
}

void MemoryAudit::learn(Bytes peak) {
  known_ = true;
  largest_ = std::max(largest_, peak);
}

// Of those that run only the first has anybody waiting for it: what others teach, they teach at a sample.
void MemoryAudit::learn_from_the_steady(Time now) {
  if (!learns_) return;
  for (const Seat& seat : seats_) {
    const Time wait = std::max<Time>(seat.reached_at - seat.started, std::chrono::seconds(10));
    if (seat.runs && seat.alone && seat.peak.count > 0 && now >= seat.reached_at + wait) learn(seat.peak);
  }
}

Bytes MemoryAudit::reserved(const Seat& seat) const {
  if (!learns_) return seat.told;
  if (!seat.alone) return std::max(seat.told, and_a_tenth(seat.peak));
  if (!known_) return rules_.memory;
  const auto need = needs_.find(seat.task);
  return std::max(need == needs_.end() ? Bytes{} : need->second.least, and_a_tenth(seat.peak));
}

Bytes MemoryAudit::reserved_in_all() const {
  Bytes all{};
  for (const Seat& seat : seats_)
    if (seat.runs) all = all + reserved(seat);
  return all;
}

const char* MemoryAudit::start(const Decision& decision, Time now) {
  learn_from_the_steady(now);
  const char* broken = room_for(decision);
  seat(decision.slot) = {.runs = true,
                         .alone = learns_ && !known_,
                         .task = decision.task,
                         .order = ++starts_,
                         .started = now,
                         .told = decision.memory,
                         .truth = memory_peak(use_, seed_, decision.task),
                         .reached_at = now};
  ++running_;
  if (broken != nullptr || !equal_peaks_) return broken;
  Bytes truth{};
  for (const Seat& each : seats_)
    if (each.runs) truth = truth + each.truth;
  return truth > rules_.memory ? "equal tasks take no more than the budget" : nullptr;
}

const char* MemoryAudit::room_for(const Decision& decision) const {
  if (rules_.memory_free_floor.count > 0 && (!free_ || *free_ < rules_.memory_free_floor))
    return "nothing starts under the floor of free memory";
  if (rules_.memory.count == 0) return decision.memory.count > 0 ? "no budget, no reservation" : nullptr;
  if (running_ > 0 && reserved_in_all() + decision.memory > rules_.memory)
    return "no more memory than there is";
  if (learns_ && !known_ && running_ > 0) return "one task alone until a peak is known";
  if (decision.memory > rules_.memory) return "no task reserves more than the budget";
  const Bytes usual = learns_ ? std::min(and_a_tenth(largest_), rules_.memory) : rules_.memory_per_task;
  if (decision.memory < usual) return "a task reserves what is known to be needed";
  const auto need = needs_.find(decision.task);
  if (need == needs_.end()) return nullptr;
  const bool more = decision.memory > need->second.had || decision.memory == rules_.memory;
  return more && decision.memory >= need->second.least ? nullptr : "more memory after too little";
}

std::uint64_t MemoryAudit::running_freely() const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(seats_, [](const Seat& seat) { return seat.runs && !seat.asked; }));
}

const char* MemoryAudit::asked_to_end(const Decision& decision) {
  Seat& asked = seat(decision.slot);
  const bool last = running_freely() < 2;
  const bool known_youngest = std::ranges::none_of(
      seats_, [&](const Seat& other) { return other.runs && !other.asked && other.order > asked.order; });
  const bool already = asked.asked;
  asked.asked = true;
  if (decision.kind != Decision::Kind::terminate || decision.reason != EndReason::memory) return nullptr;
  if (!free_ || free_->count >= rules_.memory_free_floor.count / 2)
    return "memory is short when a task is ended";
  if (ending_ || !told_since_end_) return "one task after the other is ended to free memory";
  if (last) return "the last running task is left to run";
  if (!known_youngest || already) return "the youngest is ended";
  ending_ = decision.slot;
  return nullptr;
}

const char* MemoryAudit::nothing_left_undone() {
  const bool far_too_little = free_ && free_->count < rules_.memory_free_floor.count / 2;
  return far_too_little && !ending_ && told_since_end_ && running_freely() >= 2
             ? "memory is freed when it is far too little"
             : nullptr;
}

bool MemoryAudit::lacking(const LearntMemory& learnt, Time now) {
  learn_from_the_steady(now);
  if (rules_.memory_free_floor.count > 0 && (!free_ || *free_ < rules_.memory_free_floor)) return true;
  if (rules_.memory.count == 0 || running_ == 0) return false;  // one may always run
  if (learns_ && !known_) return true;
  Bytes most = learns_ ? learnt.reservation : rules_.memory_per_task;
  for (const auto& [task, need] : needs_) most = std::max(most, need.least);
  return reserved_in_all() + most > rules_.memory;
}

}  // namespace drover::schedule
