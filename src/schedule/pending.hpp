// One attempt of a task that is about to start, runs, or waits to be started again.
#pragma once

#include <cstdint>

#include "drover/bytes.hpp"
#include "schedule/task.hpp"

namespace drover::schedule {

struct Pending {
  TaskNumber task = 0;
  std::uint64_t sequence = 0;  // 0, 1, … as the source gave the tasks; not the number if shuffled
  std::uint32_t attempt = 1;
  Slot slot = 0;   // where it runs, or ran last
  Bytes memory{};  // to reserve at least: an attempt before it died of too little
};

}  // namespace drover::schedule
