// Whether a process that was written down still lives. The living one is this test; the dead one is a child.
#include "machine/host.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace drover::machine {
namespace {

TEST(Host, HasANameAndAStart) {
  std::string name, boot;
  std::getline(std::ifstream("/proc/sys/kernel/hostname"), name);
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot);
  EXPECT_EQ(host_name(), name);
  EXPECT_EQ(boot_id(), boot);
  EXPECT_EQ(boot_id().size(), 36U) << "a UUID";
}

TEST(StartTime, IsThatOfTheProcess) {
  const auto ours = start_time_of(::getpid());
  ASSERT_TRUE(ours.has_value());
  EXPECT_GT(*ours, 0U);
  EXPECT_GE(*ours, start_time_of(::getppid()).value_or(0)) << "the parent is older";
  EXPECT_EQ(start_time_of(0), std::nullopt);
  EXPECT_EQ(start_time_of(-1), std::nullopt);
}

TEST(StartTime, IsNotMisledByTheNameOfAProgram) {
  std::string before;
  std::getline(std::ifstream("/proc/self/comm"), before);
  const auto expected = start_time_of(::getpid());
  std::ofstream("/proc/self/comm") << ") Z 1 1 (a b" << std::flush;
  EXPECT_EQ(start_time_of(::getpid()), expected);
  EXPECT_TRUE(still_runs(this_process()));
  std::ofstream("/proc/self/comm") << before << std::flush;
}

TEST(ProcessIdentity, OfOursStillRuns) {
  const ProcessIdentity ours = this_process();
  EXPECT_EQ(ours.pid, ::getpid());
  EXPECT_EQ(ours, this_process());
  EXPECT_TRUE(is_on_this_host(ours));
  EXPECT_TRUE(still_runs(ours));
}

TEST(ProcessIdentity, IsNotThatOfAYoungerProcessWithTheSameNumber) {
  ProcessIdentity older = this_process();
  older.start_time -= 1;
  EXPECT_FALSE(still_runs(older));
  older.start_time = 0;
  EXPECT_TRUE(still_runs(older)) << "not known";
}

TEST(ProcessIdentity, EndsWithTheMachine) {
  ProcessIdentity before = this_process();
  before.boot = "00000000-0000-0000-0000-000000000000";
  EXPECT_FALSE(still_runs(before));
  before.boot.clear();
  EXPECT_TRUE(still_runs(before)) << "not known";
}

TEST(ProcessIdentity, OfAnotherHostIsTakenForALivingOne) {
  ProcessIdentity away = this_process();
  away.host += ".elsewhere";
  away.boot = "00000000-0000-0000-0000-000000000000";
  away.start_time = 1;
  EXPECT_FALSE(is_on_this_host(away));
  EXPECT_TRUE(still_runs(away));
}

TEST(ProcessIdentity, OfOneThatHasEndedDoesNotRun) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_GT(child, 0);
  siginfo_t end{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOWAIT), 0);
  ProcessIdentity ended = this_process();
  ended.pid = child;
  ended.start_time = start_time_of(child).value_or(0);
  EXPECT_GT(ended.start_time, 0U);
  EXPECT_FALSE(still_runs(ended)) << "a zombie";
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(start_time_of(child), std::nullopt);
  EXPECT_FALSE(still_runs(ended));
}

}  // namespace
}  // namespace drover::machine
