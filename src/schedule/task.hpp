// The words that every part shares about one task: its number, its slot, its time.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace drover::schedule {

// 1, 2, … in the order of the whole input: {#} and DROVER_TASK.
using TaskNumber = std::uint64_t;

// 0, 1, … : the place a task runs in; {%} and DROVER_SLOT print it plus one. A task gets the lowest free one.
using Slot = std::uint32_t;

// Time since the run began; while the run is stopped (Ctrl-Z) it stands still.
using Time = std::chrono::nanoseconds;

inline constexpr Time never = Time::max();

}  // namespace drover::schedule
