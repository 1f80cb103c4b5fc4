#include "process/guardian.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "process/exit_status.hpp"
#include "process/tree.hpp"
#include "units/assert.hpp"

namespace drover::process {
namespace {

constexpr std::array passed_on{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT, SIGTSTP};

// The kernel queues blocked signals even if they are ignored, so those ignored at the start are left alone.
sigset_t handled_signals() {
  sigset_t handled;
  sigemptyset(&handled);
  for (const int signal : passed_on) {
    struct sigaction action {};
    DROVER_ASSERT(::sigaction(signal, nullptr, &action) == 0, signal);
    if (action.sa_handler != SIG_IGN) sigaddset(&handled, signal);
  }
  return handled;
}

// Those that end a program at once; the others wait until the engine listens.
sigset_t ending_signals(const sigset_t& handled) {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (sigismember(&handled, signal) == 1) sigaddset(&ending, signal);
  }
  return ending;
}

int engine_main(const std::function<int(Guarded&)>& engine, Guarded& me, const sigset_t& handled,
                pid_t guardian) {
  if (::setsid() < 0) return 255;
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guardian) return 255;
  me.ending = ending_signals(handled);
  DROVER_ASSERT(::sigprocmask(SIG_UNBLOCK, &me.ending, nullptr) == 0, errno);
  me.signals = machine::UniqueFd(::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
  DROVER_ASSERT(static_cast<bool>(me.signals), errno);
  const int status = engine(me);
  kill_all_descendants();
  return status;
}

// By the default action of SIGTSTP, so that a shell sees what it knows. Where nobody could let us go on, in an orphaned
// process group, the kernel leaves that action out (setpgid(2)): then the engine goes on at once.
void stop_with_the_job(pid_t engine) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  DROVER_ASSERT(::raise(SIGTSTP) == 0, errno);
  DROVER_ASSERT(::sigprocmask(SIG_UNBLOCK, &stop, nullptr) == 0, errno);  // here we stand still
  DROVER_ASSERT(::sigprocmask(SIG_BLOCK, &stop, nullptr) == 0, errno);
  ::kill(engine, SIGCONT);
}

struct Watched {
  ExitStatus end;
  int last_passed_on = 0;
};

Watched wait_and_pass_on(pid_t engine, sigset_t waited) {
  Watched watched;
  sigaddset(&waited, SIGCHLD);
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(engine, &status, WNOHANG);
    if (ended == engine) {
      watched.end = ExitStatus::from_wait(status);
      return watched;
    }
    DROVER_ASSERT(ended == 0 || errno == EINTR, errno);
    const int signal = ::sigwaitinfo(&waited, nullptr);
    if (signal < 0 || signal == SIGCHLD) continue;
    ::kill(engine, signal);
    watched.last_passed_on = signal;
    if (signal == SIGTSTP) stop_with_the_job(engine);
  }
}

}  // namespace

void Guarded::listen() {
  DROVER_ASSERT(::sigprocmask(SIG_BLOCK, &ending, nullptr) == 0, errno);
  ::prctl(PR_SET_PDEATHSIG, 0);  // from here on the end of file tells, and there may be something to tidy up
}

int guard(const std::function<int(Guarded&)>& engine) {
  // Ignored, the kernel would reap for us, and nobody could say how a task ended.
  DROVER_ASSERT(::signal(SIGCHLD, SIG_DFL) != SIG_ERR, errno);
  static_cast<void>(std::fflush(nullptr));  // nothing buffered may be written twice
  Guarded me;
  const sigset_t handled = handled_signals();
  sigset_t blocked = handled;
  sigaddset(&blocked, SIGCHLD);
  sigaddset(&blocked, SIGPIPE);  // EPIPE instead; blocked, not ignored, so that tasks do not inherit it
  DROVER_ASSERT(::sigprocmask(SIG_BLOCK, &blocked, &me.original_mask) == 0, errno);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    fmt::print(stderr, "drover: cannot make a pipe ({}): raise `ulimit -n`\n", std::strerror(errno));
    return 255;
  }
  machine::UniqueFd alive(ends[1]);
  me.guardian_gone = machine::UniqueFd(ends[0]);
  const pid_t guardian = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    fmt::print(stderr, "drover: cannot start its engine ({}): raise `ulimit -u` or end other processes\n",
               std::strerror(errno));
    return 255;
  }
  if (pid == 0) {
    alive.reset();
    std::exit(engine_main(engine, me, handled, guardian));  // NOLINT(concurrency-mt-unsafe): a single thread
  }
  const auto [end, last_passed_on] = wait_and_pass_on(pid, handled);
  const std::size_t left = kill_all_descendants();
  if (left != 0) fmt::print(stderr, "drover: {} processes of the tasks could not be ended\n", left);
  if (end.signal() == 0) return end.code();
  if (end.signal() == last_passed_on) return 128 + end.signal();  // before it listened: no task had started
  fmt::print(
      stderr,
      "drover: its engine was {}; every task was ended. What it has written stands: go on from its record "
      "with --resume, or run what is missing again\n",
      end.describe());
  return 255;
}

}  // namespace drover::process
