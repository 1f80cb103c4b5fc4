#include "schedule/admission.hpp"

#include <limits>

#include "units/assert.hpp"

namespace drover::schedule {

Admission::Admission(const Rules& rules)
    : slots_(rules.slots),
      free_cores_(rules.cores),
      free_memory_(rules.memory.count),
      cores_per_task_(rules.cores == 0 ? 0 : rules.cores_per_task),
      memory_per_task_(rules.memory.count == 0 ? 0 : rules.memory_per_task.count) {
  DROVER_ASSERT(slots_ >= 1, slots_);
  DROVER_ASSERT(free_cores_ >= cores_per_task_, free_cores_, cores_per_task_);
  DROVER_ASSERT(free_memory_ >= memory_per_task_, free_memory_, memory_per_task_);
}

Waiting Admission::blocked() const {
  if (running_ >= slots_) return Waiting::slots;
  if (free_cores_ < cores_per_task_) return Waiting::cores;
  if (free_memory_ < memory_per_task_) return Waiting::memory;
  return Waiting::nothing;
}

void Admission::take() {
  ++running_;
  free_cores_ -= cores_per_task_;
  free_memory_ -= memory_per_task_;
}

void Admission::release() {
  --running_;
  free_cores_ += cores_per_task_;
  free_memory_ += memory_per_task_;
}

void Admission::more_slots() {
  if (slots_ < std::numeric_limits<std::uint32_t>::max()) ++slots_;
}

void Admission::fewer_slots() {
  if (slots_ > 1) --slots_;
}

}  // namespace drover::schedule
