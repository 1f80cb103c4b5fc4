// The limits that control groups set on this process: CPU time and memory, in version 1, version 2 and hybrid
// mounts, the least over the group and all of its ancestors that can be seen from here.
//
// Where     the own group is in /proc/self/cgroup, the mounts in /proc/self/mountinfo. A
//           container may see only part of the tree: then the mount's root is that part's top,
//           and limits above it cannot be read.
// Not here  cpuset: the kernel has already taken it off the affinity.
// Errors    what is missing is no limit; what is there but makes no sense is named in `not_understood`.
// Source    cgroups(7); kernel documentation, cgroup-v2.rst and cgroup-v1/memory.rst, sched-bwc.rst.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drover/bytes.hpp"
#include "machine/surroundings.hpp"

namespace drover::machine {

enum class CgroupVersion { v1, v2 };

// The folders of this process's group and its ancestors, itself first. `controller` ("cpu", "memory") chooses
// the hierarchy in version 1 and is not used in version 2. Empty: no such hierarchy, or it is not mounted.
[[nodiscard]] std::vector<std::string> cgroup_folders(const Surroundings& here, CgroupVersion version,
                                                      std::string_view controller);

struct CpuQuota {
  // Quota ÷ period, rounded down, at least 1: 150000 of 100000 µs is one core.
  std::optional<std::uint32_t> cores;
  std::string source;  // "/sys/fs/cgroup/…/cpu.max = 150000 100000"
  std::vector<std::string> not_understood;
};
[[nodiscard]] CpuQuota cgroup_cpu_quota(const Surroundings& here);

struct MemoryLeft {
  std::optional<Bytes> bytes;  // limit less usage that cannot be reclaimed at once; at least one page
  std::string source;
};
[[nodiscard]] MemoryLeft cgroup_memory_left(const Surroundings& here);

}  // namespace drover::machine
