"""At a terminal: keys, job control by a real shell, a window that is closed."""

import os
import signal

import pytest

from census import command_of
from herd import DEAF, GATE, TOLD, children, have_started, job_log, state_of
from terminal import Terminal
from waiting import until


@pytest.fixture
def shell(drover, folder, environment, census):
    """shell(name) starts an interactive shell with job control in a terminal of its own; $D is drover."""
    del census
    opened = []

    def start(*words):
        variables = {**environment, "TERM": "dumb", "D": drover, "PS1": "ready> ", "HISTFILE": "/dev/null"}
        opened.append(Terminal(words, variables, folder, columns=400))
        opened[-1].read_until(b"ready> ")
        return opened[-1]

    yield start
    for screen in opened:
        screen.end()


def all_below(pid):
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def are_stopped(pids):
    """Also true of those that have gone since, and of a shell (D) whose child was stopped between vfork and exec."""
    return all(state_of(pid) in ("T", "D", "", "Z") for pid in pids)


@pytest.mark.parametrize("key, status", [(Terminal.CTRL_C, 130), (Terminal.CTRL_BACKSLASH, 131)])
def test_a_key_ends_the_run(pty_run, folder, key, status):
    screen = pty_run("run", "-j2", "-c", TOLD if status == 130 else GATE, ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    screen.type(key)
    screen.read_until(b"no new tasks")
    (folder / "go").touch()
    assert screen.wait() == ("exited", status)
    assert b"not run" in screen.screen
    assert not (folder / "started.3").exists()


def test_ctrl_c_twice_kills_now(pty_run, folder):
    screen = pty_run("run", "-j2", "--grace", "1000", "-c", DEAF, ":::", 1, 2)
    have_started(folder, 1, 2)
    screen.type(screen.CTRL_C)
    screen.read_until(b"no new tasks")

    def killing():
        screen.type(screen.CTRL_C)  # until it counts: two within milliseconds are one wish
        try:
            return screen.read_until(b"killing", seconds=0.02)
        except AssertionError:
            return b""

    until(killing, what="the second Ctrl-C to count")
    assert screen.wait() == ("exited", 130)


def test_ctrl_z_stops_the_tasks_and_fg_goes_on(pty_run, folder):
    screen = pty_run("run", "-j2", "-c", "sh -c 'touch started.{}; until [ -e go ]; do sleep 0.01; done; :'; echo end {}",
                     ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    engine = children(screen.pid)[0]
    screen.type(screen.CTRL_Z)
    assert screen.wait_stopped() == signal.SIGTSTP
    until(lambda: len(all_below(engine)) >= 4 and are_stopped(all_below(engine)), what="shells and their children to stop")
    (folder / "go").touch()
    assert not (folder / "started.3").exists()
    assert are_stopped(all_below(engine))
    screen.resume()
    assert screen.wait() == ("exited", 0)
    assert all(f"end {task}".encode() in screen.screen for task in (1, 2, 3))


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_stopped_run_takes_a_signal_when_it_goes_on(pty_run, folder, number, status):
    screen = pty_run("run", "-j1", "-c", TOLD if status == 143 else GATE, ":::", 1, 2)
    have_started(folder, 1)
    screen.type(screen.CTRL_Z)
    screen.wait_stopped()
    screen.signal(number)
    (folder / "go").touch()
    screen.resume(foreground=False)
    assert screen.wait() == ("exited", status)


def test_a_closed_window_lets_the_running_tasks_end(pty_run, folder):
    screen = pty_run("run", "-j2", "--joblog", "log", "-c", GATE + "; touch ended.{}", ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    screen.close()
    (folder / "go.1").touch()
    until(lambda: (folder / "ended.1").exists())
    until(lambda: 1 in job_log(folder / "log"), what="the line of task 1")
    (folder / "go.2").touch()
    assert screen.wait() == ("exited", 129)
    assert (folder / "ended.2").exists(), "that its output has nowhere to go is no reason to end it"
    assert job_log(folder / "log") == {1: (0, 0), 2: (0, 0)}
    assert not (folder / "started.3").exists()


@pytest.mark.parametrize("words", [("bash", "--norc", "--noprofile", "-i"), ("dash", "-i")], ids=["bash", "dash"])
def test_job_control_of_a_shell(shell, folder, words):
    screen = shell(*words)
    screen.type(b"set -m; $D run -j2 -c '" + GATE.encode() + b"' ::: 1 2 3; echo status=$?.\n")
    have_started(folder, 1, 2)
    screen.type(screen.CTRL_Z)
    screen.read_until(b"topped")
    screen.type(b"echo shell $((40 + 2))\n")
    screen.read_until(b"shell 42")
    (folder / "go").touch()
    screen.type(b"bg; wait; echo all=$?.\n")
    screen.read_until(b"all=0.")
    assert b"end 3" in screen.screen
    screen.type(b"exit\n")
    assert screen.wait()[0] == "exited"


def test_kill_9_of_a_job_in_the_background(shell, folder, census):
    screen = shell("bash", "--norc", "--noprofile", "-i")
    before = census.processes()
    screen.type(b'$D run -j2 -c "' + DEAF.encode() + b'" ::: 1 2 &\n')
    have_started(folder, 1, 2)
    screen.type(b"kill -9 %1\n")
    screen.type(b"wait; echo gone.\n")
    screen.read_until(b"\ngone.")
    until(lambda: census.processes() == before, what="all but the shell to end")
    screen.type(b"exit\n")
    screen.wait()


def test_fg_and_a_key_end_a_job_that_was_stopped(shell, folder, census):
    screen = shell("bash", "--norc", "--noprofile", "-i")
    screen.type(b"$D run -j2 --grace 1000 -c \"" + TOLD.encode() + b"\" ::: 1 2 3\n")
    have_started(folder, 1, 2)
    screen.type(screen.CTRL_Z)
    screen.read_until(b"topped")
    screen.read_until(b"ready> ")
    tasks = [pid for pid in census.processes() if command_of(pid).startswith("/bin/sh ")]
    assert len(tasks) >= 2
    until(lambda: are_stopped(tasks), what="the tasks to stop")
    screen.type(b"fg\n")
    until(lambda: not are_stopped(tasks), what="the tasks to go on")
    screen.type(screen.CTRL_C)
    screen.read_until(b"no new tasks")
    screen.type(b"echo status=$?.\n")
    screen.read_until(b"status=130.")
    assert (folder / "told.1").exists() and (folder / "told.2").exists()
    screen.type(b"exit\n")
    screen.wait()


def test_the_terminal_is_as_it_was(pty_run, folder):
    screen = pty_run("run", "--bar", "-j2", "-c", GATE, ":::", 1, 2)
    have_started(folder, 1, 2)
    os.kill(children(screen.pid)[0], signal.SIGKILL)
    assert screen.wait() == ("exited", 255)
    shown, hidden = screen.screen.rfind(b"\x1b[?25h"), screen.screen.rfind(b"\x1b[?25l")
    assert shown >= hidden, "a hidden cursor was not shown again"
