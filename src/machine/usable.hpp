// What of this machine may be used: cores and memory, and which limit decided.
//
//     usable_cores()   = affinity ∩ cgroup quota (least over the ancestors) ∩ batch allocation ∩ DROVER_CORES
//     usable_memory()  = MemAvailable ∩ cgroup limits (least over the ancestors, less what is used)
//                        ∩ batch allocation
//
// The test seam: everything is read through Surroundings, so a test can pretend any machine. For
// whole-program tests the variable DROVER_PRETEND, "cores=16,mem=32G", replaces what the machine says
// (CONTRIBUTING.md); the batch allocation and DROVER_CORES limit that further.
//
// Errors   what cannot be read is no limit, and `limits` says so. Only a malformed DROVER_CORES or
//          DROVER_PRETEND is refused, as `problem`: someone set it for drover and would otherwise
//          not learn that it does nothing.
// Cost     some 0.1 ms each: no topology is read (topology.hpp does that, on demand).
// Sources  sched_getaffinity(2), cgroups(7), proc_meminfo(5); batch.hpp names those of the batch systems.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drover/bytes.hpp"
#include "machine/limit.hpp"
#include "machine/surroundings.hpp"

namespace drover::machine {

struct UsableCores {
  std::uint32_t count = 1;          // ≥ 1
  std::vector<Limit> limits;        // in the order in which they were met
  std::vector<std::uint32_t> cpus;  // allowed CPU numbers, rising; really here, also under DROVER_PRETEND
  bool pretended = false;           // DROVER_PRETEND gave the count
  bool share_of_outer = false;      // DROVER_CORES was set: an outer drover's share, or a site's
  std::string problem;              // a usage error to be told, or empty; `count` then stands without it
};

// `decided`: "MemAvailable", "cgroup: /…/memory.max = …", "SLURM_MEM_PER_NODE=4000", "DROVER_PRETEND=…"
struct UsableMemory {
  Bytes count{};        // 0 only if nothing could be read
  std::string decided;  // empty only if nothing could be read
  std::string problem;  // as in UsableCores
};

[[nodiscard]] UsableCores usable_cores(const Surroundings& here = {});
[[nodiscard]] UsableMemory usable_memory(const Surroundings& here = {});

}  // namespace drover::machine
