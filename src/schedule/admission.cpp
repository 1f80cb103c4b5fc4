#include "schedule/admission.hpp"

#include <limits>

#include "units/assert.hpp"

namespace drover::schedule {

Admission::Admission(const Rules& rules)
    : slots_(rules.slots),
      free_cores_(rules.cores),
      cores_per_task_(rules.cores == 0 ? 0 : rules.cores_per_task),
      memory_(rules.memory.count) {
  DROVER_ASSERT(slots_ >= 1, slots_);
  DROVER_ASSERT(free_cores_ >= cores_per_task_, free_cores_, cores_per_task_);
  DROVER_ASSERT(memory_ == 0 || rules.learn_memory || memory_ >= rules.memory_per_task.count, memory_,
                rules.memory_per_task.count);
}

void Admission::more_slots() {
  if (slots_ < std::numeric_limits<std::uint32_t>::max()) ++slots_;
}

void Admission::fewer_slots() {
  if (slots_ > 1) --slots_;
}

}  // namespace drover::schedule
