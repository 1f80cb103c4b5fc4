// Cores that an outer GNU make job server lends. One core is ours, as for everything that make starts. One task
// may always run, whatever it needs; each further one when that core and those lent are enough for all. What is
// lent may become less than what runs: nothing is ended, nothing new starts.
//
//     lent_cores.told(3);   if (lent_cores.enough_beside(running)) …start…
//
// Source   GNU make manual, "Job Slots" (POSIX Jobserver Interaction): the implicit slot.
#pragma once

#include <limits>

#include "schedule/scheduler.hpp"

namespace drover::schedule {

class LentCores {
 public:
  explicit LentCores(const Rules& rules)
      : lent_(rules.cores_are_lent ? 0 : std::numeric_limits<std::uint64_t>::max()),
        cores_per_task_(rules.cores_are_lent ? rules.cores_per_task : 0) {}

  void told(std::uint32_t cores) { lent_ = cores; }

  // For one task more beside those that run?
  [[nodiscard]] bool enough_beside(std::uint64_t running) const {
    return running == 0 || cores_per_task_ == 0 || (running + 1) * cores_per_task_ - 1 <= lent_;
  }

 private:
  std::uint64_t lent_;
  std::uint64_t cores_per_task_;
};

}  // namespace drover::schedule
