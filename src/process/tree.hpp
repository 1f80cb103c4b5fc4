// The descendants of a process as /proc shows them: to end those that left their
// group, to sum up what they use.
//
// A look at moving things: processes may appear and go while it is read.
// Callers repeat until nothing is left.
// Source   proc(5): /proc/PID/task/TID/children, stat, smaps_rollup, environ.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace drover::process {

// All living descendants of `root`, parents before children, `root` not included.
[[nodiscard]] std::vector<pid_t> descendants(pid_t root);

// Is the process group of `pid` in the background of its terminal? False where it has none.
// To be asked of the guardian: the engine has a session of its own, and for it no terminal is its own.
[[nodiscard]] bool in_background(pid_t pid);

// Children of the calling process only.
[[nodiscard]] std::vector<pid_t> own_children();

struct TreeUse {
  double cpu_seconds = 0;          // user and system, of the living ones and those they waited for
  std::uint64_t memory_bytes = 0;  // sum of the proportional set sizes; of a single process its peak, or 0
};
// Of `root` and its descendants. Memory is summed up for trees of two processes and more: a single process is
// known better from getrusage(2) when it has ended, and smaps_rollup walks all its page tables. For one that
// still runs `memory_of_one` asks for its peak so far (VmHWM), which costs one small file.
[[nodiscard]] TreeUse tree_use(pid_t root, bool memory_of_one = false);

// Does the environment that `pid` was started with hold the line `entry` ("NAME=value")?
[[nodiscard]] bool environment_holds(pid_t pid, std::string_view entry);

// Sends `signal` to the descendants of `root` that are not in the process group `group`: they left it
// (setsid) and a signal to the group does not reach them.
void signal_outside_group(pid_t root, pid_t group, int signal);

// Sends `signal` to orphans that came to us and were started with all `entries` in their environment, and to
// all their descendants; `is_mine` tells the children that we started ourselves.
void signal_orphans_of(const std::vector<std::string>& entries, int signal,
                       const std::function<bool(pid_t)>& is_mine);

// Sends `signal` to every descendant of the calling process; returns how many there are.
std::size_t signal_all_descendants(int signal);

// Sends SIGKILL to all descendants of the calling process and reaps them until none is left. Requires that we
// are a subreaper (prctl(2)), so that orphans come to us. Gives up after `rounds` looks at processes that
// cannot be killed (another user's, stuck in the kernel); returns how many are left.
std::size_t kill_all_descendants(int rounds = 200);

// Reaps adopted orphans that have ended: children of ours that `is_mine` does not claim.
void reap_orphans(const std::function<bool(pid_t)>& is_mine);

}  // namespace drover::process
