"""Signals: what a person at a keyboard, kill(1), timeout(1) and a batch system send."""

import os
import signal
import subprocess

import pytest

from fifo import open_when_read, unread
from herd import DEAF, GATE, TOLD, end_of, engine_of, have_started, job_log, read_until, state_of, take
from waiting import until


def press_until(process, number, words):
    """Sends a signal, again and again, until drover says `words`: two at once are one wish (timeout(1) sends two)."""
    os.set_blocking(process.stderr.fileno(), False)
    said = b""

    def heard():
        nonlocal said
        process.send_signal(number)
        said += process.stderr.read() or b""
        return words in said

    until(heard, what=repr(words))
    os.set_blocking(process.stderr.fileno(), True)
    return said


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_once_ends_the_running_and_starts_no_more(run, folder, number, status):
    process = run.start("run", "-j2", "--grace", "1000", "--joblog", "log", "-c", TOLD, ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    process.send_signal(number)
    done = end_of(process)
    assert done.status == status
    assert (folder / "told.1").exists() and (folder / "told.2").exists(), "each got SIGTERM and time to tidy up"
    assert not (folder / "started.3").exists()
    assert b"no new tasks" in done.stderr
    assert b"3 tasks were not run" in done.stderr, "what a signal ended is to be run again"
    assert done.stderr.count(b"no new tasks") == 1


def test_what_had_ended_before_is_in_the_job_log(run, folder):
    process = run.start("run", "-j2", "--joblog", "log", "-c", GATE, ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    (folder / "go.1").touch()
    have_started(folder, 3)
    process.send_signal(signal.SIGTERM)
    done = end_of(process)
    assert done.status == 143
    assert done.stdout == b"end 1\n"
    assert job_log(folder / "log")[1] == (0, 0)
    assert b"1 of 3 tasks done" in done.stderr and b"2 tasks were not run" in done.stderr


def test_a_task_that_ignores_sigterm_is_killed_after_the_grace(run, folder):
    process = run.start("run", "-j2", "--grace", "0.3", "-c", DEAF, ":::", 1, 2)
    have_started(folder, 1, 2)
    process.send_signal(signal.SIGINT)
    assert end_of(process).status == 130


@pytest.mark.parametrize("first, second, status", [
    (signal.SIGINT, signal.SIGINT, 130), (signal.SIGTERM, signal.SIGTERM, 143), (signal.SIGINT, signal.SIGTERM, 130)])
def test_twice_kills_now(run, folder, first, second, status):
    process = run.start("run", "-j2", "--grace", "1000", "-c", DEAF, ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    process.send_signal(first)
    read_until(process.stderr, b"no new tasks")
    said = press_until(process, second, b"killing")
    done = end_of(process)
    assert done.status == status
    assert b"3 tasks were not run" in said + done.stderr


def test_the_same_signal_to_the_process_and_its_group_counts_once(run, folder):
    """As timeout(1) sends it."""
    process = run.start("run", "-j2", "--grace", "1000", "-c", TOLD, ":::", 1, 2)
    have_started(folder, 1, 2)
    process.send_signal(signal.SIGTERM)
    os.killpg(process.pid, signal.SIGTERM)
    done = end_of(process)
    assert done.status == 143
    assert b"killing" not in done.stderr
    assert (folder / "told.1").exists() and (folder / "told.2").exists()


def test_timeout_1_ends_a_run_as_one_sigterm(run, folder):
    done = run("run", "-j2", "--grace", "1000", "-c", TOLD, ":::", 1, 2, through=("timeout", "2"))
    assert done.status == 124, "timeout's own"
    assert b"killing" not in done.stderr
    assert (folder / "told.1").exists() and (folder / "told.2").exists()


@pytest.mark.parametrize("number, status", [(signal.SIGHUP, 129), (signal.SIGQUIT, 131)])
def test_hup_and_quit_let_the_running_end_in_peace(run, folder, number, status):
    process = run.start("run", "-j2", "--joblog", "log", "-c", GATE, ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    process.send_signal(number)
    read_until(process.stderr, b"no new tasks")
    (folder / "go").touch()
    done = end_of(process)
    assert done.status == status
    assert sorted(done.lines) == [b"end 1", b"end 2"]
    assert job_log(folder / "log") == {1: (0, 0), 2: (0, 0)}
    assert b"1 task was not run" in done.stderr


def test_a_second_thought_after_quit_ends_the_running(run, folder):
    process = run.start("run", "-j2", "--grace", "1000", "-c", TOLD, ":::", 1, 2, 3)
    have_started(folder, 1, 2)
    process.send_signal(signal.SIGQUIT)
    read_until(process.stderr, b"no new tasks")
    process.send_signal(signal.SIGINT)
    assert end_of(process).status == 130
    assert (folder / "told.1").exists() and (folder / "told.2").exists()


def test_under_nohup_a_hangup_changes_nothing(run, folder):
    process = run.start("run", "-j2", "-c", GATE, ":::", 1, 2, 3, through=("nohup",))
    have_started(folder, 1, 2)
    take(process, signal.SIGHUP)
    (folder / "go").touch()
    done = end_of(process)
    assert done.status == 0
    assert sorted(done.lines) == [b"end 1", b"end 2", b"end 3"]


def test_an_interrupt_that_was_ignored_from_the_start_stays_so(run, folder):
    """`sh script &`: the shell has it ignored."""
    process = run.start("run", "-c", GATE, ":::", 1, limit=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    have_started(folder, 1)
    take(process, signal.SIGINT)
    (folder / "go").touch()
    assert end_of(process).status == 0


def test_a_stopped_task_is_ended_too(run, folder):
    process = run.start("run", "--grace", "1000", "-c", "echo $$ > pid; mv pid pid.{}; kill -STOP $$; sleep 1000", ":::", 1)
    until((folder / "pid.1").exists)
    task = int((folder / "pid.1").read_text())
    until(lambda: state_of(task) == "T", what="the task to stop")
    process.send_signal(signal.SIGINT)
    assert end_of(process).status == 130


def test_a_stop_signal_that_nobody_could_take_back_is_no_stop(run, folder):
    """The process group is an orphaned one (no job-control shell): SIGTSTP changes nothing there."""
    process = run.start("run", "-j1", "-c", GATE, ":::", 1, 2)
    have_started(folder, 1)
    take(process, signal.SIGTSTP)
    (folder / "go").touch()
    assert end_of(process).status == 0


def test_signals_come_to_tasks_unblocked_and_as_they_were(run):
    done = run("run", "grep", "-E", "^Sig(Blk|Ign):", ":::", "/proc/self/status")
    masks = dict(line.split(b":\t") for line in done.lines)
    assert int(masks[b"SigBlk"], 16) == 0
    assert int(masks[b"SigIgn"], 16) & (1 << (signal.SIGTERM - 1) | 1 << (signal.SIGINT - 1) | 1 << (signal.SIGCHLD - 1)) == 0


EVENTS = "echo start {} >> events; until [ -e go ] || [ -e go.{} ]; do sleep 0.01; done; echo end {} >> events"


def test_usr1_and_usr2_change_the_number_at_a_time(run, folder):
    def events():
        path = folder / "events"
        return path.read_text().splitlines() if path.exists() else []

    process = run.start("run", "-j1", "-c", EVENTS, ":::", *range(1, 7))
    until(lambda: events() == ["start 1"])
    take(process, signal.SIGUSR1)
    until(lambda: len(events()) == 2, what="a second task")
    take(process, signal.SIGUSR1)
    until(lambda: len(events()) == 3, what="a third task")
    take(process, signal.SIGUSR2)
    take(process, signal.SIGUSR2)
    for task in (1, 2):  # One is left to run: nothing new before all three are through.
        (folder / f"go.{task}").touch()
        until(lambda task=task: f"end {task}" in events())
    take(process, signal.SIGUSR2)  # never under one
    (folder / "go").touch()
    assert end_of(process).status == 0
    said = events()
    assert said[:3] == ["start 1", "start 2", "start 3"] and said[3:6] == ["end 1", "end 2", "end 3"]
    assert said[6:] == ["start 4", "end 4", "start 5", "end 5", "start 6", "end 6"]


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)])
def test_a_signal_ends_the_wait_for_inputs(run, number, status):
    reader, writer = os.pipe()
    process = run.start("run", "echo", stdin=reader)
    os.close(reader)
    os.write(writer, b"first\n")
    assert process.stdout.readline() == b"first\n"
    process.send_signal(number)
    done = end_of(process)
    os.close(writer)
    assert done.status == status


@pytest.mark.parametrize("options", [("--retry-delay", "1000", "--retries", "3"), ("--delay", "1000")])
def test_a_signal_ends_the_wait_for_a_delay(run, folder, options):
    process = run.start("run", "-j1", *options, "-c", "touch started.{}; false", ":::", 1, 2)
    have_started(folder, 1)
    process.send_signal(signal.SIGINT)
    assert end_of(process).status == 130


@pytest.fixture
def waiting_for_a_header(run):
    """A run that has read half a header from a pipe whose other end stays open: (process, the pipe's writing end)."""
    reader, writer = os.pipe()
    process = run.start("run", "--header", ":", "echo", "{x}", stdin=reader)
    os.close(reader)
    os.write(writer, b"half of a head")
    until(lambda: not unread(writer), what="the half header to be read")
    yield process
    os.close(writer)


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_wait_for_a_header(waiting_for_a_header, number, status):
    waiting_for_a_header.send_signal(number)
    done = end_of(waiting_for_a_header)
    assert (done.status, done.stdout) == (status, b"")


def test_a_signal_ends_the_wait_for_the_second_of_two_sources(run, folder):
    os.mkfifo(folder / "pipe")
    process = run.start("run", "echo", ":::", "a", "::::", "pipe")
    with open_when_read(folder / "pipe") as pipe:
        pipe.write(b"half of a line")
        until(lambda: not unread(pipe), what="half a line to be read")
        process.send_signal(signal.SIGTERM)
        assert end_of(process).status == 143


def test_the_wait_for_a_header_ends_with_the_process_that_was_started(waiting_for_a_header):
    engine = engine_of(waiting_for_a_header)
    waiting_for_a_header.kill()
    assert waiting_for_a_header.wait() == -signal.SIGKILL
    until(lambda: state_of(engine) in ("", "Z"), what="the engine to end while its standard input stays open")
    end_of(waiting_for_a_header)


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGQUIT, 131)])
def test_a_signal_ends_a_run_whose_tasks_cannot_even_be_started(run, folder, number, status):
    """Each fails at once: drover never waits for anything."""
    with subprocess.Popen(["yes", "/no/such/program"], stdout=subprocess.PIPE) as endless:
        process = run.start("run", "--joblog", "log", "{}", stdin=endless.stdout, stderr=subprocess.DEVNULL)
        endless.stdout.close()
        try:
            until(lambda: (folder / "log").exists() and (folder / "log").read_bytes().count(b"\n") > 500, what="failed tasks")
            process.send_signal(number)
            process.wait(timeout=60)
        finally:
            endless.kill()
            process.kill()
    process.stdout.close()
    assert process.returncode == status


@pytest.mark.parametrize("options", [(), ("--line-buffer", "--retries", "1", "--retry-delay", "0.01")], ids=["plain", "with retries"])
def test_that_the_ends_of_children_are_ignored_by_its_parent_changes_nothing(run, folder, options):
    """Daemons, `trap '' CHLD` and Python's SIG_IGN: the kernel would reap every task unseen."""
    line = "grep ^SigIgn: /proc/self/status; exit {}"
    done = run("run", "-k", "--joblog", "log", *options, "-c", line, ":::", 0, 3, 0, limit=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    assert done.status == 1
    assert job_log(folder / "log") == {1: (0, 0), 2: (3, 0), 3: (0, 0)}
    masks = [int(line.partition(b":\t")[2], 16) for line in done.lines]
    assert masks and not any(mask & 1 << (signal.SIGCHLD - 1) for mask in masks), "tasks get the default"
