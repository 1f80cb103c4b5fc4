// One limit on the cores that was looked for on the way to the answer, met or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace drover::machine {

struct Limit {
  std::string name;  // "online cores", "affinity", "cgroup quota", "batch allocation", "DROVER_CORES",
                     // "DROVER_PRETEND"
  std::optional<std::uint32_t> cores;  // nothing: no such limit here
  std::string source;    // "/sys/fs/cgroup/…/cpu.max = 200000 100000", "SLURM_CPUS_PER_TASK=4", "not set"
  bool decided = false;  // this one gave the answer; exactly one does
};

}  // namespace drover::machine
