// The files are as the kernel's cgroup-v2.rst and cgroup-v1/memory.rst describe them, and /proc/vmstat.
#include "machine/out_of_memory.hpp"

#include <gtest/gtest.h>

#include "tests/machine/pretend_machine.hpp"

namespace drover::machine {
namespace {

using namespace drover::literals;

std::string events(int kills) {
  return "low 0\nhigh 3\nmax 17\noom 5\noom_kill " + std::to_string(kills) + "\noom_group_kill 0\n";
}
std::string control(int kills) {
  return "oom_kill_disable 0\nunder_oom 0\noom_kill " + std::to_string(kills) + "\n";
}

// Version 1, as in a container: the own group below the mount.
PretendMachine& legacy(PretendMachine& machine) {
  machine.file("/proc/self/cgroup", "4:memory:/job/step\n1:cpu:/\n0::/\n");
  return machine.file("/proc/self/mountinfo",
                      "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
                      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n");
}

TEST(OomKills, AreThoseOfOurGroupAndOfTheMachine) {
  PretendMachine machine;
  machine.unified("/user.slice/job")
      .file("/sys/fs/cgroup/user.slice/job/memory.events", events(2))
      .file("/sys/fs/cgroup/user.slice/memory.events", events(40))
      .file("/proc/vmstat", "nr_free_pages 7\noom_kill 91\nnuma_hit 4\n");
  const OomKills kills = oom_kills(machine.surroundings());
  EXPECT_EQ(kills.own_group, 2U);
  EXPECT_EQ(kills.machine, 91U);
}

TEST(OomKills, AreThoseOfOurGroupInVersion1) {
  PretendMachine machine;
  legacy(machine)
      .file("/sys/fs/cgroup/memory/job/step/memory.oom_control", control(3))
      .file("/sys/fs/cgroup/memory/job/memory.oom_control", control(40));
  EXPECT_EQ(oom_kills(machine.surroundings()).own_group, 3U);
}

TEST(OomKills, AreTheAncestorsWhereOurGroupIsNotAccounted) {
  PretendMachine machine;
  machine.unified("/user.slice/job").file("/sys/fs/cgroup/user.slice/memory.events", events(4));
  EXPECT_EQ(oom_kills(machine.surroundings()).own_group, 4U);
}

TEST(OomKills, AreUnknownWhereNothingCountsThem) {
  PretendMachine machine;
  EXPECT_EQ(oom_kills(machine.surroundings()).own_group, std::nullopt);
  EXPECT_EQ(oom_kills(machine.surroundings()).machine, std::nullopt);
  // Linux before 4.13.
  legacy(machine)
      .file("/sys/fs/cgroup/memory/job/step/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n")
      .file("/proc/vmstat", "nr_free_pages 7\n");
  EXPECT_EQ(oom_kills(machine.surroundings()).own_group, std::nullopt);
  EXPECT_EQ(oom_kills(machine.surroundings()).machine, std::nullopt);
}

TEST(OomWatch, SeesTheCountersRise) {
  PretendMachine machine;
  machine.unified("/job")
      .file("/sys/fs/cgroup/job/memory.events", events(2))
      .file("/proc/vmstat", "oom_kill 8\n");
  const OomWatch watch(machine.surroundings());
  EXPECT_EQ(watch.read().own_group, 2U);
  machine.file("/sys/fs/cgroup/job/memory.events", events(3)).file("/proc/vmstat", "oom_kill 10\n");
  EXPECT_EQ(watch.read().own_group, 3U);
  EXPECT_EQ(watch.read().machine, 10U);
}

TEST(OomWatch, ReadsThisMachine) {
  EXPECT_TRUE(OomWatch().read().machine.has_value()) << "Linux 4.13 and later";
}

TEST(MemoryLimit, IsTheLeastOfOurGroupAndItsAncestorsWhateverIsUsed) {
  PretendMachine machine;
  machine.unified("/outer/job")
      .file("/sys/fs/cgroup/outer/job/memory.max", "max\n")
      .file("/sys/fs/cgroup/outer/job/memory.current", "1000000\n")
      .file("/sys/fs/cgroup/outer/memory.max", "1073741824\n")
      .file("/sys/fs/cgroup/outer/memory.current", "1073000000\n");
  const MemoryLimit limit = memory_limit(machine.surroundings());
  EXPECT_EQ(limit.bytes, 1_GiB);
  EXPECT_EQ(limit.source, machine.path("/sys/fs/cgroup/outer/memory.max") + " = 1073741824");
  machine.file("/sys/fs/cgroup/outer/job/memory.max", "536870912\n");
  EXPECT_EQ(memory_limit(machine.surroundings()).bytes, 512_MiB);
}

TEST(MemoryLimit, IsFoundInVersion1) {
  PretendMachine machine;
  legacy(machine)
      .file("/sys/fs/cgroup/memory/job/step/memory.limit_in_bytes", "9223372036854771712\n")
      .file("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(memory_limit(machine.surroundings()).bytes, 64_MiB);
}

TEST(MemoryLimit, IsNoneWhereNothingKills) {
  PretendMachine machine;
  EXPECT_EQ(memory_limit(machine.surroundings()).bytes, std::nullopt);
  machine.unified("/job")
      .file("/sys/fs/cgroup/job/memory.max", "max\n")
      .file("/sys/fs/cgroup/job/memory.high", "1048576\n");
  EXPECT_EQ(memory_limit(machine.surroundings()).bytes, std::nullopt) << "memory.high slows down only";
  EXPECT_EQ(memory_limit(machine.surroundings()).source, "");
}

}  // namespace
}  // namespace drover::machine
