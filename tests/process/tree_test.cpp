// Descendants, whatever way they went.
#include "process/tree.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "children.hpp"

namespace drover::process {
namespace {

class Tree : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }
  void TearDown() override {
    children.clear();
    EXPECT_EQ(kill_all_descendants(), 0U);
    EXPECT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
  }

  Spawner spawner{no_signals(), std::nullopt};
  std::vector<Child> children;

  pid_t start_line(const std::string& line,
                   const std::vector<std::string>& environment = {"PATH=/usr/bin:/bin"}) {
    std::expected<Child, SpawnFailure> child = start(spawner, {"/bin/sh", "-c", line}, {}, environment);
    EXPECT_TRUE(child.has_value());
    children.push_back(std::move(*child));
    return children.back().pid();
  }
  [[nodiscard]] bool is_ours(pid_t pid) const {
    return std::ranges::any_of(children, [pid](const Child& child) { return child.pid() == pid; });
  }
  // Waits until a program of this name is among the descendants of `root`.
  [[nodiscard]] pid_t descendant_called(pid_t root, const std::string& name) {
    pid_t found = 0;
    EXPECT_TRUE(comes_true([&] {
      for (const pid_t pid : descendants(root)) {
        std::string text;
        std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm"), text);
        if (text == name) found = pid;
      }
      return found != 0;
    })) << name;
    return found;
  }
  // An orphan that came to us: a daemon started by a double fork in a session of its own.
  pid_t start_daemon(const std::vector<std::string>& environment) {
    const std::size_t before = own_children().size();
    const pid_t starter = start_line("setsid -f sleep 1000", environment);
    wait_for_end(children.back());
    children.pop_back();
    pid_t daemon = 0;
    EXPECT_TRUE(comes_true([&] {
      const std::vector<pid_t> all = own_children();
      if (all.size() != before + 1) return false;
      daemon = all.back();
      return environment_holds(daemon, environment.front()) && ::getsid(daemon) == daemon;
    }));
    EXPECT_NE(daemon, starter);
    return daemon;
  }
};

TEST_F(Tree, HoldsAllDescendantsParentsFirst) {
  const pid_t root = start_line("sh -c 'sleep 1000; :'; :");
  const pid_t leaf = descendant_called(root, "sleep");
  const std::vector<pid_t> all = descendants(root);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all.back(), leaf);
  const std::vector<pid_t> of_ours = descendants(::getpid());
  ASSERT_EQ(of_ours.size(), 3U);
  EXPECT_EQ(of_ours.front(), root);
}

TEST_F(Tree, IsEmptyForWhoIsGone) {
  start_line("exit 0");
  const pid_t gone = children.back().pid();
  wait_for_end(children.back());
  children.clear();
  EXPECT_TRUE(descendants(gone).empty());
  EXPECT_EQ(tree_use(gone).memory_bytes, 0U);
  EXPECT_FALSE(environment_holds(gone, "PATH=/usr/bin:/bin"));
}

TEST_F(Tree, OfOrphansComesToUs) {
  const pid_t daemon = start_daemon({"DROVER_TASK=1", "PATH=/usr/bin:/bin"});
  EXPECT_EQ(own_children(), std::vector<pid_t>{daemon});
}

TEST_F(Tree, IsFoundByTheWholeLineOfItsEnvironmentOnly) {
  const pid_t pid = start_line("exec sleep 1000", {"DROVER_TASK=12", "MIDDLE=x", "PATH=/usr/bin:/bin"});
  ASSERT_TRUE(comes_true([&] { return environment_holds(pid, "DROVER_TASK=12"); }));
  EXPECT_TRUE(environment_holds(pid, "MIDDLE=x"));
  EXPECT_TRUE(environment_holds(pid, "PATH=/usr/bin:/bin")) << "the last line";
  EXPECT_FALSE(environment_holds(pid, "DROVER_TASK=1")) << "task 1 is not task 12";
  EXPECT_FALSE(environment_holds(pid, "TASK=12"));
}

TEST_F(Tree, OfAnOrphanIsSignalledByItsTaskAndRun) {
  const std::string path = "PATH=/usr/bin:/bin";
  const machine::UniqueFd first = watch(start_daemon({"DROVER_TASK=1", "DROVER_SEED=7", path}));
  const pid_t other_task = start_daemon({"DROVER_TASK=2", "DROVER_SEED=7", path});
  const pid_t other_run = start_daemon({"DROVER_TASK=1", "DROVER_SEED=8", path});
  start_line("exec sleep 1000", {"DROVER_TASK=1", "DROVER_SEED=7", path});
  signal_orphans_of({"DROVER_TASK=1", "DROVER_SEED=7"}, SIGKILL, [this](pid_t pid) { return is_ours(pid); });
  EXPECT_TRUE(readable(first.get()));
  EXPECT_EQ(::kill(other_task, 0), 0);
  EXPECT_EQ(::kill(other_run, 0), 0);
  EXPECT_FALSE(children.back().try_reap().has_value()) << "a child that we started is not an orphan";
}

TEST_F(Tree, OfOneThatLeftItsGroupIsSignalled) {
  const pid_t root = start_line("setsid sleep 1000; :");  // waits for it: it is no orphan
  const pid_t away = descendant_called(root, "sleep");
  ASSERT_TRUE(comes_true([&] { return ::getpgid(away) != root; }));
  const machine::UniqueFd ended = watch(away);
  signal_outside_group(root, root, SIGTERM);
  EXPECT_TRUE(readable(ended.get()));
}

TEST_F(Tree, IsReapedSaveOurChildren) {
  const pid_t orphan = start_daemon({"DROVER_TASK=1", "PATH=/usr/bin:/bin"});
  start_line("exit 5");
  const machine::UniqueFd ended = watch(orphan);
  ASSERT_EQ(::kill(orphan, SIGKILL), 0);
  ASSERT_TRUE(readable(ended.get()));
  ASSERT_TRUE(readable(children.back().ended_fd()));
  reap_orphans([this](pid_t pid) { return is_ours(pid); });
  EXPECT_EQ(own_children().size(), 1U);
  EXPECT_EQ(wait_for_end(children.back()).status, ExitStatus::exited(5)) << "its end was not taken from us";
  children.clear();
}

TEST_F(Tree, IsKilledToTheLast) {
  start_daemon({"A=1", "PATH=/usr/bin:/bin"});
  start_line(
      "trap '' TERM; setsid -f sh -c \"trap '' TERM; sleep 1000 & setsid -f sleep 1000; wait\"; while :; do "
      "sleep 1000; done");
  ASSERT_TRUE(comes_true([&] { return descendants(::getpid()).size() >= 5; }));
  // kill_all_descendants() reaps all of them, ours too: their objects would wait for strangers.
  for (Child& child : children) {
    child.signal_group(SIGKILL);
    wait_for_end(child);
  }
  children.clear();
  EXPECT_EQ(kill_all_descendants(), 0U);
  EXPECT_EQ(::waitpid(-1, nullptr, 0), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(Tree, IsKilledWhileItGoesOnGrowing) {
  // Each starts its successor and ends: whoever takes one look and kills what it saw, kills the dead.
  start_daemon({"A=1", "PATH=/usr/bin:/bin"});
  const pid_t runner = start_line(
      "f() { setsid -f sh -c \"$0\" \"$0\" & }; exec setsid -f sh -c 'sleep 0.001; setsid -f sh -c \"$0\" "
      "\"$0\"' "
      "'sleep 0.001; setsid -f sh -c \"$0\" \"$0\"'");
  wait_for_end(children.back());
  children.clear();
  ASSERT_TRUE(comes_true([&] { return descendants(::getpid()).size() >= 2; })) << runner;
  EXPECT_EQ(kill_all_descendants(), 0U);
  EXPECT_TRUE(own_children().empty());
}

TEST_F(Tree, UseIsTheSumOverItsProcesses) {
  const pid_t root = start_line("sh -c 'ulimit -t 1; while :; do :; done'; sleep 1000; :");
  const pid_t last = descendant_called(root, "sleep");
  const TreeUse use = tree_use(root);
  EXPECT_GE(use.cpu_seconds, 0.5)
      << "of the one that was waited for: its limit was one second, counted in ticks";
  EXPECT_GT(use.memory_bytes, 0U);
  EXPECT_EQ(tree_use(last).memory_bytes, 0U) << "one process: getrusage(2) knows better";
}

// dd fills a buffer of 64 MiB before it writes it to the pipe that nobody reads.
TEST_F(Tree, UseOfASingleProcessIsItsPeakWhenAskedFor) {
  constexpr std::uint64_t filled = 64UL << 20U;
  Result<Pipe> pipe = Pipe::make();
  SpawnRequest request;
  request.stdout_fd = pipe->write_end.get();
  std::expected<Child, SpawnFailure> dd =
      start(spawner, {"/bin/dd", "if=/dev/zero", "bs=64M", "count=1", "status=none"}, request);
  ASSERT_TRUE(dd.has_value());
  children.push_back(std::move(*dd));
  const pid_t pid = children.back().pid();
  ASSERT_TRUE(readable(pipe->read_end.get()));
  const std::uint64_t peak = tree_use(pid, true).memory_bytes;
  EXPECT_GE(peak, filled);
  EXPECT_LT(peak, 2 * filled);
  EXPECT_EQ(tree_use(pid).memory_bytes, 0U) << "not asked for";
  EXPECT_EQ(tree_use(pid, true).cpu_seconds, tree_use(pid).cpu_seconds);
}

TEST_F(Tree, UseOfSeveralIsTheirSumAlsoWhenThePeakOfOneIsAskedFor) {
  const pid_t root = start_line("sleep 1000; :");
  static_cast<void>(descendant_called(root, "sleep"));
  EXPECT_GT(tree_use(root, true).memory_bytes, 0U);
}

}  // namespace
}  // namespace drover::process
