// How often the kernel ended a process because memory had run out.
//
//     OomWatch watch;                      // looks the files up, once
//     OomKills before = watch.read(); … a task is killed … ; watch.read().own_group > before.own_group
//
// own_group  Version 2: oom_kill of memory.events of the nearest group that has one, and of all below it.
//            Version 1: oom_kill of memory.oom_control of our group, and of that one alone: a task that moved
//            into a group below is not counted.
//            Kills for the limit of an ancestor count too: what is counted is whose process died. So do
//            processes of our group that are not ours.
// machine    oom_kill of /proc/vmstat: all groups and the machine as a whole, anybody's process.
//
// Both rise before the signal is sent: who has reaped the victim sees it counted. Compare with a count that was
// read before the task began, or at the last death.
//
// Errors   what cannot be read is nothing (Linux before 4.13, memory.oom_control without that line).
// Cost     some 35 µs, nearly all of it the machine's.
// Source   kernel documentation, cgroup-v2.rst (memory.events), cgroup-v1/memory.rst; mm/oom_kill.c.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drover/bytes.hpp"
#include "machine/surroundings.hpp"

namespace drover::machine {

struct OomKills {
  std::optional<std::uint64_t> own_group;
  std::optional<std::uint64_t> machine;
};

class OomWatch {
 public:
  explicit OomWatch(const Surroundings& here = {});
  [[nodiscard]] OomKills read() const;

 private:
  std::string group_file_;  // empty: no group counts
  std::string machine_file_;
};

// The same without keeping the paths.
[[nodiscard]] OomKills oom_kills(const Surroundings& here = {});

// The least limit beyond which our control group or one of its ancestors has processes killed: memory.max or
// memory.limit_in_bytes as it stands, whatever is used of it (what is left: cgroup_memory_left(),
// cgroup.hpp). memory.high is none: it slows down and kills nobody.
struct MemoryLimit {
  std::optional<Bytes> bytes;  // nothing: no such limit
  std::string source;          // "/sys/fs/cgroup/…/memory.max = 1073741824"
};
[[nodiscard]] MemoryLimit memory_limit(const Surroundings& here = {});

}  // namespace drover::machine
