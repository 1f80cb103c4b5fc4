// The files look as cgroups(7), proc_pid_mountinfo(5) and the kernel's cgroup-v2.rst describe them.
#include "machine/cgroup.hpp"

#include <gtest/gtest.h>

#include "tests/machine/pretend_machine.hpp"

namespace drover::machine {
namespace {

using namespace drover::literals;
using Folders = std::vector<std::string>;

// Version 1 with cpu and cpuacct mounted together, as distributions did.
PretendMachine& legacy(PretendMachine& machine, const std::string& group,
                       const std::string& mount_root = "/") {
  machine.file("/proc/self/cgroup", "5:memory:" + group + "\n4:cpuset:/elsewhere\n3:cpu,cpuacct:" + group +
                                        "\n1:name=systemd:/init.scope\n");
  return machine.file(
      "/proc/self/mountinfo",
      "30 24 0:26 / /sys/fs/cgroup ro,nosuid shared:8 - tmpfs tmpfs ro,mode=755\n"
      "31 30 0:27 / /sys/fs/cgroup/systemd rw shared:9 - cgroup cgroup rw,xattr,name=systemd\n"
      "32 30 0:28 / /sys/fs/cgroup/cpuset rw shared:10 - cgroup cgroup rw,cpuset\n"
      "33 30 0:29 " +
          mount_root +
          " /sys/fs/cgroup/cpu,cpuacct rw shared:11 - cgroup cgroup rw,cpu,cpuacct\n"
          "34 30 0:30 " +
          mount_root + " /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
}

// cpu in version 1, each controller on a mount of its own, and an empty version 2 beside them.
PretendMachine& hybrid(PretendMachine& machine, const std::string& v1_group, const std::string& v2_group) {
  machine.file("/proc/self/cgroup",
               "4:memory:" + v1_group + "\n2:cpuacct:/\n1:cpu:" + v1_group + "\n0::" + v2_group + "\n");
  return machine.file("/proc/self/mountinfo",
                      "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
                      "33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct\n"
                      "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
                      "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
                      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n");
}

TEST(CgroupFolders, AreTheOwnGroupAndItsAncestorsNearestFirst) {
  PretendMachine machine;
  machine.unified("/user.slice/job 7");
  EXPECT_EQ(cgroup_folders(machine.surroundings(), CgroupVersion::v2, "cpu"),
            Folders({machine.path("/sys/fs/cgroup/user.slice/job 7"),
                     machine.path("/sys/fs/cgroup/user.slice"), machine.path("/sys/fs/cgroup")}));
  EXPECT_EQ(cgroup_folders(machine.surroundings(), CgroupVersion::v1, "cpu"), Folders{});
}

TEST(CgroupFolders, AreThoseOfTheControllerInVersion1) {
  PretendMachine machine;
  legacy(machine, "/slurm/job_1");
  EXPECT_EQ(cgroup_folders(machine.surroundings(), CgroupVersion::v1, "cpu").front(),
            machine.path("/sys/fs/cgroup/cpu,cpuacct/slurm/job_1"));
  EXPECT_EQ(
      cgroup_folders(machine.surroundings(), CgroupVersion::v1, "cpuset"),
      Folders({machine.path("/sys/fs/cgroup/cpuset/elsewhere"), machine.path("/sys/fs/cgroup/cpuset")}));
}

TEST(CgroupFolders, StartAtTheTopOfWhatAContainerSees) {
  PretendMachine machine;
  legacy(machine, "/docker/abc/sub", "/docker/abc");
  EXPECT_EQ(
      cgroup_folders(machine.surroundings(), CgroupVersion::v1, "cpu"),
      Folders({machine.path("/sys/fs/cgroup/cpu,cpuacct/sub"), machine.path("/sys/fs/cgroup/cpu,cpuacct")}));
}

TEST(CgroupFolders, NeverLeaveTheMountForAGroupOutsideOfIt) {
  for (const char* outside : {"/docker/abcd", "/../other", "/elsewhere"}) {
    PretendMachine machine;
    legacy(machine, outside, "/docker/abc");
    EXPECT_EQ(cgroup_folders(machine.surroundings(), CgroupVersion::v1, "cpu"),
              Folders({machine.path("/sys/fs/cgroup/cpu,cpuacct")}))
        << outside;
  }
}

TEST(CgroupFolders, PreferTheMountThatHoldsTheGroup) {
  PretendMachine machine;
  machine.file("/proc/self/cgroup", "0::/a/b\n")
      .file("/proc/self/mountinfo",
            "50 1 0:22 /x /mnt/part rw - cgroup2 cgroup2 rw\n"
            "51 1 0:22 / /mnt/all\\040groups rw - cgroup2 cgroup2 rw\n"
            "52 1 0:22 /y /mnt/other rw - cgroup2 cgroup2 rw\n");
  EXPECT_EQ(cgroup_folders(machine.surroundings(), CgroupVersion::v2, "").back(),
            machine.path("/mnt/all groups"));
}

TEST(CpuQuota, IsRoundedDownToWholeCoresAndNeverBelowOne) {
  for (const auto& [text, cores] : {std::pair{"200000 100000", 2U},
                                    {"150000 100000", 1U},
                                    {"199999 100000", 1U},
                                    {"20000 100000", 1U},
                                    {"400000 50000", 8U},
                                    {"300000", 3U}}) {
    PretendMachine machine;
    machine.unified("/job").file("/sys/fs/cgroup/job/cpu.max", std::string(text) + "\n");
    const CpuQuota quota = cgroup_cpu_quota(machine.surroundings());
    EXPECT_EQ(quota.cores, cores) << text;
    EXPECT_EQ(quota.source, machine.path("/sys/fs/cgroup/job/cpu.max = ") + text);
  }
}

TEST(CpuQuota, IsTheLeastOverTheAncestors) {
  PretendMachine machine;
  machine.unified("/a/b/c")
      .file("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n")
      .file("/sys/fs/cgroup/a/b/cpu.max", "300000 100000\n")
      .file("/sys/fs/cgroup/a/cpu.max", "800000 100000\n");
  const CpuQuota quota = cgroup_cpu_quota(machine.surroundings());
  EXPECT_EQ(quota.cores, 3U);
  EXPECT_EQ(quota.source, machine.path("/sys/fs/cgroup/a/b/cpu.max = 300000 100000"));
}

TEST(CpuQuota, IsReadFromVersion1) {
  PretendMachine machine;
  legacy(machine, "/slurm/job_1")
      .file("/sys/fs/cgroup/cpu,cpuacct/slurm/job_1/cpu.cfs_quota_us", "-1\n")
      .file("/sys/fs/cgroup/cpu,cpuacct/slurm/job_1/cpu.cfs_period_us", "100000\n")
      .file("/sys/fs/cgroup/cpu,cpuacct/slurm/cpu.cfs_quota_us", "150000\n")
      .file("/sys/fs/cgroup/cpu,cpuacct/slurm/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cpu_quota(machine.surroundings()).cores, 1U);
}

TEST(CpuQuota, IsFoundInEitherHalfOfAHybridMount) {
  PretendMachine one;
  hybrid(one, "/job", "/")
      .file("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "500000\n")
      .file("/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cpu_quota(one.surroundings()).cores, 5U);
  PretendMachine two;
  hybrid(two, "/", "/job").file("/sys/fs/cgroup/unified/job/cpu.max", "400000 100000\n");
  EXPECT_EQ(cgroup_cpu_quota(two.surroundings()).cores, 4U);
}

TEST(CpuQuota, IsNoneWithoutFilesOrWithoutALimit) {
  EXPECT_EQ(cgroup_cpu_quota(PretendMachine().surroundings()).cores, std::nullopt);
  PretendMachine machine;
  machine.unified("/").file("/sys/fs/cgroup/cpu.max", "max 100000\n");
  const CpuQuota quota = cgroup_cpu_quota(machine.surroundings());
  EXPECT_EQ(quota.cores, std::nullopt);
  EXPECT_TRUE(quota.not_understood.empty());
}

TEST(CpuQuota, NamesWhatItDoesNotUnderstandAndGoesOn) {
  for (const char* garbage : {"lots 100000", "200000 0", "200000 x", "-5 100000", ""}) {
    PretendMachine machine;
    machine.unified("/a/b")
        .file("/sys/fs/cgroup/a/b/cpu.max", garbage)
        .file("/sys/fs/cgroup/a/cpu.max", "600000 100000");
    const CpuQuota quota = cgroup_cpu_quota(machine.surroundings());
    EXPECT_EQ(quota.cores, 6U) << garbage;
    EXPECT_EQ(quota.not_understood, Folders({machine.path("/sys/fs/cgroup/a/b/cpu.max = ") + garbage}));
  }
}

TEST(CpuQuota, SurvivesGarbageInTheListsOfGroupsAndMounts) {
  for (const char* garbage :
       {"", "\n\n", "0:", "0::relative\n", ":::::\n", "cgroup2", " - cgroup2 \n", "1:cpu\n0::/\n"}) {
    PretendMachine machine;
    machine.file("/proc/self/cgroup", garbage).file("/proc/self/mountinfo", garbage);
    EXPECT_EQ(cgroup_cpu_quota(machine.surroundings()).cores, std::nullopt) << garbage;
  }
}

TEST(CgroupMemory, IsTheLimitLessWhatCannotBeReclaimedAtOnce) {
  PretendMachine machine;
  machine.unified("/job")
      .file("/sys/fs/cgroup/job/memory.max", "4294967296\n")
      .file("/sys/fs/cgroup/job/memory.high", "max\n")
      .file("/sys/fs/cgroup/job/memory.current", "3221225472\n")
      .file("/sys/fs/cgroup/job/memory.stat", "anon 1\nactive_file 5\ninactive_file 2147483648\n");
  const MemoryLeft left = cgroup_memory_left(machine.surroundings());
  EXPECT_EQ(left.bytes, 3_GiB);
  EXPECT_EQ(left.source, machine.path("/sys/fs/cgroup/job/memory.max = 4294967296"));
}

TEST(CgroupMemory, IsTheLeastLeftOverTheAncestorsAndCountsMemoryHigh) {
  PretendMachine machine;
  machine.unified("/a/b")
      .file("/sys/fs/cgroup/a/b/memory.max", "8589934592\n")
      .file("/sys/fs/cgroup/a/b/memory.current", "0\n")
      .file("/sys/fs/cgroup/a/memory.max", "max\n")
      .file("/sys/fs/cgroup/a/memory.high", "6442450944\n")
      .file("/sys/fs/cgroup/a/memory.current", "5368709120\n");
  EXPECT_EQ(cgroup_memory_left(machine.surroundings()).bytes, 1_GiB);
}

TEST(CgroupMemory, IsReadFromVersion1WhereTheLargestNumberMeansNoLimit) {
  PretendMachine machine;
  legacy(machine, "/slurm/job_1")
      .file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
      .file("/sys/fs/cgroup/memory/slurm/job_1/memory.limit_in_bytes", "2147483648\n")
      .file("/sys/fs/cgroup/memory/slurm/job_1/memory.usage_in_bytes", "1610612736\n")
      .file("/sys/fs/cgroup/memory/slurm/job_1/memory.stat",
            "inactive_file 7\ntotal_inactive_file 536870912\n");
  EXPECT_EQ(cgroup_memory_left(machine.surroundings()).bytes, 1_GiB);
  PretendMachine unlimited;
  legacy(unlimited, "/").file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(cgroup_memory_left(unlimited.surroundings()).bytes, std::nullopt);
}

TEST(CgroupMemory, IsNeverZeroWhenTheLimitIsUsedUp) {
  PretendMachine machine;
  machine.unified("/job")
      .file("/sys/fs/cgroup/job/memory.max", "1000000\n")
      .file("/sys/fs/cgroup/job/memory.current", "2000000\n");
  EXPECT_EQ(cgroup_memory_left(machine.surroundings()).bytes, Bytes{4096});
}

}  // namespace
}  // namespace drover::machine
