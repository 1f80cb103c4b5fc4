#include "process/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "units/assert.hpp"

namespace drover::process {
namespace {

constexpr std::size_t child_stack_bytes =
    64UL << 10U;  // execve(2) and a few system calls; all lists live elsewhere
constexpr std::size_t guard_bytes = 4096;

// What the child reads and writes while it shares our memory.
struct ChildView {
  const SpawnRequest* request;
  const sigset_t* mask;
  const rlimit* files;
  pid_t parent;
  SpawnFailure failure;
};

// ---- Between clone and exec: shared memory, borrowed stack. No allocation, no lock, no library state. ----

// And no [[noreturn]] call such as _exit(2): the address sanitizer tidies up the stack before one, and takes this
// borrowed stack for the thread's own. clone(2) ends the child when child_main returns.
constexpr int not_executed = 127;

int give_up(ChildView& view, SpawnFailure::Step step) {
  view.failure = {step, errno};
  return not_executed;
}

void put_descriptor(int from, int to) {
  if (from == to) {
    ::fcntl(to, F_SETFD, 0);
  } else {
    ::dup2(from, to);
  }
}

int child_main(void* argument) {
  auto& view = *static_cast<ChildView*>(argument);
  const SpawnRequest& request = *view.request;
  ::setpgid(0, 0);
  // Armed for the thread that called clone; if that one is gone by now the signal never comes, so look.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != view.parent) return not_executed;
  put_descriptor(request.stdin_fd, STDIN_FILENO);
  put_descriptor(request.stdout_fd, STDOUT_FILENO);
  put_descriptor(request.stderr_fd, STDERR_FILENO);
  // The table of descriptors is a copy: the parent's stay closed on exec.
  for (const int fd : request.inherited) ::fcntl(fd, F_SETFD, 0);
  if (request.directory != nullptr && ::chdir(request.directory) != 0)
    return give_up(view, SpawnFailure::Step::directory);
  if (request.affinity != nullptr && ::sched_setaffinity(0, request.affinity_size, request.affinity) != 0) {
    return give_up(view, SpawnFailure::Step::affinity);
  }
  if (view.files != nullptr) ::setrlimit(RLIMIT_NOFILE, view.files);
  ::sigprocmask(SIG_SETMASK, view.mask, nullptr);
  ::execve(request.path, request.argv, request.envp);
  return give_up(view, SpawnFailure::Step::exec);
}

// ---- The parent again. ----

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

bool SpawnFailure::exhausted() const {
  return (step == Step::clone &&
          (error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE)) ||
         (step == Step::exec && (error == EAGAIN || error == ENOMEM || error == ENFILE));
}

std::string SpawnFailure::describe(const SpawnRequest& request) const {
  switch (step) {
    case Step::clone:
      return fmt::format("cannot start a process ({})", std::strerror(error));
    case Step::directory:
      return fmt::format("cannot enter the folder {} ({})", request.directory, std::strerror(error));
    case Step::affinity:
      return fmt::format("cannot pin to the slot's cores ({})", std::strerror(error));
    case Step::exec:
      break;
  }
  if (error == E2BIG)
    return "cannot run: the argument list is too long for the system; give a task fewer or shorter inputs";
  if (error == ENOENT)
    return fmt::format("cannot run {}: no such program (or its interpreter is missing)", request.path);
  if (error == EACCES)
    return fmt::format("cannot run {}: no permission to execute it (chmod +x?)", request.path);
  return fmt::format("cannot run {} ({})", request.path, std::strerror(error));
}

Child::~Child() {
  if (pid_ <= 0) return;
  signal_group(SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    Child old(std::exchange(pid_, std::exchange(other.pid_, 0)),
              std::exchange(ended_, std::move(other.ended_)));
  }
  return *this;
}

void Child::signal_group(int signal) const {
  DROVER_ASSERT(pid_ > 1, pid_);
  // ESRCH cannot happen while it is not reaped; EPERM (it changed its user) leaves nothing to be done.
  ::kill(-pid_, signal);
}

std::optional<Child::End> Child::try_reap() {
  DROVER_ASSERT(pid_ > 1, pid_);
  int status = 0;
  rusage usage{};
  pid_t reaped = 0;
  do {
    reaped = ::wait4(pid_, &status, WNOHANG, &usage);
  } while (reaped < 0 && errno == EINTR);
  DROVER_ASSERT(reaped >= 0, pid_, errno);
  if (reaped == 0) return std::nullopt;
  pid_ = 0;
  ended_.reset();
  return End{ExitStatus::from_wait(status), seconds(usage.ru_utime), seconds(usage.ru_stime),
             static_cast<std::uint64_t>(usage.ru_maxrss) << 10U};
}

Spawner::Spawner(const sigset_t& mask, std::optional<rlimit> files) : mask_(mask), files_(files) {
  stack_ = ::mmap(nullptr, child_stack_bytes + guard_bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  DROVER_ASSERT(stack_ != MAP_FAILED, errno);
  DROVER_ASSERT(::mprotect(stack_, guard_bytes, PROT_NONE) == 0, errno);
}

Spawner::~Spawner() {
  ::munmap(stack_, child_stack_bytes + guard_bytes);
}

std::expected<Child, SpawnFailure> Spawner::start(const SpawnRequest& request) {
  std::expected<Child, SpawnFailure> child = start_program(request);
  const bool not_executable =
      !child && child.error().step == SpawnFailure::Step::exec && child.error().error == ENOEXEC;
  return not_executable ? start_as_shell_script(request) : std::move(child);
}

std::expected<Child, SpawnFailure> Spawner::start_program(const SpawnRequest& request) {
  ChildView view{&request, &mask_, files_ ? &*files_ : nullptr, ::getpid(), {}};
  int pidfd = -1;
  char* top = static_cast<char*>(stack_) + guard_bytes + child_stack_bytes;
  // Signals are blocked in drover's event loop for good (signalfd), so no handler can run on the shared
  // memory.
  const int pid = ::clone(child_main, top, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &view, &pidfd);
  if (pid < 0) return std::unexpected(SpawnFailure{SpawnFailure::Step::clone, errno});
  Child child(pid, machine::UniqueFd(pidfd));
  if (view.failure.error != 0) return std::unexpected(view.failure);  // ~Child reaps
  return child;
}

// A script without "#!": what execvp(3) and every shell do with it. From here and not in the child, where a
// list of any length could not be made.
std::expected<Child, SpawnFailure> Spawner::start_as_shell_script(const SpawnRequest& request) {
  char shell[] = "/bin/sh";
  std::vector<char*> words{shell, const_cast<char*>(request.path)};  // NOLINT: execve(2) does not write to it
  for (char* const* word = request.argv; *word != nullptr; ++word) {
    if (word != request.argv) words.push_back(*word);
  }
  words.push_back(nullptr);
  SpawnRequest by_shell = request;
  by_shell.path = shell;
  by_shell.argv = words.data();
  return start_program(by_shell);
}

bool group_exists(pid_t group) {
  return signal_group(group, 0);
}

bool signal_group(pid_t group, int signal) {
  DROVER_ASSERT(group > 1, group);
  return ::kill(-group, signal) == 0 || errno == EPERM;
}

}  // namespace drover::process
