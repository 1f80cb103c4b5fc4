// The machine is pretended (machine/pretend.hpp): tasks may use 100 MiB, less than any control group allows here.
#include "farm/memory_death.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace drover::farm {
namespace {

using namespace drover::literals;
using process::ExitStatus;

class MemoryDeathTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::setenv("DROVER_PRETEND", "mem=100M", 1), 0); }
  void TearDown() override { ::unsetenv("DROVER_PRETEND"); }
  MemoryDeaths deaths_;
};

TEST_F(MemoryDeathTest, IsLikelyFromFourFifthsOfAllThatATaskMayHave) {
  const ExitStatus killed = ExitStatus::signalled(SIGKILL);
  EXPECT_EQ(deaths_.judge(killed, false, 79_MiB), MemoryDeath::no);
  EXPECT_EQ(deaths_.judge(killed, false, 80_MiB), MemoryDeath::likely);
  EXPECT_EQ(deaths_.judge(killed, false, 300_MiB), MemoryDeath::likely);
  EXPECT_EQ(deaths_.limit(), 100_MiB);
}

TEST_F(MemoryDeathTest, IsNotWhatDroverKilled) {
  EXPECT_EQ(deaths_.judge(ExitStatus::signalled(SIGKILL), true, 100_MiB), MemoryDeath::no);
}

TEST_F(MemoryDeathTest, IsToldByAShellAs137) {
  EXPECT_EQ(deaths_.judge(ExitStatus::exited(128 + SIGKILL), false, 100_MiB), MemoryDeath::likely);
}

TEST_F(MemoryDeathTest, IsNoOtherEnd) {
  for (const int signal : {SIGTERM, SIGSEGV, SIGABRT, SIGBUS})
    EXPECT_EQ(deaths_.judge(ExitStatus::signalled(signal), false, 100_MiB), MemoryDeath::no) << signal;
  for (const int code : {0, 1, 9, 128, 143})
    EXPECT_EQ(deaths_.judge(ExitStatus::exited(code), false, 100_MiB), MemoryDeath::no) << code;
}

TEST_F(MemoryDeathTest, GoesByWhatThereIsWhenItHappens) {
  ASSERT_EQ(::setenv("DROVER_PRETEND", "mem=50M", 1), 0);
  EXPECT_EQ(deaths_.judge(ExitStatus::signalled(SIGKILL), false, 41_MiB), MemoryDeath::likely);
  EXPECT_EQ(deaths_.limit(), 50_MiB);
}

TEST(UnclaimedKills, AreOneForEachTaskThatDied) {
  UnclaimedKills kills;
  EXPECT_FALSE(kills.claim());
  kills.add(2);
  EXPECT_TRUE(kills.claim());
  EXPECT_TRUE(kills.claim());
  EXPECT_FALSE(kills.claim());
}

TEST(UnclaimedKills, LapseAtTheSecondCallSoThatAnOldOneIsBlamedOnNobody) {
  UnclaimedKills kills;
  kills.add(1);
  kills.lapse();
  EXPECT_TRUE(kills.claim());
  kills.add(1);
  kills.lapse();
  kills.lapse();
  EXPECT_FALSE(kills.claim());
}

TEST(MemoryDeathText, SaysHowSureItIsAndThePeakOfWhat) {
  EXPECT_EQ(memory_death_text(MemoryDeath::likely, 7_GiB, 8_GiB),
            "killed by SIGKILL, probably out of memory: peak 7 GB of 8 GB");
  EXPECT_EQ(memory_death_text(MemoryDeath::certain, 7_GiB, 8_GiB),
            "killed by SIGKILL, out of memory: peak 7 GB of 8 GB");
  EXPECT_EQ(memory_death_text(MemoryDeath::certain, 7_GiB, {}),
            "killed by SIGKILL, out of memory: peak 7 GB");
}

}  // namespace
}  // namespace drover::farm
