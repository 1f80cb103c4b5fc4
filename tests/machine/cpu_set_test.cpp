#include "machine/cpu_set.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

namespace drover::machine {
namespace {

using Cpus = std::vector<std::uint32_t>;

TEST(CpuList, IsReadAsCpuset7WritesIt) {
  EXPECT_EQ(parse_cpu_list("0"), Cpus({0}));
  EXPECT_EQ(parse_cpu_list("0-3,8"), Cpus({0, 1, 2, 3, 8}));
  EXPECT_EQ(parse_cpu_list("8,0-1,1"), Cpus({0, 1, 8}));
  EXPECT_EQ(parse_cpu_list(""), Cpus{});
  EXPECT_EQ(parse_cpu_list("0-4095")->size(), 4096U);
}

TEST(CpuList, IsNothingWhenItMakesNoSense) {
  for (const char* text : {"x", "3-1", "1-", "-1", "1,,2", "0-4294967295", "1 2", "0-3:2"}) {
    EXPECT_EQ(parse_cpu_list(text), std::nullopt) << text;
  }
}

TEST(CpuList, IsWrittenWithRanges) {
  EXPECT_EQ(describe_cpu_list(Cpus{0, 1, 2, 3, 8}), "0-3,8");
  EXPECT_EQ(describe_cpu_list(Cpus{5}), "5");
  EXPECT_EQ(describe_cpu_list(Cpus{}), "");
}

TEST(Affinity, GrowsItsMaskUntilTheKernelsFits) {
  std::vector<std::size_t> tried;
  const auto cpus = affinity([&](std::size_t bytes, cpu_set_t* set) {
    tried.push_back(bytes);
    if (bytes * 8 < 5000) {  // as a kernel built for 5000 CPUs
      errno = EINVAL;
      return -1;
    }
    CPU_SET_S(3, bytes, set);
    CPU_SET_S(1024, bytes, set);
    CPU_SET_S(4999, bytes, set);
    return 0;
  });
  EXPECT_EQ(cpus, Cpus({3, 1024, 4999}));
  EXPECT_EQ(tried, (std::vector<std::size_t>{128, 256, 512, 1024}));
}

TEST(Affinity, IsUnknownWhenTheKernelRefuses) {
  const auto refuse_with = [](int reason) {
    return [reason](std::size_t, cpu_set_t*) {
      errno = reason;
      return -1;
    };
  };
  EXPECT_EQ(affinity(refuse_with(EPERM)), std::nullopt);
  EXPECT_EQ(affinity(refuse_with(EINVAL)), std::nullopt);
}

TEST(Affinity, OfThisProcessIsWhatTheKernelSays) {
  cpu_set_t set;
  CPU_ZERO(&set);
  ASSERT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  const auto cpus = affinity();
  ASSERT_TRUE(cpus);
  EXPECT_EQ(cpus->size(), static_cast<std::size_t>(CPU_COUNT(&set)));
}

}  // namespace
}  // namespace drover::machine
