// The limit of open files (`ulimit -n`): drover raises its own as far as it may and gives tasks the original
// one; where even that is too little for the tasks at a time that were asked for, there are fewer.
// Source   getrlimit(2), proc(5).
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <optional>

#include "farm/plan.hpp"
#include "units/result.hpp"

namespace drover::farm {

class OpenFiles {
 public:
  OpenFiles();

  // What tasks are to be given; nothing if nothing was changed.
  [[nodiscard]] std::optional<rlimit> original() const { return original_; }

  // Lowers plan.slots to what the descriptors allow, with a note. Call it when everything else is open.
  // Errors: exhausted, if not even one task fits.
  [[nodiscard]] Result<void> limit_slots(Plan& plan, bool results_too, bool record_too) const;

 private:
  std::optional<rlimit> original_;
  std::size_t most_ = 0;
};

}  // namespace drover::farm
