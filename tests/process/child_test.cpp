// A child's end: seen, measured, brought about; and nothing of it left.
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <memory>

#include "children.hpp"

namespace drover::process {
namespace {

class ChildEnds : public testing::Test {
 protected:
  Spawner spawner{no_signals(), std::nullopt};

  // A shell with `line`, and the numbers that it writes first, one a line.
  struct Family {
    Child leader;
    std::vector<pid_t> others;
  };
  [[nodiscard]] Family start_family(const std::string& line, std::size_t others) {
    Result<Pipe> pipe = Pipe::make();
    SpawnRequest request;
    request.stdout_fd = pipe->write_end.get();
    std::expected<Child, SpawnFailure> child = start_shell(spawner, line, request);
    EXPECT_TRUE(child.has_value());
    Family family{std::move(*child), {}};
    std::string text;
    while (static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) < others &&
           readable(pipe->read_end.get())) {
      char byte = 0;
      if (::read(pipe->read_end.get(), &byte, 1) == 1) text += byte;
    }
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
      family.others.push_back(std::stoi(text.substr(at)));
    return family;
  }
};

void expect_no_child_left() {
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(ChildEnds, IsToldWithItsExitStatus) {
  std::expected<Child, SpawnFailure> child = start_shell(spawner, "exit 3");
  EXPECT_EQ(wait_for_end(*child).status, ExitStatus::exited(3));
  EXPECT_FALSE(static_cast<bool>(*child)) << "it was reaped";
  expect_no_child_left();
}

TEST_F(ChildEnds, IsToldWithItsSignal) {
  std::expected<Child, SpawnFailure> child = start_shell(spawner, "kill -SEGV $$");
  EXPECT_EQ(wait_for_end(*child).status.signal(), SIGSEGV);
}

TEST_F(ChildEnds, IsNothingWhileItRuns) {
  std::expected<Child, SpawnFailure> child = start(spawner, {"/bin/sleep", "1000"});
  EXPECT_FALSE(child->try_reap().has_value());
  EXPECT_TRUE(static_cast<bool>(*child));
}

TEST_F(ChildEnds, CountsTheTimeOfDescendantsThatWereWaitedFor) {
  // Computing in a grandchild, up to its limit of one second, which the kernel counts in ticks.
  std::expected<Child, SpawnFailure> child =
      start_shell(spawner, "sh -c 'ulimit -t 1; while :; do :; done'; exit 0");
  const Child::End end = wait_for_end(*child);
  EXPECT_TRUE(end.status.success());
  EXPECT_GE(end.cpu_user + end.cpu_system, 0.5);
  EXPECT_GT(end.peak_rss, 0U);
}

TEST_F(ChildEnds, ByASignalReachesTheWholeGroup) {
  Family family = start_family("sleep 1000 & echo $!; sleep 1000 & echo $!; wait", 2);
  const machine::UniqueFd first = watch(family.others.at(0));
  const machine::UniqueFd second = watch(family.others.at(1));
  family.leader.signal_group(SIGTERM);
  EXPECT_TRUE(readable(first.get()));
  EXPECT_TRUE(readable(second.get()));
  EXPECT_EQ(wait_for_end(family.leader).status.signal(), SIGTERM);
}

TEST_F(ChildEnds, ByASignalReachesTheGroupOfALeaderThatHasEnded) {
  Family family = start_family("sleep 1000 & echo $!; exit 0", 1);
  const machine::UniqueFd left = watch(family.others.at(0));
  ASSERT_TRUE(readable(family.leader.ended_fd()));
  family.leader.signal_group(SIGTERM);  // a zombie, not reaped: the number of the group is still ours
  EXPECT_TRUE(readable(left.get()));
}

TEST_F(ChildEnds, WhenItsObjectGoes) {
  machine::UniqueFd leader;
  machine::UniqueFd other;
  {
    Family family = start_family("trap '' TERM; sleep 1000 & echo $!; wait", 1);
    leader = watch(family.leader.pid());
    other = watch(family.others.at(0));
  }
  EXPECT_TRUE(readable(leader.get()));
  EXPECT_TRUE(readable(other.get())) << "the group, not the leader alone";
  expect_no_child_left();
}

TEST_F(ChildEnds, WhenAnotherTakesItsPlace) {
  std::expected<Child, SpawnFailure> first = start(spawner, {"/bin/sleep", "1000"});
  std::expected<Child, SpawnFailure> second = start(spawner, {"/bin/sleep", "1000"});
  const machine::UniqueFd ended = watch(first->pid());
  const pid_t stays = second->pid();
  *first = std::move(*second);
  EXPECT_TRUE(readable(ended.get()));
  EXPECT_EQ(first->pid(), stays);
  EXPECT_FALSE(first->try_reap().has_value()) << "the one that took the place goes on";
}

TEST_F(ChildEnds, WhenTheThreadThatStartedItEnds) {
  std::expected<Child, SpawnFailure> child = std::unexpected(SpawnFailure{});
  std::thread starter([&] { child = start_shell(spawner, "trap '' TERM HUP INT; exec sleep 1000"); });
  starter.join();
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(wait_for_end(*child).status, ExitStatus::signalled(SIGKILL)) << "PR_SET_PDEATHSIG";
}

TEST_F(ChildEnds, EmptyTheGroupOnlyWithItsLastMember) {
  Family family = start_family("sleep 1000 & echo $!; exit 0", 1);
  const pid_t group = family.leader.pid();
  wait_for_end(family.leader);
  EXPECT_TRUE(group_exists(group)) << "its background job";
  EXPECT_TRUE(signal_group(group, SIGKILL));
  EXPECT_TRUE(comes_true([&] { return !group_exists(group); }));
  EXPECT_FALSE(signal_group(group, SIGKILL));
}

}  // namespace
}  // namespace drover::process
