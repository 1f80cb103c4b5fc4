// Is there room for one more task: a slot, its cores, its memory?
//
//     if (admission.blocked(memory) == Waiting::nothing) admission.take(memory);   …   admission.release(memory);
//
// Slots may become fewer than the tasks that run, and what they reserve may grow beyond the budget; then
// nothing is admitted until enough have ended.
#pragma once

#include <algorithm>
#include <cstdint>

#include "schedule/scheduler.hpp"

namespace drover::schedule {

class Admission {
 public:
  explicit Admission(const Rules& rules);  // Requires: one task fits into every budget.

  // What is lacking for a task that reserves `memory`: slots, cores, memory or nothing. Requires: `memory` is
  // no more than the budget, 0 where there is none.
  [[nodiscard]] Waiting blocked(Bytes memory) const {
    if (running_ >= slots_) return Waiting::slots;
    if (free_cores_ < cores_per_task_) return Waiting::cores;
    if (memory.count > memory_ - std::min(reserved_, memory_)) return Waiting::memory;
    return Waiting::nothing;
  }
  void take(Bytes memory) {  // Requires: not blocked.
    ++running_;
    free_cores_ -= cores_per_task_;
    reserved_ += memory.count;
  }
  void release(Bytes memory) {
    --running_;
    free_cores_ += cores_per_task_;
    reserved_ -= memory.count;
  }
  // A running task reserves more, or less.
  void reserve(Bytes instead_of, Bytes memory) { reserved_ += memory.count - instead_of.count; }
  [[nodiscard]] Bytes reserved() const { return {reserved_}; }

  void more_slots();
  void fewer_slots();  // Never below one.
  [[nodiscard]] std::uint32_t slots() const { return slots_; }

 private:
  std::uint32_t slots_;
  std::uint64_t running_ = 0;
  // A budget that is not limited has nothing taken from it.
  std::uint64_t free_cores_;
  std::uint64_t cores_per_task_;
  std::uint64_t memory_;
  std::uint64_t reserved_ = 0;
};

}  // namespace drover::schedule
