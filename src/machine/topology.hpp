// Which of the usable CPUs are neighbours: packages, cores and hardware threads.
//
//     core_order(usable_cores()).cpus      for --pin: consecutive entries share a core, then a package
//
// Errors  none: a CPU of which nothing can be read is a core of its own.
// Cost    three small files for each usable CPU (some 10 µs a CPU); hence not part of usable_cores().
// Source  kernel documentation, cputopology.rst (/sys/devices/system/cpu/cpu*/topology).
#pragma once

#include <cstdint>
#include <vector>

#include "machine/surroundings.hpp"
#include "machine/usable.hpp"

namespace drover::machine {

struct CoreOrder {
  std::vector<std::uint32_t> cpus;  // the usable CPU numbers by package, core, number
  std::uint32_t physical = 1;       // distinct cores among them, never more than `usable.count`; ≥ 1
};

// On a pretended machine each pretended core is physical; `cpus` are those that are really here.
[[nodiscard]] CoreOrder core_order(const UsableCores& usable, const Surroundings& here = {});

}  // namespace drover::machine
