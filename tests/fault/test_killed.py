"""SIGKILL of drover's processes, at any moment: nothing of the tree is left within seconds."""

import os
import random
import signal
import time

import pytest

from herd import children, end_of, engine_of, have_started, script, state_of
from waiting import until

SEED = 20240229
TASKS_BEFORE = 60  # a moment is: so many tasks have given their output, and then up to so many seconds
SECONDS_AFTER = 0.01

# Short tasks of every kind. What outlives a task's first process here would live for a thousand seconds.
MIXED = """#!/bin/sh
case $(($1 % 7)) in
0) ;;
1) sleep 1000 >/dev/null 2>&1 & ;;
2) setsid -f sleep 1000 >/dev/null 2>&1 ;;
3) (sh -c 'sleep 1000 & setsid sleep 1000 & :' >/dev/null 2>&1 &) ;;
4) sh -c 'sh -c "sleep 0.02; :"; :' ;;
5) setsid -f sh -c "trap '' TERM HUP; sleep 1000; sleep 1000" >/dev/null 2>&1 ;;
6) head -c 100000 /dev/zero | tr '\\0' x; echo ;;
esac
echo "$1"
"""


@pytest.fixture
def mixed_run(run, folder):
    """mixed_run() starts a run of many short tasks that would take minutes."""
    program = script(folder, "mixed", MIXED)
    (folder / "numbers").write_text("".join(f"{number}\n" for number in range(20000)))
    return lambda *options: run.start("run", "-j4", "--grace", "0.5", *options, program, "::::", "numbers")


def moments(count, salt):
    """Random moments, the same in every session; every fifth lies in the first milliseconds."""
    draw = random.Random(SEED + salt)
    return [(0 if number % 5 == 0 else draw.randrange(1, TASKS_BEFORE), draw.uniform(0, SECONDS_AFTER * (4 if number % 5 == 0 else 1)))
            for number in range(count)]


def wait_for_moment(process, moment):
    tasks, seconds = moment
    for _ in range(tasks):
        assert process.stdout.readline(), process.stderr.read()
    time.sleep(seconds)  # not to wait for something: to be anywhere in what drover does


def test_the_process_that_was_started_is_killed_at_sixty_moments(mixed_run, census):
    before = census.now()
    for moment in moments(60, 0):
        process = mixed_run()
        wait_for_moment(process, moment)
        process.kill()
        assert end_of(process).status == -signal.SIGKILL, moment
        census.settles(before, seconds=30)


def test_the_engine_is_killed_at_thirty_moments(mixed_run, census):
    before = census.now()
    for moment in moments(30, 1):
        process = mixed_run()
        engine = engine_of(process)
        wait_for_moment(process, moment)
        os.kill(engine, signal.SIGKILL)
        done = end_of(process)
        assert done.status == 255, moment
        assert b"engine was killed by SIGKILL" in done.stderr and b"every task was ended" in done.stderr, moment
        assert done.stderr.count(b"engine was killed") == 1
        census.settles(before, seconds=30)


def test_the_job_is_killed_as_a_group_at_ten_moments(mixed_run, census):
    """kill -9 %1: the engine is in a session of its own and lives to end everything."""
    before = census.now()
    for moment in moments(10, 2):
        process = mixed_run()
        wait_for_moment(process, moment)
        os.killpg(process.pid, signal.SIGKILL)
        assert end_of(process).status == -signal.SIGKILL
        census.settles(before, seconds=30)


def kill_both_at_once(process):
    """Both are stopped first, so that neither can react to the other's end."""
    engine = engine_of(process)
    both = (process.pid, engine)
    for pid in both:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: all(state_of(pid) == "T" for pid in both), what="both to be stopped")
    tasks = children(engine)
    for pid in both:
        os.kill(pid, signal.SIGKILL)
    return tasks


def test_both_are_killed_at_once_and_the_tasks_themselves_die(run, folder, census):
    """The documented limit: deeper descendants may live on, so there are none here."""
    before = census.now()
    process = run.start("run", "-j3", "-c", "touch started.{}; trap '' TERM HUP; exec sleep 1000", ":::", 1, 2, 3)
    have_started(folder, 1, 2, 3)
    tasks = kill_both_at_once(process)
    assert len(tasks) == 3
    assert end_of(process).status == -signal.SIGKILL
    census.settles(before)


def scratch_folders(environment):
    return [os.path.join(path, name) for path, names, _ in os.walk(environment["TMPDIR"]) for name in names]


@pytest.mark.parametrize("next_run", [("--scratch", "true"), ("true",)], ids=["with --scratch", "without"])
def test_a_scratch_folder_is_gone_at_the_latest_after_the_next_run(run, folder, environment, next_run):
    process = run.start("run", "--scratch", "-c", "mkdir \"$DROVER_SCRATCH\"/a; touch \"$DROVER_SCRATCH\"/a/file started.{}; exec sleep 1000",
                        ":::", 1)
    have_started(folder, 1)
    kill_both_at_once(process)
    end_of(process)
    assert any(path.endswith("/a") for path in scratch_folders(environment)), "nobody was left to remove it"
    assert run("run", *next_run, ":::", "x").status == 0
    assert not any("task" in path or "run-" in path for path in scratch_folders(environment))


@pytest.mark.parametrize("victim", ["started", "engine"])
def test_a_scratch_folder_is_removed_by_the_process_that_lives_or_by_the_next_run(run, folder, environment, victim):
    process = run.start("run", "-j2", "--scratch", "-c", "touch \"$DROVER_SCRATCH\"/file started.{}; exec sleep 1000", ":::", 1, 2)
    have_started(folder, 1, 2)
    os.kill(process.pid if victim == "started" else engine_of(process), signal.SIGKILL)
    end_of(process)
    assert run("run", "true", ":::", "x").status == 0
    until(lambda: not any("run-" in path for path in scratch_folders(environment)), what="the scratch folders to go")


def test_the_scratch_folder_of_a_living_run_is_not_swept(run, folder, environment):
    process = run.start("run", "--scratch", "-c", "touch \"$DROVER_SCRATCH\"/file started.{}; until [ -e go ]; do sleep 0.01; done; "
                        "test -e \"$DROVER_SCRATCH\"/file", ":::", 1)
    have_started(folder, 1)
    assert run("run", "--scratch", "true", ":::", "x").status == 0
    (folder / "go").touch()
    assert end_of(process).status == 0
    assert scratch_folders(environment) == [], "and a normal end leaves nothing"


def test_nobody_waits_for_a_reader_when_drover_is_killed(run, census):
    """The engine has output to give and nobody to take it."""
    before = census.now()
    process = run.start("run", "-j2", "-c", "head -c 3000000 /dev/zero; : {}", ":::", *range(20))
    assert process.stdout.read(1)
    process.kill()
    process.wait()
    census.settles(before)
    process.stdout.close()
    process.stderr.close()
