"""Tasks that leave something running, go their own way, or do not end when they are asked to."""

import os
import time

import pytest

from herd import DEAF, children, end_of, engine_of, have_started, job_log, read_until, state_of
from waiting import until

# What task 1 leaves behind writes its number to left.1; task 2 says whether that still lives when it begins.
NEXT = "if [ {} = 2 ]; then if grep -qs '^State:.[RSDT]' /proc/$(cat left.1)/status; then echo alive; else echo ended; fi; exit; fi; "
GONE_AT_ITS_END = {
    "a background job": "sleep 1000 >/dev/null 2>&1 & echo $! > left.{}",
    "a background job that holds its output": "sleep 1000 & echo $! > left.{}",
    "a background job that is deaf": "(trap '' TERM HUP; while :; do sleep 0.01; done) >/dev/null 2>&1 & echo $! > left.{}",
    "a background job that is deaf and holds its output": "(trap '' TERM HUP; while :; do sleep 0.01; done) & echo $! > left.{}",
    "a stopped background job": "sleep 1000 >/dev/null 2>&1 & echo $! > left.{}; kill -STOP $!",
    "a job of a job": "sh -c 'sleep 1000 >/dev/null 2>&1 & echo $! > left.{}'",
    "a daemon that holds its output": "setsid -f sh -c 'echo $$ > left.{}; exec sleep 1000'; until [ -s left.{} ]; do sleep 0.01; done",
    "a deaf daemon that holds its output": "setsid -f sh -c \"trap '' TERM HUP; echo \\$\\$ > left.1; while :; do sleep 0.01; done\"; "
                                          "until [ -s left.1 ]; do sleep 0.01; done",
}


@pytest.mark.parametrize("line", GONE_AT_ITS_END.values(), ids=GONE_AT_ITS_END.keys())
def test_what_a_task_leaves_ends_with_it(run, folder, line):
    done = run("run", "-j1", "--grace", "0.3", "--joblog", "log", "-c", NEXT + line, ":::", 1, 2)
    assert done.status == 0, "the task's first process ended well, and that is how the task ended"
    assert done.stdout == b"ended\n"
    assert job_log(folder / "log") == {1: (0, 0), 2: (0, 0)}


# Without its output in their hands nothing ties these to one task: they end with the run at the latest.
GONE_WITH_THE_RUN = {
    "a daemon": "setsid -f sleep 1000 >/dev/null 2>&1",
    "a double fork": "(setsid sh -c 'sleep 1000 & sleep 1000 & :' >/dev/null 2>&1 &)",
    "a deaf daemon": "setsid -f sh -c \"trap '' TERM HUP; while :; do sleep 0.01; done\" >/dev/null 2>&1",
    "a daemon without an environment": "env -i setsid -f sleep 1000 >/dev/null 2>&1",
    "daemons that start their successors": "setsid -f sh -c 'eval \"$0\"' 'sleep 0.01; setsid -f sh -c \"eval \\\"\\$0\\\"\" \"$0\"' >/dev/null 2>&1",
}


@pytest.mark.parametrize("line", GONE_WITH_THE_RUN.values(), ids=GONE_WITH_THE_RUN.keys())
def test_daemons_end_with_the_run(run, line):
    done = run("run", "-j2", "--grace", "0.3", "-c", line + "; echo {}", ":::", 1, 2, 3, 4)
    assert done.status == 0
    assert sorted(done.lines) == [b"1", b"2", b"3", b"4"]


def test_a_helper_that_ends_soon_may_finish_writing(run):
    """`> >(tee log)` of bash: it outlives the first process by a moment."""
    done = run("run", "-c", "(sleep 0.2; echo late {}) & echo early {}", ":::", 1)
    assert done.status == 0
    assert done.lines == [b"early 1", b"late 1"]


def test_a_task_that_closes_its_output_goes_on(run, folder):
    done = run("run", "-j1", "--joblog", "log", "-c", "echo {}; exec >&- 2>&-; sleep 0.3; touch ended.{}; exit 3", ":::", 1)
    assert done.status == 1
    assert done.stdout == b"1\n"
    assert (folder / "ended.1").exists()
    assert job_log(folder / "log") == {1: (3, 0)}
    assert b"exit status 3" in done.stderr


def test_a_timeout_is_term_then_kill_and_reaches_grandchildren(run, folder):
    line = ("if [ {} = 2 ]; then cat left.a left.b | while read pid; do grep -s '^State:.[RSDT]' /proc/$pid/status; done; exit 0; fi; "
            "trap '' TERM; sh -c 'echo $$ > left.a; while :; do sleep 0.01; done' & "
            "setsid sh -c 'echo $$ > left.b; while :; do sleep 0.01; done' & while :; do sleep 0.01; done")
    done = run("run", "-j1", "--timeout", "1", "--grace", "0.3", "--joblog", "log", "-c", line, ":::", 1, 2)
    assert done.status == 1
    assert done.stdout == b""
    assert b"timed out" in done.stderr and b"SIGKILL" in done.stderr
    assert job_log(folder / "log") == {1: (-1, 9), 2: (0, 0)}


def test_a_timeout_gives_time_to_tidy_up(run, folder):
    done = run("run", "--timeout", "0.5", "--grace", "1000", "-c", "trap 'touch tidy; exit 9' TERM; while :; do sleep 0.01; done; : {}", ":::", 1)
    assert done.status == 1
    assert (folder / "tidy").exists()
    assert b"timed out" in done.stderr


def test_a_timeout_ends_a_stopped_task(run):
    done = run("run", "--timeout", "0.5", "--grace", "1000", "-c", "kill -STOP $$; : {}", ":::", 1)
    assert done.status == 1
    assert b"timed out" in done.stderr


def test_an_attempt_that_timed_out_is_repeated(run, folder):
    line = 'echo "attempt $DROVER_ATTEMPT of {}"; [ "$DROVER_ATTEMPT" = 3 ] || sleep 1000'
    done = run("run", "--timeout", "0.5", "--retries", "2", "--retry-delay", "0.01", "--joblog", "log", "-c", line, ":::", "a")
    assert done.status == 0
    assert done.stdout == b"attempt 3 of a\n", "the last attempt's alone"
    assert job_log(folder / "log") == {1: (0, 0)}
    assert b"2 attempts repeated" in done.stderr


def test_retries_end_with_the_last_cause(run, folder):
    done = run("run", "--retries", "2", "--retry-delay", "0.01", "--joblog", "log", "-c", "echo x >> attempts.{}; exit 4", ":::", 1, 2)
    assert done.status == 2
    assert (folder / "attempts.1").read_text() == "x\n" * 3
    assert job_log(folder / "log") == {1: (4, 0), 2: (4, 0)}
    assert b"exit status 4, on attempt 3" in done.stderr


def test_halt_now_ends_the_running(run, folder):
    line = ("if [ {} = 1 ]; then until [ -e started.2 ]; do sleep 0.01; done; exit 5; fi; "
            "trap 'touch told.{}; exit 7' TERM; touch started.{}; while :; do sleep 0.01; done")
    done = run("run", "-j2", "--halt", "now,fail=1", "--grace", "1000", "--joblog", "log", "-c", line, ":::", 1, 2, 3)
    assert done.status == 1
    assert (folder / "told.2").exists()
    assert not (folder / "started.3").exists()
    assert job_log(folder / "log")[1] == (5, 0)
    assert b"2 tasks were not run" in done.stderr


def test_halt_now_kills_the_deaf_after_the_grace(run, folder):
    line = "if [ {} = 1 ]; then until [ -e started.2 ]; do sleep 0.01; done; exit 5; fi; trap '' TERM; touch started.{}; while :; do sleep 0.01; done"
    done = run("run", "-j2", "--halt", "now,fail=1", "--grace", "0.3", "-c", line, ":::", 1, 2, 3)
    assert done.status == 1
    assert b"2 tasks were not run" in done.stderr


def test_a_crash_is_told_by_its_signal(run, folder):
    done = run("run", "--joblog", "log", "-c", "ulimit -c 0; kill -SEGV $$; : {}", ":::", 1)
    assert done.status == 1
    assert b"SIGSEGV" in done.stderr and b"segmentation fault" in done.stderr
    assert job_log(folder / "log") == {1: (0, 11)}


def test_a_task_cannot_reach_drover_by_its_group(run):
    """`kill 0` in a script ends the task, not the run."""
    done = run("run", "-j1", "-c", "if [ {} = 1 ]; then kill -TERM 0; sleep 1000; fi; echo {}", ":::", 1, 2)
    assert done.status == 1
    assert done.stdout == b"2\n"
    assert b"SIGTERM" in done.stderr


def test_no_descriptor_is_left_by_a_thousand_tasks(run, folder):
    def descriptors(pid):
        return len(os.listdir(f"/proc/{pid}/fd"))

    line = "if [ {} = 1 ] || [ {} = 1000 ]; then touch started.{}; until [ -e go.{} ]; do sleep 0.01; done; fi"
    process = run.start("run", "-j1", "--scratch", "--results", "out", "--joblog", "log", "-c", line, ":::", *range(1, 1001))
    have_started(folder, 1)
    engine = engine_of(process)
    at_first = descriptors(engine)
    (folder / "go.1").touch()
    have_started(folder, 1000)
    assert descriptors(engine) == at_first
    (folder / "go.1000").touch()
    assert end_of(process).status == 0
    assert len(job_log(folder / "log")) == 1000


def test_tasks_inherit_no_descriptor(run):
    done = run("run", "--results", "out", "--joblog", "log", "ls", ":::", "/proc/self/fd")
    assert done.lines == [b"0", b"1", b"2", b"3"], "3 is the folder that ls reads"


def test_an_idle_run_burns_no_time(run, folder):
    """A loop that never sleeps would be seen here, however slow the machine."""
    process = run.start("run", "-j2", "-c", "touch started.{}; until [ -e go ]; do sleep 0.1; done", ":::", 1, 2)
    have_started(folder, 1, 2)
    engine = engine_of(process)

    def spent():
        with open(f"/proc/{engine}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    begin, at_first = time.monotonic(), spent()
    until(lambda: time.monotonic() - begin > 2, what="two seconds of the clock")
    assert spent() - at_first < 0.5
    (folder / "go").touch()
    assert end_of(process).status == 0
    assert children(engine) == [] and state_of(engine) == ""


# A background job that holds its task's output, does not heed SIGTERM, and ends when the file go is there.
HOLDS = "(trap '' TERM HUP; until [ -e go ]; do sleep 0.01; done) & echo $$ > pid; mv pid pid.{}; "


def have_ended(folder, *tasks):
    """Waits until the first processes of these tasks have ended, whatever they have left behind."""
    for task in tasks:
        until((folder / f"pid.{task}").exists, what=f"the start of {task}")
        pid = int((folder / f"pid.{task}").read_text())
        until(lambda: state_of(pid) in ("", "Z"), what=f"the end of {task}")


@pytest.mark.parametrize("status", [0, 3])
def test_a_task_that_had_ended_before_an_interrupt_is_judged_by_its_end(run, folder, status):
    process = run.start("run", "-j1", "--grace", "1000", "--joblog", "log", "--crash-report", "crash.{}.txt", "-c", HOLDS + f"exit {status}", ":::", 1)
    have_ended(folder, 1)
    process.terminate()
    said = read_until(process.stderr, b"no new tasks")
    (folder / "go").touch()
    done = end_of(process)
    assert done.status == 143
    assert b"not run" not in said + done.stderr, "it ran, and to its end"
    assert job_log(folder / "log") == {1: (status, 0)}
    assert (folder / "crash.1.txt").exists() == (status != 0)


def test_a_task_that_had_ended_before_halt_now_is_judged_by_its_end(run, folder):
    line = "if [ {} = 2 ]; then touch started.2; until [ -e go.2 ]; do sleep 0.01; done; exit 5; fi; " + HOLDS + "exit 0"
    process = run.start("run", "-j2", "--halt", "now,fail=1", "--grace", "1000", "--joblog", "log", "-c", line, ":::", 1, 2)
    have_started(folder, 2)
    have_ended(folder, 1)
    (folder / "go.2").touch()
    until(lambda: 2 in job_log(folder / "log"), what="the failed task's line")
    (folder / "go").touch()
    done = end_of(process)
    assert done.status == 1
    assert b"not run" not in done.stderr
    assert job_log(folder / "log") == {1: (0, 0), 2: (5, 0)}


@pytest.mark.parametrize("status", [0, 3])
def test_a_timeout_is_of_the_task_and_not_of_what_it_leaves(run, folder, status):
    """What it leaves is given a second, then the grace: longer than the timeout."""
    done = run("run", "--timeout", "2", "--grace", "2", "--joblog", "log", "-c", HOLDS + f"exit {status}", ":::", 1)
    assert done.status == (status != 0)
    assert b"timed out" not in done.stderr
    assert job_log(folder / "log") == {1: (status, 0)}


def test_a_timeout_is_not_told_of_the_next_task_in_its_slot(run, folder):
    line = "if [ {} = 1 ]; then exec sleep 1000; fi; " + HOLDS + "exit 3"
    process = run.start("run", "-j1", "--timeout", "2", "--grace", "1000", "--joblog", "log", "-c", line, ":::", 1, 2)
    have_ended(folder, 2)
    process.terminate()
    said = read_until(process.stderr, b"no new tasks")
    (folder / "go").touch()
    said += end_of(process).stderr
    assert said.count(b"timed out") == 1
    assert b"exit status 3" in said
    assert job_log(folder / "log")[2] == (3, 0)


# Nothing but its hold on the output ties it to the task: it has left the group and the environment.
OUT_OF_REACH = ("env -i setsid -f sh -c \"trap '' TERM HUP; echo \\$\\$ > left; mv left left.1; while :; do sleep 0.01; done\"; "
                "until [ -e left.1 ]; do sleep 0.01; done; echo $$ > pid; mv pid pid.{}; ")


@pytest.mark.parametrize("tail", [DEAF, "exit 0"], ids=["killed", "ended by itself"])
def test_killing_now_waits_for_no_grace_of_what_a_task_left(run, folder, tail):
    process = run.start("run", "-j1", "--grace", "1000", "-c", OUT_OF_REACH + tail, ":::", 1)
    if tail == DEAF:
        have_started(folder, 1)
    else:
        have_ended(folder, 1)
    process.terminate()
    read_until(process.stderr, b"no new tasks")
    os.set_blocking(process.stderr.fileno(), False)

    def ended():
        process.terminate()  # until the second one counts: two within milliseconds are one wish
        process.stderr.read()
        return process.poll() is not None

    until(ended, what="the end")
    process.stdout.close()
    process.stderr.close()
