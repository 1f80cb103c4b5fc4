#include "process/exit_status.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace drover::process {
namespace {

// wait(2) on Linux: the exit status in bits 8 to 15, or the signal in bits 0 to 6 and "core dumped" in bit 7.
TEST(ExitStatus, IsReadFromAWaitStatus) {
  EXPECT_EQ(ExitStatus::from_wait(0), ExitStatus::exited(0));
  EXPECT_EQ(ExitStatus::from_wait(255 << 8), ExitStatus::exited(255));
  EXPECT_EQ(ExitStatus::from_wait(9), ExitStatus::signalled(SIGKILL));
  EXPECT_EQ(ExitStatus::from_wait(11 | 128), ExitStatus::signalled(SIGSEGV, true));
}

TEST(ExitStatus, IsASuccessOnlyIfItExitedWithNought) {
  EXPECT_TRUE(ExitStatus::exited(0).success());
  EXPECT_FALSE(ExitStatus::exited(1).success());
  EXPECT_FALSE(ExitStatus::signalled(SIGTERM).success());
  EXPECT_EQ(ExitStatus::signalled(SIGTERM).code(), 0);
}

TEST(ExitStatus, IsDescribedInWords) {
  EXPECT_EQ(ExitStatus::exited(3).describe(), "exit status 3");
  EXPECT_EQ(ExitStatus::signalled(SIGKILL).describe(), "killed by SIGKILL (killed)");
  EXPECT_EQ(ExitStatus::signalled(SIGSEGV, true).describe(),
            "killed by SIGSEGV (segmentation fault, core dumped)");
  EXPECT_NE(ExitStatus::signalled(40).describe().find("signal 40"), std::string::npos)
      << "no name: real time";
}

}  // namespace
}  // namespace drover::process
