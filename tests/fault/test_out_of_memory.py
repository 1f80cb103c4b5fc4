"""Memory that runs out: what the kernel ended is told from what somebody killed, and --mem auto does not let it come to that."""

import pathlib
import re
import signal
import subprocess

import pytest
from skips import skip

from herd import SANITIZED, job_log, script
from memory_group import MemoryGroup
from recorded_runs import RECORD, ask, is_single_file
from waiting import until

SOURCE = pathlib.Path(__file__).resolve().parent / "memory_taker.c"
NOT_RECORDED = "SELECT count(*) FROM task WHERE state <> 'done'"
CAUSES = "SELECT cause FROM attempt WHERE state = 'failed' ORDER BY task, attempt"


# MiB of drover itself in such a group, where they count: next to nothing, or a sanitizer's.
OWN = 64 if SANITIZED else 0


@pytest.fixture(scope="session")
def memory_taker(tmp_path_factory):
    program = tmp_path_factory.mktemp("memory") / "memory_taker"
    subprocess.run(["cc", "-std=gnu17", "-O1", "-o", str(program), str(SOURCE)], check=True)
    return program


@pytest.fixture
def taker(memory_taker, folder):
    """How a task calls the program from its folder."""
    (folder / "take").symlink_to(memory_taker)
    return "./take"


@pytest.fixture
def memory_group(census):
    """memory_group(mebibytes) makes a control group with that limit; run(…, limit=group.enter) runs drover in it."""
    made = []

    def make(mebibytes):
        group = MemoryGroup.make(mebibytes + OWN)
        if group is None:
            skip("memory-group", "no control group with a limit of memory can be made here")
        made.append(group)
        return group

    yield make
    census.end_everything()
    for group in made:
        until(lambda: (group.folder / "cgroup.procs").read_text() == "", what="the group to be empty")
        group.remove()


def causes(folder):
    """Why attempts failed, as the record has it."""
    assert is_single_file(folder / RECORD)
    return [cause for (cause,) in ask(folder / RECORD, CAUSES)]


def told(cause, limit):
    """True for the sentence on a task that ran out of all that there was: "…, out of memory: peak 199 MB of 200 MB"."""
    said = re.fullmatch(r"killed by SIGKILL, out of memory: peak (\d+) MB of (\d+) MB", cause)
    assert said, cause
    peak, of = map(int, said.groups())
    assert of == limit + OWN and of * 3 // 4 < peak <= of + 8, cause  # pages of its program may count elsewhere
    return True


def test_a_task_that_the_kernel_ended_is_said_to_have_run_out_of_memory(run, folder, taker, memory_group):
    group = memory_group(200)
    done = run("run", "-j1", "--record", RECORD, "--joblog", "log", "--crash-report", "crash.{#}", taker, ":::", 400, 10, limit=group.enter)
    assert group.kills() == 1
    assert done.status == 1
    (cause,) = causes(folder)
    assert told(cause, 200)
    assert cause.encode() in done.stderr
    assert f"{cause}\n" in (folder / "crash.1").read_text()
    assert job_log(folder / "log") == {1: (0, signal.SIGKILL), 2: (0, 0)}
    assert ask(folder / RECORD, "SELECT signal, exit_status FROM attempt WHERE task = 1") == [(signal.SIGKILL, None)]
    shown = run("log", "--failed", RECORD)
    assert cause.encode() in shown.stdout


def test_a_command_of_a_shell_that_was_ended_so_too(run, folder, taker, memory_group):
    group = memory_group(200)
    done = run("run", "--record", RECORD, "-c", f"{taker} {{}}; exit $?", ":::", 400, limit=group.enter)
    assert (done.status, group.kills()) == (1, 1)
    assert told(causes(folder)[0], 200)


def test_a_task_that_got_over_it_has_succeeded(run, folder, taker, memory_group):
    group = memory_group(200)
    done = run("run", "--record", RECORD, "-c", f"{taker} {{}} || echo without", ":::", 400, limit=group.enter)
    assert (done.status, done.stdout, group.kills()) == (0, b"without\n", 1)
    assert causes(folder) == []


@pytest.mark.parametrize("line", ["kill -9 $$; : {}", "sh -c 'kill -9 $$; : {}'; exit $?", "exit 137; : {}"])
def test_what_somebody_else_killed_did_not_run_out_of_memory(run, folder, taker, memory_group, line):
    """Neither before nor after one that did."""
    group = memory_group(200)
    words = ("run", "-j1", "--record", RECORD, "-c", f"if [ {{}} = memory ]; then exec {taker} 400; fi; {line}", ":::")
    done = run(*words, "before", "memory", "after", limit=group.enter)
    assert (done.status, group.kills()) == (3, 1)
    said = causes(folder)
    assert ["memory" in cause for cause in said] == [False, True, False], said


def test_a_task_that_ran_out_of_memory_is_tried_again_with_more(run, folder, taker, memory_group):
    """A reservation of 50 MB lets three run at once; 150 MB go only alone, which twice 50 and four times 50 come to."""
    group = memory_group(200)
    line = f"echo {{}} $DROVER_ATTEMPT >> starts; if [ {{}} = big ]; then until [ -e took.1 ] && [ -e took.2 ]; do sleep 0.01; done; " \
           f"{taker} 150; s=$?; touch go.1 go.2; exit $s; fi; [ -e go.{{}} ] || touch wait.{{}}; {taker} 40 took.{{}} go.{{}}"
    done = run("run", "-j3", "--mem", "50M", "--retries", "2", "--record", RECORD, "-c", line, ":::", 1, "big", 2, limit=group.enter)
    assert done.status == 0, done
    assert group.kills() >= 1
    assert all("out of memory" in cause for cause in causes(folder)) and len(causes(folder)) == group.kills()
    assert ask(folder / RECORD, NOT_RECORDED) == [(0,)]
    assert "big 2" in (folder / "starts").read_text()


def test_without_retries_left_it_has_failed(run, folder, taker, memory_group):
    group = memory_group(200)
    done = run("run", "--mem", "50M", "--retries", "1", "--record", RECORD, taker, ":::", 400, 10, limit=group.enter)
    assert (done.status, group.kills()) == (1, 2)
    assert len(causes(folder)) == 2 and all(re.match("killed by SIGKILL, out of memory: peak ", cause) for cause in causes(folder))


# Tasks say that they have their memory, and hold it until they are let go.
HOLD = """#!/bin/sh
case $1 in
big) until [ -e took.2 ] && [ -e took.4 ]; do sleep 0.01; done
     ./take 900 took.big; status=$?
     touch go.2 go.4
     exit $status ;;
three.*) ./take 300 "took.$1"
     until [ -e took.three.1 ] && [ -e took.three.2 ] && [ -e took.three.3 ]; do sleep 0.01; done ;;
*)   [ "$1" = 2 ] || [ "$1" = 4 ] || touch "go.$1"
     exec ./take 300 "took.$1" "go.$1" ;;
esac
"""
GIGABYTE = 1024


def test_learnt_reservations_stay_within_the_limit(run, folder, taker, memory_group):
    """300 MB each in 1 GB: three at a time, and not one kill."""
    group = memory_group(GIGABYTE)
    wait = "until [ -e took.2 ] && [ -e took.3 ] && [ -e took.4 ]; do sleep 0.01; done; touch go.2 go.3 go.4"
    line = f"case {{}} in [234]) [ {{}} != 3 ] || ({wait}) & ;; *) touch go.{{}} ;; esac; exec {taker} 300 took.{{}} go.{{}}"
    done = run("run", "-j6", "--mem", "auto", "--record", RECORD, "-c", line, ":::", *range(1, 11), limit=group.enter)
    assert done.status == 0, done
    assert b": 3 at a time in 1" in done.stderr
    assert group.kills() == 0
    assert 900 << 20 < group.peak() < (GIGABYTE + OWN) << 20
    assert ask(folder / RECORD, NOT_RECORDED) == [(0,)]


def test_one_task_in_ten_needs_three_times_as_much(run, folder, taker, memory_group):
    """It comes when two of 300 MB hold theirs; in the end all are done."""
    group = memory_group(GIGABYTE)
    program = script(folder, "hold", HOLD)
    inputs = [1, 2, "big", *range(4, 11)]
    done = run("run", "-j6", "--mem", "auto", "--retries", "2", "--record", RECORD, program, ":::", *inputs, limit=group.enter)
    assert done.status == 0, done
    said = causes(folder)
    assert len(said) == group.kills() >= 1
    assert all(cause.startswith("killed by SIGKILL, out of memory: peak ") for cause in said), said
    assert ask(folder / RECORD, NOT_RECORDED) == [(0,)]
    assert ask(folder / RECORD, "SELECT max(attempt.attempt) > 1 FROM attempt JOIN task ON number = task WHERE input = 'big'") == [(1,)]


# Without a control group: the machine is a pretended one, the memory that the tasks take is real.
def test_learnt_reservations_stay_within_a_pretended_machine(run, folder, taker):
    line = f"echo + >> at_once; {taker} 300 took.{{}}; echo - >> at_once"
    done = run("run", "--mem", "auto", "--record", RECORD, "-c", line, ":::", *range(8), env={"DROVER_PRETEND": "mem=1G,cores=8"})
    assert done.status == 0, done
    assert b"3 at a time in 1 GB" in done.stderr
    most = now = 0
    for mark in (folder / "at_once").read_text().split():
        now += 1 if mark == "+" else -1
        most = max(most, now)
    assert most <= 3


@pytest.mark.parametrize("took, said", [(400, True), (100, False)])
def test_a_kill_near_the_limit_is_probably_lack_of_memory(run, folder, taker, took, said):
    """No counter of the kernel tells it; that the task had nearly all there was does."""
    done = run("run", "--record", RECORD, taker, "{}", "took", "took", "9", ":::", took, env={"DROVER_PRETEND": "mem=450M,cores=2"})
    assert done.status == 1
    (cause,) = causes(folder)
    if said:
        assert re.fullmatch(r"killed by SIGKILL, probably out of memory: peak 40\d MB of 450 MB", cause), cause
    else:
        assert cause.startswith("killed by SIGKILL") and "memory" not in cause, cause
