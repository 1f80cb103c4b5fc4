#include "machine/usable.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "machine/pretend.hpp"
#include "machine/topology.hpp"
#include "tests/machine/pretend_machine.hpp"

namespace drover::machine {
namespace {

using namespace drover::literals;
using Cpus = std::vector<std::uint32_t>;

// The one limit that decided.
Limit decided(const UsableCores& usable) {
  EXPECT_EQ(std::ranges::count_if(usable.limits, &Limit::decided), 1);
  const auto found = std::ranges::find_if(usable.limits, &Limit::decided);
  return found == usable.limits.end() ? Limit{} : *found;
}

std::vector<std::string> names(const UsableCores& usable) {
  std::vector<std::string> found;
  for (const Limit& limit : usable.limits) found.push_back(limit.name);
  return found;
}

TEST(UsableCores, AreAllThatAreOnlineWhenNothingLimits) {
  PretendMachine machine;
  machine.cpus(16);
  const UsableCores usable = usable_cores(machine.surroundings());
  EXPECT_EQ(usable.count, 16U);
  EXPECT_EQ(decided(usable).name, "online cores");
  EXPECT_EQ(usable.cpus.size(), 16U);
  EXPECT_FALSE(usable.share_of_outer);
  EXPECT_EQ(usable.problem, "");
}

TEST(UsableCores, NameEveryLimitInTheOrderInWhichItIsMet) {
  PretendMachine machine;
  machine.cpus(4);
  EXPECT_EQ(names(usable_cores(machine.surroundings())),
            (std::vector<std::string>{"online cores", "affinity", "cgroup quota", "batch allocation",
                                      "DROVER_CORES"}));
}

// Each step lowers the answer by one more limit.
TEST(UsableCores, AreTheLeastOfAllLimitsAndSayWhichDecided) {
  PretendMachine machine;
  machine.cpus(96).allow({9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 10U);
  EXPECT_EQ(decided(usable_cores(machine.surroundings())).name, "affinity");
  EXPECT_EQ(decided(usable_cores(machine.surroundings())).source, "CPUs 0-9");
  machine.unified("/job").file("/sys/fs/cgroup/job/cpu.max", "850000 100000\n");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 8U);
  EXPECT_EQ(decided(usable_cores(machine.surroundings())).name, "cgroup quota");
  machine.variable("SLURM_CPUS_PER_TASK", "4");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 4U);
  EXPECT_EQ(decided(usable_cores(machine.surroundings())).source, "SLURM_CPUS_PER_TASK=4");
  machine.variable("DROVER_CORES", "3");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 3U);
  EXPECT_EQ(decided(usable_cores(machine.surroundings())).name, "DROVER_CORES");
  EXPECT_TRUE(usable_cores(machine.surroundings()).share_of_outer);
}

TEST(UsableCores, AreNotRaisedByALimitBeyondTheMachine) {
  PretendMachine machine;
  machine.cpus(4).variable("NCPUS", "48").variable("DROVER_CORES", "64");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 4U);
  EXPECT_EQ(decided(usable_cores(machine.surroundings())).name, "online cores");
}

TEST(UsableCores, GoBeyond1024) {
  PretendMachine machine;
  machine.cpus(4096);
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 4096U);
  EXPECT_EQ(usable_cores(machine.surroundings()).cpus.back(), 4095U);
}

TEST(UsableCores, AreAtLeastOneWhereNothingCanBeRead) {
  PretendMachine machine;
  const UsableCores usable = usable_cores(machine.surroundings());
  EXPECT_GE(usable.count, 1U);
  EXPECT_EQ(decided(usable).source, "sysconf(_SC_NPROCESSORS_ONLN)");
}

TEST(UsableCores, NameWhatIsNotUnderstood) {
  PretendMachine machine;
  machine.cpus(8).file("/sys/devices/system/cpu/online", "zero to seven\n").variable("NCPUS", "all");
  const UsableCores usable = usable_cores(machine.surroundings());
  EXPECT_EQ(usable.count, 8U);
  EXPECT_EQ(usable.limits[0].source, "not understood: /sys/devices/system/cpu/online = zero to seven");
  EXPECT_TRUE(std::ranges::any_of(usable.limits,
                                  [](const Limit& l) { return l.source == "not understood: NCPUS=all"; }));
}

TEST(UsableCores, ReportAMalformedShareAsAProblem) {
  for (const char* text : {"0", "-1", "half", "1.5", "2 "}) {
    PretendMachine machine;
    machine.cpus(8).variable("DROVER_CORES", text);
    const UsableCores usable = usable_cores(machine.surroundings());
    EXPECT_EQ(usable.problem, std::string("DROVER_CORES='") + text +
                                  "' is not a number of cores: set it to a whole number from 1, or unset it");
    EXPECT_EQ(usable.count, 8U);
    EXPECT_FALSE(usable.share_of_outer);
  }
  PretendMachine machine;
  machine.cpus(8).variable("DROVER_CORES", "");
  EXPECT_EQ(usable_cores(machine.surroundings()).problem, "");
}

TEST(Pretence, ReplacesTheMachineButNotTheAllocation) {
  PretendMachine machine;
  machine.cpus(2).variable("DROVER_PRETEND", "cores=16,mem=32G");
  const UsableCores usable = usable_cores(machine.surroundings());
  EXPECT_EQ(usable.count, 16U);
  EXPECT_EQ(decided(usable).name, "DROVER_PRETEND");
  EXPECT_EQ(names(usable), (std::vector<std::string>{"DROVER_PRETEND", "batch allocation", "DROVER_CORES"}));
  EXPECT_EQ(usable.cpus, Cpus({0, 1}));
  EXPECT_EQ(core_order(usable, machine.surroundings()).physical, 16U);
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 32_GiB);
  machine.variable("SLURM_CPUS_ON_NODE", "12").variable("SLURM_MEM_PER_NODE", "4096");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 12U);
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 4_GiB);
  machine.variable("DROVER_CORES", "5");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 5U);
}

TEST(Pretence, MayBeOfOnePartOnly) {
  PretendMachine machine;
  machine.cpus(2)
      .file("/proc/meminfo", "MemAvailable:    1048576 kB\n")
      .variable("DROVER_PRETEND", "cores=16");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 16U);
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 1_GiB);
  machine.variable("DROVER_PRETEND", "mem=8G");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 2U);
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 8_GiB);
}

TEST(Pretence, TakesTheMemoryFromAFileEachTime) {
  PretendMachine machine;
  machine.cpus(2).file("/size", "3G\n").variable("DROVER_PRETEND", "mem=@" + machine.path("/size"));
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 3_GiB);
  machine.file("/size", "500M");
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 500_MiB);
  EXPECT_EQ(usable_memory(machine.surroundings()).decided, "DROVER_PRETEND=mem=@" + machine.path("/size"));
  machine.variable("DROVER_PRETEND", "cores=16,mem=@" + machine.path("/size") + ",filesystem=nfs");
  EXPECT_EQ(usable_cores(machine.surroundings()).count, 16U);
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 500_MiB);
  machine.file("/size", "");
  EXPECT_TRUE(usable_memory(machine.surroundings()).problem.starts_with("DROVER_PRETEND: ")) << "no size";
}

TEST(Pretence, MayBeOfANetworkFilesystem) {
  PretendMachine machine;
  EXPECT_FALSE(pretence(machine.environment())->network_filesystem);
  machine.variable("DROVER_PRETEND", "filesystem=nfs");
  EXPECT_TRUE(pretence(machine.environment())->network_filesystem);
  EXPECT_FALSE(pretence(machine.environment())->memory.has_value());
}

TEST(Pretence, IsAProblemWhenMalformed) {
  for (const char* text :
       {"16", "cores=0", "cores=x", "mem=32", "cores=16;mem=32G", "cpus=4", "cores=16,,mem=1G", "mem=@",
        "mem=@/no/such/file", "filesystem=", "filesystem=ext4"}) {
    PretendMachine machine;
    machine.cpus(2).variable("DROVER_PRETEND", text);
    EXPECT_TRUE(usable_cores(machine.surroundings()).problem.starts_with("DROVER_PRETEND: ")) << text;
    EXPECT_TRUE(usable_memory(machine.surroundings()).problem.starts_with("DROVER_PRETEND: ")) << text;
  }
}

TEST(UsableMemory, IsWhatTheKernelHasAvailableUnlessTheCgroupHasLess) {
  PretendMachine machine;
  machine.file("/proc/meminfo",
               "MemTotal:       24684096 kB\nMemFree:        1 kB\nMemAvailable:   8388608 kB\n");
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 8_GiB);
  EXPECT_EQ(usable_memory(machine.surroundings()).decided, "MemAvailable");
  machine.unified("/job")
      .file("/sys/fs/cgroup/job/memory.max", "3221225472\n")
      .file("/sys/fs/cgroup/job/memory.current", "1073741824\n");
  EXPECT_EQ(usable_memory(machine.surroundings()).count, 2_GiB);
  EXPECT_EQ(usable_memory(machine.surroundings()).decided,
            "cgroup: " + machine.path("/sys/fs/cgroup/job/memory.max = 3221225472"));
}

TEST(UsableMemory, IsZeroOnlyWhenNothingCanBeRead) {
  for (const char* text : {"", "MemAvailable:", "MemAvailable:   lots kB", "MemTotal: 5 kB"}) {
    PretendMachine machine;
    machine.file("/proc/meminfo", text);
    EXPECT_EQ(usable_memory(machine.surroundings()).count, Bytes{0}) << text;
    EXPECT_EQ(usable_memory(machine.surroundings()).decided, "");
  }
}

// Two packages of two cores with two threads each, numbered as Linux does: the siblings come last.
PretendMachine& two_packages(PretendMachine& machine) {
  machine.cpus(8);
  for (std::uint32_t cpu = 0; cpu < 8; ++cpu)
    machine.seat(cpu, static_cast<int>(cpu / 2 % 2), static_cast<int>(cpu % 2));
  return machine;
}

TEST(CoreOrder, PutsThreadsOfACoreAndThenCoresOfAPackageTogether) {
  PretendMachine machine;
  two_packages(machine);
  const CoreOrder order = core_order(usable_cores(machine.surroundings()), machine.surroundings());
  EXPECT_EQ(order.cpus, Cpus({0, 4, 1, 5, 2, 6, 3, 7}));
  EXPECT_EQ(order.physical, 4U);
}

TEST(CoreOrder, CountsOnlyCoresOfAllowedCpus) {
  PretendMachine machine;
  two_packages(machine).allow({0, 4, 3});
  const CoreOrder order = core_order(usable_cores(machine.surroundings()), machine.surroundings());
  EXPECT_EQ(order.cpus, Cpus({0, 4, 3}));
  EXPECT_EQ(order.physical, 2U);
}

TEST(CoreOrder, NeverHasMorePhysicalCoresThanAreUsable) {
  PretendMachine machine;
  two_packages(machine).variable("NCPUS", "3");
  EXPECT_EQ(core_order(usable_cores(machine.surroundings()), machine.surroundings()).physical, 3U);
}

TEST(CoreOrder, TellsDiesOfAPackageApart) {
  PretendMachine machine;
  machine.cpus(2).seat(0, 0, 0).seat(1, 0, 0);
  EXPECT_EQ(core_order(usable_cores(machine.surroundings()), machine.surroundings()).physical, 1U);
  machine.file("/sys/devices/system/cpu/cpu1/topology/die_id", "1\n");
  EXPECT_EQ(core_order(usable_cores(machine.surroundings()), machine.surroundings()).physical, 2U);
}

TEST(CoreOrder, TakesACpuWithoutTopologyForACoreOfItsOwn) {
  PretendMachine machine;
  machine.cpus(3).seat(2, -1, 0);
  const CoreOrder order = core_order(usable_cores(machine.surroundings()), machine.surroundings());
  EXPECT_EQ(order.cpus, Cpus({2, 0, 1}));
  EXPECT_EQ(order.physical, 3U);
}

}  // namespace
}  // namespace drover::machine
