// Two processes that guard each other, so that nothing a run started outlives
// it, whichever of them is killed.
//
//     return guard([&](const Guarded& me) { return run_everything(me); });
//
//     drover (the guardian)   the process that was started: owns the terminal's job, passes signals on, waits
//       └─ the engine         a session of its own; starts and watches the tasks
//            └─ tasks         a process group each; SIGKILL when the engine dies (PR_SET_PDEATHSIG)
//
// Both are subreapers: orphans of tasks (double forks, setsid) come to the engine, and if the engine is
// killed they come to the guardian, which ends them all. If the guardian is killed the engine reads the end
// of file on a pipe between the two, ends everything and tidies up. `kill -9 %1` in a shell reaches the
// guardian only, because the engine is in another session. If both are killed in the same instant the tasks
// themselves still die; deeper descendants may not (only a cgroup or PID namespace could promise that).
//
// Signals  INT, TERM, HUP, QUIT, USR1, USR2, CONT and TSTP are blocked in both; the guardian passes them on,
//          the engine reads them from a signalfd. One that was ignored at the start (nohup) stays ignored. On
//          TSTP the guardian tells the engine, then stops itself, so that a shell's job control works.
// Source   prctl(2) PR_SET_CHILD_SUBREAPER, setsid(2), signal(7).
#pragma once

#include <signal.h>

#include <functional>

#include "machine/unique_fd.hpp"

namespace drover::process {

// What the engine is given.
struct Guarded {
  machine::UniqueFd guardian_gone;  // end of file: the guardian is dead
  machine::UniqueFd signals;        // signalfd(2) of the signals named above
  sigset_t original_mask{};         // as drover was started; for the tasks
  sigset_t ending{};                // INT, TERM and HUP, as far as they are not ignored

  // Until this is called INT, TERM, HUP and the guardian's death end the engine at once, so that it may wait for
  // its inputs; afterwards they are told by the two descriptors. Call it before the first task.
  void listen();
};

// Runs `engine` in the guarded child and returns the status that drover has to exit with: the engine's own,
// or 255 with a message when it was killed. Call it from a single-threaded process that holds little memory.
[[nodiscard]] int guard(const std::function<int(Guarded&)>& engine);

}  // namespace drover::process
