// What comes from outside: signals and the guardian's end.
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "farm/engine.hpp"
#include "process/tree.hpp"

namespace drover::farm {
namespace {

// timeout(1) signals its child and then the child's group: the same signal twice within microseconds is one wish.
constexpr schedule::Time one_wish = std::chrono::milliseconds(20);

const char* wording(int signal) {
  switch (signal) {
    case SIGINT:
      return "interrupted";
    case SIGTERM:
      return "asked to end (SIGTERM)";
    case SIGHUP:
      return "the terminal is gone (SIGHUP)";
    default:
      return "asked to finish (SIGQUIT)";
  }
}

}  // namespace

void Engine::read_signals() {
  signalfd_siginfo info{};
  while (::read(me_.signals.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int signal = static_cast<int>(info.ssi_signo);
    switch (signal) {
      case SIGUSR1:
        note(schedule::Event::Kind::more_slots);
        break;
      case SIGUSR2:
        note(schedule::Event::Kind::fewer_slots);
        break;
      case SIGTSTP:
        stop_running_tasks();
        break;
      case SIGCONT:
        resume_running_tasks();
        break;
      default:
        interrupted(signal);
        break;
    }
  }
}

void Engine::interrupted(int signal) {
  const bool again = signal == first_signal_ && clock_.now() - signal_at_ < one_wish;
  // Killing already: a key that is held down must not keep the loop from it.
  if (again || give_up_output_) return;
  signal_at_ = clock_.now();
  resume_running_tasks();
  if (signal == SIGINT || signal == SIGTERM) {
    if (signal_stops_) {
      display_.message(fmt::format("{} again: killing {}", wording(signal), tasks_running()));
      give_up_output_ = true;
      kill_leftovers();
      note(schedule::Event::Kind::kill);
    } else {
      display_.message(
          fmt::format("{}: no new tasks, ending {} (again: kill now)", wording(signal), tasks_running()));
      note(schedule::Event::Kind::stop);
    }
    if (!signal_stops_) first_signal_ = signal;
    signal_stops_ = true;
    return;
  }
  if (first_signal_ != 0) return;
  first_signal_ = signal;
  display_.message(fmt::format("{}: no new tasks, waiting for {} to end", wording(signal), tasks_running()));
  note(schedule::Event::Kind::drain);
}

// Behind `| head` the rest of the work is for nobody. A terminal whose window was closed is another matter: that
// is a hang-up, whether its signal or its EIO comes first, and running tasks end in peace.
void Engine::output_is_gone() {
  if (first_signal_ != 0) return;
  if (collator_.outlet(0).is_terminal()) return interrupted(SIGHUP);
  display_.message(
      fmt::format("standard output was closed by its reader: no new tasks, ending {}", tasks_running()));
  note(schedule::Event::Kind::stop);
}

std::string Engine::tasks_running() const {
  const std::uint64_t n = scheduler_.counts().running;
  return n == 1 ? "1 running task" : fmt::format("{} running tasks", n);
}

void Engine::stop_running_tasks() {
  if (clock_.paused()) return;
  clock_.pause();
  display_.pause();
  for (const auto& task : slots_) {
    if (task && task->state == RunningTask::State::running) signal_task(*task, SIGSTOP);
  }
}

void Engine::resume_running_tasks() {
  if (!clock_.paused()) return;
  for (const auto& task : slots_) {
    if (task && task->state == RunningTask::State::running) signal_task(*task, SIGCONT);
  }
  clock_.resume();
  display_.resume();
}

void Engine::guardian_is_gone() {
  poller_.remove(me_.guardian_gone.get());
  guardian_gone_ = true;
  display_.message("the process that was started was killed: ending everything");
  give_up_output_ = true;
  resume_running_tasks();
  note(schedule::Event::Kind::kill);
}

// Nothing runs any more, but signals still count.
void Engine::wait_and_listen(schedule::Time limit) {
  ready_.clear();
  poller_.wait(limit, ready_);
  for (const std::uint64_t what : ready_) {
    if (what == tag(Tag::signals)) read_signals();
    if (what == tag(Tag::guardian)) guardian_is_gone();
  }
}

// Daemons that tasks left behind (double fork, setsid) came to us: the run does not end before they have.
void Engine::end_leftovers_of_the_run() {
  const std::vector<pid_t> left = process::descendants(::getpid());
  if (left.empty()) return;
  process::reap_orphans([](pid_t) { return false; });
  const std::size_t alive = process::signal_all_descendants(SIGTERM);
  if (alive == 0) return;
  display_.message(fmt::format("ending {} that tasks left running",
                               alive == 1 ? "a process" : fmt::format("{} processes", alive)));
  constexpr schedule::Time most = std::chrono::seconds(2);
  // Not the run's clock: that one may be stopped (Ctrl-Z).
  const auto until = std::chrono::steady_clock::now() + std::min<schedule::Time>(options_.grace, most);
  constexpr schedule::Time look_every = std::chrono::milliseconds(10);
  while (!process::own_children().empty() && std::chrono::steady_clock::now() < until && !guardian_gone_ &&
         !give_up_output_) {
    wait_and_listen(look_every);
    process::reap_orphans([](pid_t) { return false; });
  }
  process::kill_all_descendants();
}

}  // namespace drover::farm
