// What is going on at one moment: all that a progress line is made from. A plain value.
//
// The owner of the run fills one in whenever the display asks for it (Display::next_update).
#pragma once

#include <cstdint>
#include <optional>

#include "drover/bytes.hpp"
#include "schedule/scheduler.hpp"

namespace drover::progress {

struct Snapshot {
  schedule::Counts counts;
  schedule::Waiting waiting = schedule::Waiting::nothing;
  std::uint32_t slots = 0;             // tasks at a time
  std::optional<std::uint64_t> total;  // tasks of the whole run, where that is known
  std::uint32_t cores_used = 0;
  std::uint32_t cores_budget = 0;  // 0: not counted, nothing is shown
  Bytes memory_used{};             // reserved by running tasks
  Bytes memory_budget{};           // 0: not counted, nothing is shown
  schedule::Time elapsed{};        // since the run began

  // Tasks that have ended for good.
  [[nodiscard]] std::uint64_t done() const { return counts.succeeded + counts.failed; }
};

}  // namespace drover::progress
