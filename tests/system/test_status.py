"""drover status: how a run goes while it does, and what is left to do when it has ended or was killed."""

import fcntl
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import time

import pytest
from gate import Gate
from waiting import until


@pytest.fixture
def gate(folder):
    return Gate(folder)


def status_when(run, condition, record="run.drover"):
    """The status of a living run as soon as `condition(text)` holds: it is renewed every second."""

    def look():
        done = run("status", record)
        assert done.stderr == b"" and done.status in (0, 1)
        return done if condition(done.stdout.decode()) else None

    return until(look, what="the status that was waited for")


def facts(text):
    """The lines "name  value" of a status."""
    return dict(match.groups() for match in re.finditer(r"^([a-z]+) {2,}(\S.*)$", text, re.MULTILINE))


def lines_to_paste(text):
    """What stands, indented, below "to …:"; by these words."""
    return dict(re.findall(r"^to (.+):\n  (.+)$", text, re.MULTILINE))


def paste(line, drover, folder, environment):
    path = f"{pathlib.Path(drover).parent}:{environment['PATH']}"
    return subprocess.run(["sh", "-c", line], cwd=folder, env=environment | {"PATH": path}, capture_output=True, stdin=subprocess.DEVNULL, check=False)


def kill_at_once(processes):
    """SIGKILL to all of them, stopped before, so that none sees another one die."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in processes:
            os.kill(pid, number)


# A run that goes on


def test_a_living_run_is_told_with_what_runs_where_since_when(run, gate):
    process = run.start("run", "-j", "2", "--record", "run.drover", gate.program, ":::", "a", "b", "c", "d")
    gate.wait_for("a", "b")
    gate.release("a")
    gate.wait_for("c")
    done = status_when(run, lambda text: "1 of 4 tasks done" in text)
    text = done.stdout.decode()
    assert done.status == 0
    assert re.match(r"run\.drover: running for [^,]+, since \d{4}-\d\d-\d\dT[\d:]+Z\n1 of 4 tasks done, 0 failed, 2 running, 1 waiting\n", text)
    assert re.search(r"^[\d.]+ tasks a (second|minute|hour), about \S.* left$", text, re.MULTILINE)
    rows = [re.split("  +", line.strip()) for line in re.search(r"longest first:\n((?:  .+\n)+)", text)[1].splitlines()]
    assert rows[0] == ["task", "attempt", "slot", "process", "since (UTC)", "for", "command"]
    assert [(row[0], row[1], row[2], row[6]) for row in rows[1:]] == [("2", "1", "2", f"{gate.program} b"), ("3", "1", "1", f"{gate.program} c")]
    for row in rows[1:]:
        assert f"{gate.program}\0".encode() in pathlib.Path(f"/proc/{row[3]}/cmdline").read_bytes()
    known = facts(text)
    assert known["folder"] == str(run.folder) and known["host"] == os.uname().nodename
    assert known["command"] == f"drover run -j 2 --record run.drover {gate.program} ::: a b c d"
    assert known["process"] == str(process.pid) and "job" not in known
    for name in "bcd":
        gate.release(name)
    assert process.wait() == 0


def test_the_command_that_cancels_it_does(run, gate, drover, environment):
    process = run.start("run", "--record", "run.drover", gate.program, ":::", "a")
    gate.wait_for("a")
    text = status_when(run, lambda text: "1 running" in text).stdout.decode()
    assert facts(text)["cancel"] == f"kill {process.pid}"
    assert paste(facts(text)["cancel"], drover, run.folder, environment).returncode == 0
    assert process.wait() == 143


@pytest.mark.parametrize(("variable", "number", "cancel"), [("SLURM_JOB_ID", "4711", "scancel 4711"), ("PBS_JOBID", "12.server", "qdel 12.server"), ("LSB_JOBID", "7", "bkill 7")])
def test_a_batch_job_is_named_with_what_cancels_it(run, gate, variable, number, cancel):
    process = run.start("run", "-j", "1", "--record", "run.drover", gate.program, ":::", "a", env={variable: number})
    gate.wait_for("a")
    known = facts(status_when(run, lambda text: "1 running" in text).stdout.decode())
    assert known["job"].endswith(number) and known["cancel"] == cancel
    gate.release("a")
    assert process.wait() == 0
    assert facts(run("status", "run.drover").stdout.decode())["job"] == known["job"]


def test_a_living_run_with_a_failure_says_so_by_its_exit_status(run, gate):
    process = run.start("run", "-j", "1", "--record", "run.drover", gate.program, ":::", "a", "b")
    gate.release("a", status=3)
    gate.wait_for("b")
    done = status_when(run, lambda text: "1 failed" in text)
    assert done.status == 1
    assert facts(done.stdout.decode())["failures"] == "drover log --failed run.drover"
    gate.release("b")
    assert process.wait() == 1


def test_the_twenty_longest_are_shown_and_the_others_counted(run, gate):
    names = [f"t{i}" for i in range(23)]
    process = run.start("run", "-j", "23", "--record", "run.drover", gate.program, ":::", *names)
    gate.wait_for(*names)
    text = status_when(run, lambda text: "23 running" in text).stdout.decode()
    assert re.search(r"\n  20 .+ t19\n  and 3 more\n", text)
    for name in names:
        gate.release(name)
    assert process.wait() == 0


def test_what_earlier_runs_did_is_counted_apart(run, gate):
    line = ("-j", "1", "--record", "run.drover", gate.program, ":::")
    process = run.start("run", *line, "a", "b")
    gate.release("a")
    gate.release("b", status=1)
    assert process.wait() == 1
    process = run.start("run", "--resume", *line, "a", "b", "c")
    gate.wait_for("c")
    text = status_when(run, lambda text: "1 running" in text).stdout.decode()
    assert "1 of 3 tasks done, 1 failed, 1 running, 0 waiting\nfrom earlier runs: 1 done, 1 failed and not repeated\n" in text
    gate.release("c")
    assert process.wait() == 1
    assert "\n2 runs, the first one begun " in run("status", "run.drover").stdout.decode()


def test_control_characters_of_commands_are_escaped(run, gate):
    process = run.start("run", "--record", "run.drover", gate.program, "x", "\x1b[2J\n", ":::", "a\tb\r")
    gate.wait_for("x")
    done = status_when(run, lambda text: "1 running" in text)
    assert all(line.isprintable() for line in done.stdout.decode().splitlines())
    assert rb"\x1b[2J\n" in done.stdout and rb"a\tb\r" in done.stdout
    gate.release("x")
    assert process.wait() == 0


# What lies beside a record, made by hand: a drover elsewhere, or one that hangs


@pytest.fixture
def held(folder):
    """held(status) holds run.drover as a drover on node7 would, and writes its status (None: none yet)."""
    opened = []

    def hold(status):
        lock = open(folder / "run.drover-lock", "w+", encoding="ascii")
        opened.append(lock)
        lock.write("node7 4711\n")
        lock.flush()
        fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))  # F_OFD_SETLK
        if status is not None:
            (folder / "run.drover-status").write_text(status)

    yield hold
    for lock in opened:
        lock.close()


def made_status(age):
    return json.dumps({"host": "node7", "process": 4711, "job": "", "line": "drover run --record run.drover sim", "folder": "/data", "started": time.time() - age - 600,
                       "written": time.time() - age, "elapsed": 600.0, "total": None, "done_before": 0, "failed_before": 0, "done": 20, "failed": 0, "waiting": 0,
                       "waiting_for": "waiting: memory", "running_in_all": 0, "running": []})


def test_a_status_that_is_not_renewed_says_how_old_it_is(run, held):
    held(made_status(age=3600))
    done = run("status", "run.drover")
    assert done.status == 0
    assert b"\nwritten 60 min ago: its host may be busy or gone\n20 tasks done" in done.stdout or b"\nwritten 1 h ago: " in done.stdout
    assert b"\n2.0 tasks a minute\nwaiting: memory\n" in done.stdout


def test_a_run_that_has_told_nothing_yet_is_alive(run, held):
    held(None)
    done = run("status", "run.drover")
    assert (done.status, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"run.drover: process 4711 on node7 holds it and has told nothing yet")


def test_a_status_that_drover_did_not_write_is_an_error(run, held):
    held("{}")
    done = run("status", "run.drover")
    assert (done.status, done.stdout) == (255, b"")
    assert b"run.drover-status" in done.stderr


# A run that has ended


def test_a_run_that_went_well_says_so(run):
    run("run", "--record", "run.drover", "true", ":::", "a", "b")
    done = run("status", "run.drover")
    assert (done.status, done.stderr) == (0, b"")
    assert re.match(rb"run\.drover: ended \d{4}-\d\d-\d\dT[\d:]+Z after [\d.]+ m?s, exit status 0\n2 tasks done, 0 failed\n\nhost ", done.stdout)
    assert lines_to_paste(done.stdout.decode()) == {}


def test_the_lines_for_failures_list_and_repeat_them(run, folder, drover, environment):
    assert run("run", "--record", "run.drover", "-c", "echo {}; [ -e {} ]", ":::", "a b", "c").status == 2
    done = run("status", "run.drover")
    assert done.status == 1
    lines = lines_to_paste(done.stdout.decode())
    assert set(lines) == {"list what failed", "repeat what failed"}
    assert paste(lines["list what failed"], drover, folder, environment).stdout.count(b"failed") == 2
    (folder / "a b").touch()
    again = paste(lines["repeat what failed"], drover, folder, environment)
    assert again.returncode == 1 and sorted(again.stdout.splitlines()) == [b"a b", b"c"]
    done = run("status", "run.drover")
    assert b"\n1 task done, 1 failed\n2 runs, " in done.stdout and done.status == 1
    (folder / "c").touch()
    assert paste(lines_to_paste(done.stdout.decode())["repeat what failed"], drover, folder, environment).returncode == 0
    assert run("status", "run.drover").status == 0


def test_a_run_that_was_killed_was_broken_off_and_its_line_goes_on(run, gate, folder, drover, environment, census):
    before = census.now()
    process = run.start("run", "-j", "1", "--record", "run.drover", gate.program, ":::", "a", "b", "c")
    gate.release("a")
    gate.wait_for("b")
    until(lambda: b"\n2        running" in run("log", "run.drover").stdout, what="the start to be on record")
    kill_at_once(census.now().processes - before.processes)
    process.wait()
    done = status_when(run, lambda text: "running for" not in text)  # the engine may go a moment later
    text = done.stdout.decode()
    assert (done.status, done.stderr) == (1, b"")
    assert re.match(r"run\.drover: broken off, no drover runs it now \(begun .+\)\n1 task done, 0 failed, 1 in flight when it was broken off\n", text)
    line = lines_to_paste(text)["go on"]
    assert line == f"drover run --resume -j 1 --record run.drover {gate.program} ::: a b c"
    resumed = subprocess.Popen(["sh", "-c", line], cwd=folder, env=environment | {"PATH": f"{pathlib.Path(drover).parent}:{environment['PATH']}"},
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    gate.release("b")
    gate.release("c")
    assert resumed.wait(timeout=60) == 0
    assert gate.started() == ["a", "b", "b", "c"]
    assert run("status", "run.drover").status == 0


def test_a_run_that_was_ended_by_a_signal_is_missing_the_rest(run, gate):
    process = run.start("run", "-j", "1", "--record", "run.drover", gate.program, ":::", "a", "b")
    gate.wait_for("a")
    process.terminate()
    assert process.wait() == 143
    done = run("status", "run.drover")
    assert done.status == 1
    assert b", exit status 143 (ended by SIGTERM)\n0 tasks done, 0 failed, 1 ended with the run\n" in done.stdout
    assert set(lines_to_paste(done.stdout.decode())) == {"go on"}


def test_from_another_folder_the_line_goes_back_first(run, folder, tmp_path, drover, environment):
    run("run", "--record", "run.drover", "-c", "echo {} > seen; false", ":::", "a")
    (folder / "seen").unlink()
    done = run("status", folder / "run.drover", cwd=tmp_path)
    line = lines_to_paste(done.stdout.decode())["repeat what failed"]
    assert line.startswith(f"cd {folder} && drover run --resume-failed ")
    paste(line, drover, tmp_path, environment)
    assert (folder / "seen").read_text() == "a\n"


def test_a_word_of_the_command_that_looks_like_our_option_stays_the_commands(run, drover, folder, environment):
    run("run", "--record", "run.drover", "-c", "echo \"$@\" --resume {}; false", ":::", "--resume", "a")
    line = lines_to_paste(run("status", "run.drover").stdout.decode())["repeat what failed"]
    assert sorted(paste(line, drover, folder, environment).stdout.splitlines()) == [b"--resume --resume", b"--resume a"]
