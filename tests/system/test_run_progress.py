"""What a person sees: the first line, a bar on a terminal, plain lines elsewhere, and a summary at the end."""

import os
import re

import pytest
from gate import Gate
from waiting import until


def shown(screen):
    """The lines that stand on a terminal in the end: what was erased ("\\r", ESC[K) is gone."""
    return [line.rpartition(b"\x1b[K")[2].rstrip(b"\r").rpartition(b"\r")[2] for line in screen.split(b"\n")]


def summary_of(done):
    """The lines of standard error from the one with the counts on."""
    lines = done.stderr.decode().splitlines()
    first = next(number for number, line in enumerate(lines) if re.search(r"(done|failed).* (in|after) ", line))
    return lines[first].removeprefix("drover: "), lines[first + 1:]


# the bar

def test_on_a_terminal_a_bar_shows_done_running_and_failed(pty_run, folder):
    gate = Gate(folder)
    screen = pty_run("run", "-j", "2", gate.program, ":::", *"abcd", env={"LC_ALL": "C.UTF-8"}, columns=120)
    screen.read_until(b"0/4")
    screen.read_until(b"2 running")
    gate.release("a", status=1)
    screen.read_until(b"1/4")
    screen.read_until(b"1 failed")
    for name in "bcd":
        gate.release(name)
    assert screen.wait() == ("exited", 1)
    lines = shown(screen.screen)
    assert any(b"3 of 4 tasks done, 1 failed" in line for line in lines)
    assert not any(b"running" in line for line in lines)  # the bar is gone when the run is


def test_output_and_bar_do_not_get_into_each_others_lines(pty_run, folder):
    gate = Gate(folder)
    screen = pty_run("run", "-k", "-j", "2", gate.program, "{}", "output of %s\\n", "{}", ":::", *"abcd")
    screen.read_until(b"2 running")
    gate.release("a")
    screen.read_until(b"output of a")
    screen.read_until(b"1/4")
    for name in "bcd":
        gate.release(name)
    assert screen.wait() == ("exited", 0)
    lines = shown(screen.screen)
    assert [line for line in lines if b"output" in line] == [b"output of " + name for name in (b"a", b"b", b"c", b"d")]


def test_output_without_a_newline_is_not_erased_by_the_bar(pty_run, folder):
    gate = Gate(folder)
    screen = pty_run("run", "-j", "1", gate.program, "{}", "result-%s", "{}", ":::", "a", "b")
    screen.read_until(b"1 running")
    gate.release("a")
    screen.read_until(b"result-a")
    screen.read_until(b"1/2")
    gate.release("b")
    assert screen.wait() == ("exited", 0)
    left = b"\n".join(shown(screen.screen))
    assert b"result-a" in left and b"result-b" in left


def test_the_bar_says_that_it_waits_for_input(pty_run, folder):
    os.mkfifo(folder / "names")
    screen = pty_run("run", "-a", "names", "echo")
    writer = until(lambda: open(folder / "names", "wb", buffering=0), what="a reader of the fifo")
    writer.write(b"a\n")
    screen.read_until(b"waiting: input")
    writer.write(b"b\n")
    writer.close()
    assert screen.wait() == ("exited", 0)
    assert {b"a", b"b"} <= set(shown(screen.screen))


def test_the_bar_says_that_a_delay_holds_tasks_back(pty_run, folder):
    screen = pty_run("run", "--delay", "1h", "echo", ":::", "a", "b")
    screen.read_until(b"waiting: delay")
    screen.type(screen.CTRL_C)
    assert screen.wait() == ("exited", 130)


def test_the_bar_shows_cores_and_memory_in_use(pty_run, folder):
    gate = Gate(folder)
    screen = pty_run("run", "-j", "2", "--threads", "4", "--mem", "4G", gate.program, ":::", *"abc", columns=160,
            env={"DROVER_PRETEND": "cores=16,mem=32G"})
    screen.read_until(b"8/16 cores")
    screen.read_until(b"8 GB of 32 GB")
    for name in "abc":
        gate.release(name)
    assert screen.wait() == ("exited", 0)


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_the_bar_is_never_wider_than_the_terminal(pty_run, folder, columns):
    gate = Gate(folder)
    screen = pty_run("run", "-j", "2", gate.program, ":::", *"abcd", columns=columns)
    screen.read_until(b"0/4")
    gate.release("a")
    screen.read_until(b"1/4")
    for name in "bcd":
        gate.release(name)
    assert screen.wait() == ("exited", 0)
    bars = re.findall(rb"\r?((?:[^\r\n\x1b])*/4[^\r\n\x1b]*)", screen.screen)
    assert bars
    assert max(len(bar.decode("utf-8", "replace")) for bar in bars) <= columns


def test_no_bar_is_drawn_if_asked_for_none(pty_run, folder):
    screen = pty_run("run", "--progress=none", "-k", "echo", ":::", "a", "b")
    assert screen.wait() == ("exited", 0)
    assert screen.screen == b"a\r\nb\r\n"


# plain

def test_into_a_file_no_bar_is_drawn(run):
    done = run("run", "-c", "sleep 0.5; echo {}", ":::", "a")
    assert b"\r" not in done.stderr and b"\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 2  # the plan and the summary


@pytest.mark.parametrize("option", ["--progress", "--progress=auto", "--eta"])
def test_automatic_progress_is_plain_where_there_is_no_terminal(run, option):
    done = run("run", option, "-c", "sleep 0.5; echo {}", ":::", "a")
    assert (done.status, b"\x1b" in done.stderr) == (0, False)


def test_plain_progress_on_a_terminal_draws_no_bar(pty_run, folder):
    screen = pty_run("run", "--progress=plain", "-c", "sleep 0.5; echo {}", ":::", "a")
    assert screen.wait() == ("exited", 0)
    assert b"\x1b" not in screen.screen


def test_a_plain_line_comes_every_thirty_seconds(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "1", gate.program, ":::", "a", "b", "c")
    gate.release("a")
    gate.wait_for("b")
    first = process.stderr.readline()
    line = process.stderr.readline()  # comes while b is at the gate
    assert b" at a time" in first
    assert re.search(rb"1 of 3 done \(33 %\), 1 running", line), line
    gate.release("b")
    gate.release("c")
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 0 and b"3 tasks done" in rest


def test_none_says_nothing_of_its_own(run):
    done = run("run", "--progress=none", "-k", "-c", "echo {}; echo oh >&2", ":::", "a", "b")
    assert (done.stdout, done.stderr) == (b"a\nb\n", b"oh\noh\n")


# the summary

def test_the_summary_counts_what_was_done(run):
    assert summary_of(run("run", "true", ":::", "a"))[0].startswith("1 task done in ")
    assert summary_of(run("run", "true", ":::", *range(12)))[0].startswith("12 tasks done in ")
    assert summary_of(run("run", "-j1", "-c", "exit {}", ":::", "0", "1", "0"))[0].startswith("2 of 3 tasks done, 1 failed, in ")
    assert summary_of(run("run", "false", ":::", "0", "1"))[0].startswith("all 2 tasks failed, in ")


def test_the_summary_gives_the_cause_of_each_failure_and_its_last_words(run):
    line = "echo first >&2; echo last words of {#} >&2; case {} in 3) exit 3;; 9) kill -KILL $$;; 11) kill -SEGV $$;; esac"
    rest = "\n".join(summary_of(run("run", "-c", line, ":::", "0", "3", "9", "11"))[1])
    assert "task 2 (" in rest and "exit status 3" in rest
    assert "task 3 (" in rest and "SIGKILL" in rest
    assert "task 4 (" in rest and "SIGSEGV" in rest
    assert "task 1 (" not in rest
    assert rest.count("last words of") >= 3 and "stderr: last words of 2" in rest


def test_a_failure_on_a_later_attempt_says_which(run):
    rest = summary_of(run("run", "--retries", "2", "--retry-delay", "0.01", "false", ":::", "x"))
    assert "2 attempts repeated" in rest[0]
    assert "on attempt 3" in rest[1][0]


def test_of_many_failures_the_first_are_named_and_the_others_counted(run):
    first, rest = summary_of(run("run", "-j", "2", "false", ":::", *range(25)))
    assert first.startswith("all 25 tasks failed")
    assert sum("exit status 1" in line for line in rest) == 10
    assert rest[-1].strip() == "and 15 more tasks failed"


def test_the_slowest_tasks_are_named(run):
    rest = "\n".join(summary_of(run("run", "-j", "2", "sleep", ":::", *["0"] * 5, "1.2", *["0"] * 4))[1])
    slowest = next(line for line in rest.splitlines() if "slowest" in line)
    assert "task 6 (sleep 1.2)" in slowest


def test_core_time_is_told(run):
    rest = "\n".join(summary_of(run("run", "-j", "1", "-c", "sleep 1.1; : {}", ":::", "a"))[1])
    assert re.search(r"core-seconds used, .* reserved; \d+ cores? .* % busy", rest), rest


def test_a_control_character_of_an_input_does_not_reach_the_terminal(run):
    done = run("run", "-c", "exit 1; : {}", ":::", "\x1b[2J\x07\nsecond")
    assert done.status == 1
    assert b"\x1b" not in done.stderr and b"\x07" not in done.stderr
    assert not any(line.startswith(b"second") for line in done.stderr.splitlines())


def test_a_note_says_when_starting_costs_more_than_a_tenth_of_running(run):
    """Programs that do nothing; the delay makes the run long enough (a second) for a note to be worth a line."""
    first, rest = summary_of(run("run", "-j", "2", "--delay", "0.001", "--grid", "i=1..1100", "true", "{i}"))
    assert first.startswith("1 100 tasks done")
    assert any("starting a task took" in line and "-n" in line for line in rest), rest


def test_no_such_note_is_made_for_tasks_that_take_their_time(run):
    done = run("run", "-j", "25", "-c", "sleep 1; : {}", ":::", *range(25))
    assert b"starting a task took" not in done.stderr
