"""What stands in the tables of a run record: the same as everywhere else that drover tells of the run."""

import json
import os
import pathlib
import re
import signal

import pytest
from gate import Gate
from recorded import rows
from waiting import until

TIMING = 'case {} in quick) ;; out) printf 12345; printf 678 >&2 ;; fail) exit 7 ;; die) kill -SEGV $$ ;; work) i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done ;; esac'
NAMES = ["quick", "out", "fail", "die", "work"]


@pytest.fixture
def told(run, folder):
    """One run with everything that tells: record, job log, task.json."""
    done = run("run", "--record", "r", "--joblog", "log", "--results", "res", "--seed", "77", "-j", "2", "-c", TIMING, ":::", *NAMES)
    assert done.status == 2, done.stderr

    class Told:
        attempts = rows(folder / "r", "attempt")
        tasks = rows(folder / "r", "task")
        view = rows(folder / "r", "log")
        run = rows(folder / "r", "run")[0]
        json = [json.loads((folder / f"res/{number}/task.json").read_text()) for number in range(1, 6)]
        log = {int(line.split("\t")[0]): line.split("\t") for line in (folder / "log").read_text().splitlines()[1:]}
        line = done.stderr.decode().splitlines()[-1]

    return Told()


def test_an_attempt_is_told_as_in_task_json(told):
    assert [row["task"] for row in told.attempts] == [1, 2, 3, 4, 5]
    for row, task in zip(told.attempts, told.json, strict=True):
        assert row["run"] == 1 and row["attempt"] == task["attempt"] == 1
        assert row["state"] == {"succeeded": "done", "failed": "failed"}[task["verdict"]]
        assert row["exit_status"] == task["exit"]
        assert row["signal"] == (task["signal"] or 0)
        assert row["cause"] == task["cause"]
        assert row["slot"] == task["slot"]
        assert row["ran"] == round(task["seconds"] * 1e6)
        assert row["cpu_user"] == round(task["cpu_user"] * 1e6)
        assert row["cpu_system"] == round(task["cpu_system"] * 1e6)
        assert row["peak_memory"] == task["peak_memory_bytes"]
        assert (row["stdout_bytes"], row["stderr_bytes"]) == (task["stdout_bytes"], task["stderr_bytes"])


def test_an_attempt_is_told_as_in_the_job_log(told):
    for row in told.attempts:
        log = told.log[row["task"]]
        assert log[2] == f"{round(row['started'] / 1e3) / 1e3:.3f}"
        assert abs(float(log[3]) - row["ran"] / 1e6) < 0.001
        assert int(log[5]) == row["stdout_bytes"]
        assert int(log[7]) == row["signal"]
        if row["exit_status"] is not None:
            assert int(log[6]) == row["exit_status"]


def test_how_tasks_ended_is_told_apart(told):
    quick, out, fail, die, work = told.attempts
    assert [(row["state"], row["exit_status"], row["signal"]) for row in told.attempts] == [
        ("done", 0, 0), ("done", 0, 0), ("failed", 7, 0), ("failed", None, signal.SIGSEGV), ("done", 0, 0)]
    assert quick["cause"] == out["cause"] == work["cause"] == ""
    assert fail["cause"] == "exit status 7" and "SIGSEGV" in die["cause"]
    assert (out["stdout_bytes"], out["stderr_bytes"]) == (5, 3)
    assert work["cpu_user"] + work["cpu_system"] > 0 and work["ran"] > 0
    assert all(row["peak_memory"] > 100_000 for row in told.attempts)
    assert {row["slot"] for row in told.attempts} <= {1, 2}


def test_a_task_is_told_with_its_seed_its_state_and_its_last_attempt(told):
    assert [(row["number"], row["input"]) for row in told.tasks] == list(enumerate(NAMES, 1))
    assert [row["seed"] for row in told.tasks] == [task["seed"] for task in told.json]
    assert [row["state"] for row in told.tasks] == [row["state"] for row in told.attempts]
    assert [(row["run"], row["attempt"]) for row in told.tasks] == [(1, 1)] * 5


def test_the_run_is_told_with_who_where_and_when(told, folder):
    row = told.run
    assert (row["id"], row["command"], row["mode"], row["replace"], row["seed"]) == (1, TIMING, "shell", "{}", "77")
    assert (row["per_task"], row["names"], row["job"], row["exit_status"]) == (1, "", "", 2)
    assert (row["tasks"], row["attempts"]) == (5, 5)
    assert row["folder"] == str(folder)
    assert row["host"] == os.uname().nodename == told.json[0]["host"]
    assert row["process"] > 1 and re.fullmatch(r"\d+\.\d+\.\d+", row["version"])
    assert row["line"].startswith("drover run --record r --joblog log --results res --seed 77 -j 2 -c ")
    assert told.line == "drover: repeat the failed with: drover run --resume-failed" + row["line"].removeprefix("drover run")
    starts = [attempt["started"] for attempt in told.attempts]
    assert row["started"] <= min(starts)
    assert max(attempt["started"] + attempt["ran"] for attempt in told.attempts) <= row["ended"] + 1_000_000


def test_the_view_shows_each_task_with_its_last_attempt(told):
    for shown, task, attempt in zip(told.view, told.tasks, told.attempts, strict=True):
        assert [shown[key] for key in ("number", "input", "state", "seed")] == [task[key] for key in ("number", "input", "state", "seed")]
        assert shown["attempts"] == task["attempts"] == 1
        for key in ("slot", "exit_status", "signal", "cause", "peak_memory", "stdout_bytes", "stderr_bytes"):
            assert shown[key] == attempt[key], key
        assert shown["seconds"] == attempt["ran"] / 1e6 and shown["host"] == told.run["host"]


def test_the_process_of_the_run_is_the_one_to_signal(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--record", "r", gate.program, ":::", "a")
    gate.wait_for("a")
    until(lambda: rows(folder / "r", "task"), what="the start of a on record")
    row = rows(folder / "r", "run")[0]
    assert (row["process"], row["ended"], row["exit_status"]) == (process.pid, None, None)
    gate.release("a")
    process.communicate(timeout=60)
    assert rows(folder / "r", "run")[0]["ended"] is not None


@pytest.mark.parametrize(("variables", "job"), [({"SLURM_JOB_ID": "4711"}, "Slurm 4711"), ({"PBS_JOBID": "12.server"}, "PBS 12.server"),
        ({"SLURM_JOB_ID": "9", "SLURM_ARRAY_JOB_ID": "8", "SLURM_ARRAY_TASK_ID": "3"}, "Slurm 8_3")])
def test_the_batch_job_is_on_record(run, folder, variables, job):
    assert run("run", "--record", "r", "true", ":::", "a", env=variables).status == 0
    assert rows(folder / "r", "run")[0]["job"] == job


def test_names_and_columns_are_on_record(run, folder):
    assert run("run", "--record", "r", "--csv", "--header", ":", "-I", "@@", "true", input=b"name,k T\na,1\n").status == 0
    row = rows(folder / "r", "run")[0]
    assert (row["mode"], row["replace"], row["names"], row["width"], row["per_task"]) == ("direct", "@@", "name\tk T", 2, 1)
    assert run("run", "--record", "n", "-n", "2", "true", ":::", "a", "b", "c").status == 0
    assert rows(folder / "n", "run")[0]["per_task"] == 2
    assert run("run", "--record", "l", input=b"true\nfalse\n").status == 1
    assert [rows(folder / "l", "run")[0][key] for key in ("mode", "command")] == ["lines", ""]


# Attempts


def test_each_attempt_of_a_task_is_a_row(run, folder):
    line = "echo $DROVER_ATTEMPT; [ $DROVER_ATTEMPT -ge {} ]"
    done = run("run", "--record", "r", "--retries", "2", "--retry-delay", "0.01", "-k", "-c", line, ":::", "1", "3", "9")
    assert (done.status, done.lines) == (1, [b"1", b"3", b"3"])
    found = [(row["task"], row["attempt"], row["state"]) for row in rows(folder / "r", "attempt")]
    assert found == [(1, 1, "done"), (2, 1, "failed"), (2, 2, "failed"), (2, 3, "done"), (3, 1, "failed"), (3, 2, "failed"), (3, 3, "failed")]
    assert [(row["state"], row["attempt"]) for row in rows(folder / "r", "task")] == [("done", 1), ("done", 3), ("failed", 3)]
    again = run("run", "--record", "r", "--resume-failed", "--retries", "1", "--retry-delay", "0.01", "-c", line, ":::", "1", "3", "9")
    assert (again.status, again.lines) == (1, [b"2"])  # attempts count from 1 in each run
    found = [(row["task"], row["run"], row["attempt"]) for row in rows(folder / "r", "attempt")]
    assert found[4:] == [(3, 1, 1), (3, 1, 2), (3, 1, 3), (3, 2, 1), (3, 2, 2)]
    assert [row["attempts"] for row in rows(folder / "r", "log")] == [1, 3, 5]  # in all runs


def test_a_timeout_is_on_record_with_its_cause(run, folder):
    assert run("run", "--record", "r", "--timeout", "0.3", "sleep", ":::", "600").status == 1
    row = rows(folder / "r", "attempt")[0]
    assert (row["state"], row["exit_status"], row["signal"]) == ("failed", None, signal.SIGTERM)
    assert row["cause"].startswith("timed out after ") and row["ran"] >= 300_000


def test_a_program_that_is_missing_is_on_record_with_its_cause(run, folder):
    assert run("run", "--record", "r", "{}", ":::", "true", "no-such-program-at-all").status == 1
    row = rows(folder / "r", "attempt")[1]
    assert (row["state"], row["exit_status"], row["signal"], row["ran"], row["peak_memory"]) == ("failed", None, 0, 0, 0)
    assert "no-such-program-at-all" in row["cause"] and row["started"] > 0


def test_what_a_halt_ended_is_not_run_on_record(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--record", "r", "-j", "2", "--halt", "now,fail=1", gate.program, ":::", "a", "b", "c")
    gate.wait_for("a", "b")
    gate.release("a", status=1)
    process.communicate(timeout=60)
    assert [(row["input"], row["state"]) for row in rows(folder / "r", "task")] == [("a", "failed"), ("b", "not run")]
    ended = rows(folder / "r", "attempt")[1]
    assert (ended["state"], ended["signal"]) == ("not run", signal.SIGTERM)
    assert ended["cause"].startswith("ended with the run")


def test_a_run_that_is_killed_has_no_end_on_record(run, folder, census):
    gate, before = Gate(folder), census.now()
    process = run.start("run", "--record", "r", gate.program, ":::", "a")
    gate.wait_for("a")
    until(lambda: rows(folder / "r", "task"), what="the start of a on record")
    engine = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
    os.kill(int(engine), signal.SIGKILL)  # the process that was started only guards it
    process.communicate(timeout=60)
    census.settles(before)
    assert [rows(folder / "r", "run")[0][key] for key in ("ended", "exit_status", "tasks")] == [None, None, None]
    assert [(row["state"], row["run"]) for row in rows(folder / "r", "task")] == [("running", None)]
