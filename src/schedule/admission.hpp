// Is there room for one more task: a slot, its cores, its memory?
//
//     if (admission.blocked() == Waiting::nothing) admission.take();   …   admission.release();
//
// Slots may become fewer than the tasks that run; then nothing is admitted until enough have ended.
#pragma once

#include <cstdint>

#include "schedule/scheduler.hpp"

namespace drover::schedule {

class Admission {
 public:
  explicit Admission(const Rules& rules);  // Requires: one task fits into every budget.

  // What is lacking: slots, cores, memory or nothing.
  [[nodiscard]] Waiting blocked() const;
  void take();  // Requires: not blocked.
  void release();

  void more_slots();
  void fewer_slots();  // Never below one.
  [[nodiscard]] std::uint32_t slots() const { return slots_; }

 private:
  std::uint32_t slots_;
  std::uint64_t running_ = 0;
  // A budget that is not limited has nothing taken from it.
  std::uint64_t free_cores_;
  std::uint64_t free_memory_;
  std::uint64_t cores_per_task_;
  std::uint64_t memory_per_task_;
};

}  // namespace drover::schedule
