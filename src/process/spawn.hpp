// Starts one child process: never through a shell, never by fork(2).
//
//     auto child = spawner.start({.path = "/bin/true", .argv = argv, .envp = envp});
//
// The child shares our memory until it has executed the program (clone(2) with CLONE_VM, CLONE_VFORK and
// CLONE_PIDFD), so the cost does not grow with ours, and whatever stands in its way is reported here and now:
// a missing program is an error of start(), never an exit status 127 later. posix_spawn(3) was rejected: it
// can set neither the parent-death signal nor limits nor affinity before exec.
//
// Before exec the child gets: a process group of its own, SIGKILL when the calling *thread* ends (checked
// against the race with getppid(2)), its three standard descriptors, folder, affinity, the limit of open
// files and the signal mask that drover itself was started with. A script without "#!" is given to /bin/sh,
// as execvp(3) does.
//
// Threads  start() may be called by one thread at a time per Spawner; that thread must outlive the children.
// Source   clone(2), prctl(2) PR_SET_PDEATHSIG, setpgid(2), execve(2).
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "machine/unique_fd.hpp"
#include "process/exit_status.hpp"

namespace drover::process {

struct SpawnRequest {
  const char* path = nullptr;  // program: a path, not searched for
  char* const* argv = nullptr;
  char* const* envp = nullptr;
  int stdin_fd = 0, stdout_fd = 1, stderr_fd = 2;  // become 0, 1 and 2 of the child
  const char* directory = nullptr;                 // chdir(2) before exec; nothing: ours
  const cpu_set_t* affinity = nullptr;             // with affinity_size bytes; nothing: ours
  std::size_t affinity_size = 0;
  // Descriptors that the child keeps, under the same numbers (> 2), although they are closed on exec with us;
  // they stay so for every other child. Those of a job server (jobserver.hpp).
  std::span<const int> inherited = {};
};

// Why a child could not be started.
struct SpawnFailure {
  enum class Step { clone, directory, affinity, exec };
  Step step = Step::clone;
  int error = 0;  // errno

  // No process, memory or descriptor left: worth trying again when something has ended.
  [[nodiscard]] bool exhausted() const;
  // "no such program", "argument list too long", …
  [[nodiscard]] std::string describe(const SpawnRequest& request) const;
};

// One child that was not reaped yet. The destructor kills its group and reaps,
// so that no path leaves a zombie.
class Child {
 public:
  Child() = default;
  Child(pid_t pid, machine::UniqueFd ended) : pid_(pid), ended_(std::move(ended)) {}
  ~Child();
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)), ended_(std::move(other.ended_)) {}
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] explicit operator bool() const { return pid_ > 0; }
  // A pidfd: readable when the child has ended.
  [[nodiscard]] int ended_fd() const { return ended_.get(); }

  // To the whole process group. The child is not reaped while we hold it, so the
  // number cannot name a stranger.
  void signal_group(int signal) const;

  struct End {
    ExitStatus status;
    double cpu_user = 0, cpu_system = 0;  // seconds, of it and all descendants that were waited for
    std::uint64_t peak_rss = 0;           // bytes, of the largest single process among them
  };
  // Nothing while it still runs. Afterwards this object is empty.
  [[nodiscard]] std::optional<End> try_reap();

 private:
  pid_t pid_ = 0;
  machine::UniqueFd ended_;
};

class Spawner {
 public:
  // `mask`: the signal mask for children. `files`: their limit of open files, where ours was raised.
  Spawner(const sigset_t& mask, std::optional<rlimit> files);
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  [[nodiscard]] std::expected<Child, SpawnFailure> start(const SpawnRequest& request);

 private:
  std::expected<Child, SpawnFailure> start_program(const SpawnRequest& request);
  std::expected<Child, SpawnFailure> start_as_shell_script(const SpawnRequest& request);

  sigset_t mask_;
  std::optional<rlimit> files_;
  void* stack_ = nullptr;  // the child's until it has executed; a guard page lies below
};

// True if a process group still has a member, zombies not reaped included.
[[nodiscard]] bool group_exists(pid_t group);
// Sends `signal` to a group that is not led by one of our children any more. False if it is empty.
bool signal_group(pid_t group, int signal);

}  // namespace drover::process
