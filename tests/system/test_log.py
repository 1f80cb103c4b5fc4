"""drover log: one line a task, whatever the task was and however it ended."""

import base64
import json
import os
import re
import signal
import sqlite3
import subprocess

import pytest
from gate import Gate
from waiting import until

HEAD = ["task", "state", "exit", "attempts", "start (UTC)", "seconds", "CPU", "memory", "command"]
NASTY = [b"two\nlines", b"a\ttab", b"\xff\xfe no UTF-8", b"\x1b[31mred\x1b[0m", b"it's", b'"$(date)"', b"back\\slash", b"-n", b"\xc3\xa9", b""]

OBSERVE = """#!/bin/sh
case $1 in
  fog) echo "no stars" >&2; exit 3 ;;
  storm) kill -KILL $$ ;;
esac
echo "saw $1"
"""


@pytest.fixture
def observe(folder):
    """./observe: fog gives exit status 3, storm dies of SIGKILL, the rest is seen."""
    (folder / "observe").write_text(OBSERVE)
    (folder / "observe").chmod(0o755)
    return "./observe"


def table(done):
    """The table's rows as lists of cells, by the rule that the manual gives: two blanks or more between two."""
    assert (done.status, done.stderr) == (0, b"")
    head, *rows = [re.split("  +", line) for line in done.stdout.decode().splitlines()]
    assert head == HEAD
    return rows


def objects(done):
    assert (done.status, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.lines]


def kill_at_once(processes):
    """SIGKILL to all of them, stopped before, so that none sees another one die."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in processes:
            os.kill(pid, number)


def without_our_power():
    """Words before a command that take root's power to write everywhere; nothing for others."""
    return ("setpriv", "--securebits=+noroot", "--inh-caps=-all", "--bounding-set=-all") if os.geteuid() == 0 else ()


# The table


def test_each_task_is_a_line_that_says_what_became_of_it(run, observe):
    assert run("run", "--record", "run.drover", observe, ":::", "moon", "fog", "storm").status == 2
    moon, fog, storm = table(run("log", "run.drover"))
    assert [moon[0], fog[0], storm[0]] == ["1", "2", "3"]
    assert moon[1:4] == ["done", "0", "1"] and moon[8:] == ["./observe moon"]
    assert fog[1:4] == ["failed", "3", "1"] and fog[8:] == ["./observe fog", "# exit status 3"]
    assert storm[1:4] == ["failed", "SIGKILL", "1"] and storm[8:] == ["./observe storm", "# killed by SIGKILL (killed)"]
    for row in (moon, fog, storm):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[4])
        assert re.fullmatch(r"\d+\.\d{3}", row[5]) and re.fullmatch(r"\d+\.\d{3}", row[6])
        assert re.fullmatch(r"[\d.]+[KM]B", row[7])


def test_a_program_that_is_missing_never_ran_and_says_why(run, folder):
    (folder / "there").write_text("#!/bin/sh\n")
    (folder / "there").chmod(0o755)
    assert run("run", "--record", "run.drover", "./{}", "x", ":::", "there", "gone").status == 1
    there, gone = table(run("log", "run.drover"))
    assert there[1:4] == ["done", "0", "1"]
    assert gone[1:4] == ["failed", "-", "1"] and gone[5:9] == ["-", "-", "-", "./gone x"]
    assert "no such program: ./gone" in gone[9]


def test_failed_lists_the_failed_alone(run, observe):
    run("run", "--record", "run.drover", observe, ":::", "moon", "fog", "sun", "storm")
    assert [row[0] for row in table(run("log", "run.drover", "--failed"))] == ["2", "4"]
    assert [task["inputs"] for task in objects(run("log", "--failed", "--json", "run.drover"))] == [["fog"], ["storm"]]
    assert run("log", "--failed", "--commands", "run.drover").lines == [b"./observe fog", b"./observe storm"]


def test_a_run_without_failures_has_a_head_and_no_line(run):
    run("run", "--record", "run.drover", "true", ":::", "a")
    assert table(run("log", "--failed", "run.drover")) == []


def test_every_attempt_counts(run):
    line = "[ $DROVER_ATTEMPT = 3 ] # {}"
    assert run("run", "--record", "run.drover", "--retries", "2", "--retry-delay", "0.01", "-c", "x={}; [ $DROVER_ATTEMPT = 3 ]", ":::", line).status == 0
    (row,) = table(run("log", "run.drover"))
    assert row[1:4] == ["done", "0", "3"]
    (task,) = objects(run("log", "--json", "run.drover"))
    assert (task["attempts"], task["attempt"], task["exit"]) == (3, 3, 0)


def test_inputs_of_any_bytes_give_one_printable_line_each(run):
    run("run", "-0", "--record", "run.drover", "true", input=b"\0".join(NASTY) + b"\0")
    done = run("log", "run.drover")
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 1 + len(NASTY)
    assert all(line.isprintable() for line in lines)
    assert lines[1].endswith(r"true 'two\nlines'") and lines[4].endswith(r"true '\x1b[31mred\x1b[0m'")
    assert lines[9].endswith("true 'é'") and lines[10].endswith("true ''")


def test_on_a_terminal_without_utf8_the_table_is_ascii(run, pty_run, folder):
    run("run", "--record", "run.drover", "true", ":::", "é")
    terminal = pty_run("log", "run.drover", env={"LC_ALL": "C"}, columns=200)
    assert terminal.wait() == ("exited", 0)
    assert rb"true '\xc3\xa9'" in terminal.screen and all(byte < 127 for byte in terminal.screen)


# A run that goes on, and one that was broken off


def test_a_task_in_flight_is_running_while_its_drover_lives_and_broken_off_when_it_was_killed(run, folder, census):
    gate = Gate(folder)
    before = census.now()
    process = run.start("run", "-j", "2", "--record", "run.drover", gate.program, ":::", "a", "b", "c")
    gate.wait_for("a", "b")
    gate.release("a")
    gate.wait_for("c")
    rows = [["1", "done", "0", "1"], ["2", "running", "-", "0"], ["3", "running", "-", "0"]]
    until(lambda: [row[:4] for row in table(run("log", "run.drover"))] == rows, what="the starts to be on record")
    kill_at_once(census.now().processes - before.processes)
    process.wait()
    rows = [["1", "done", "0", "1"], ["2", "broken off", "-", "0"], ["3", "broken off", "-", "0"]]
    until(lambda: [row[:4] for row in table(run("log", "run.drover"))] == rows, what="the engine to be gone")
    assert [task["state"] for task in objects(run("log", "--json", "run.drover"))] == ["done", "broken_off", "broken_off"]


def test_tasks_that_were_ended_with_the_run_are_not_run(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "1", "--record", "run.drover", gate.program, ":::", "a", "b")
    gate.wait_for("a")
    process.terminate()
    assert process.wait() == 143
    (row,) = table(run("log", "run.drover"))
    assert row[:3] == ["1", "not run", "SIGTERM"]
    assert table(run("log", "--failed", "run.drover")) == []


# JSON


def test_json_has_what_task_json_has(run, observe, folder):
    run("run", "--record", "run.drover", "--results", "out", "--threads", "1", observe, ":::", "moon", "fog", "storm")
    for number, task in enumerate(objects(run("log", "--json", "run.drover")), 1):
        written = json.loads((folder / f"out/{number}/task.json").read_text())
        verdict = written.pop("verdict")
        for key in ("timed_out", "directory"):
            del written[key]
        assert task.pop("state") == {"succeeded": "done"}.get(verdict, verdict)
        assert task.pop("attempts") == 1
        for key in ("seconds", "cpu_user", "cpu_system"):  # whole microseconds in the record
            assert task.pop(key) == pytest.approx(written.pop(key), abs=1e-6)
        assert task == written


def test_json_keeps_every_byte(run):
    run("run", "-0", "--record", "run.drover", "true", input=b"\0".join(NASTY) + b"\0")
    tasks = objects(run("log", "--json", "run.drover"))
    read = [base64.b64decode(task["inputs_base64"][0]) if "inputs_base64" in task else task["inputs"][0].encode() for task in tasks]
    assert read == NASTY
    assert [number for number, task in enumerate(tasks) if "command_base64" in task] == [2]


def test_json_names_the_columns(run):
    run("run", "--record", "run.drover", "--grid", "kT=0.5,1.0", "--grid", "Z=0.3", "true", "{kT}", "{Z}")
    tasks = objects(run("log", "--json", "run.drover"))
    assert [(task["names"], task["inputs"], task["command"]) for task in tasks] == [
        (["kT", "Z"], ["0.5", "0.3"], "true 0.5 0.3"), (["kT", "Z"], ["1.0", "0.3"], "true 1.0 0.3")]


# Commands


def test_the_commands_do_the_same_again(run, folder):
    """Every input reaches the program byte for byte, through a shell that knows nothing of drover."""
    (folder / "say").write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    (folder / "say").chmod(0o755)
    first = run("run", "-k", "-0", "--record", "run.drover", "--seed", "5", "./say", "{#}", "{}", "{seed}", input=b"\0".join(NASTY) + b"\0")
    done = run("log", "--commands", "run.drover")
    assert (done.status, done.stderr) == (0, b"")
    (folder / "again.sh").write_bytes(done.stdout)
    again = subprocess.run(["sh", "again.sh"], cwd=folder, capture_output=True, check=True)
    assert again.stdout == first.stdout and first.stdout.count(b"\0") == 3 * len(NASTY)


@pytest.mark.parametrize("words", [("-c", "echo {1}-{2} | tr a-z A-Z"), ("-c", "printf '%s ' {}; echo \"$(echo {#})\""), ("-I", "@", "echo", "@", "{}")])
def test_they_are_what_a_dry_run_prints(run, words):
    line = ("run", *words, ":::", "a b", "it's", ":::", "1", "2")
    dry = run("run", "--dry-run", *line[1:])
    run("run", "--record", "run.drover", *line[1:])
    assert run("log", "--commands", "run.drover").stdout == dry.stdout
    assert dry.stdout.count(b"\n") == 4


def test_without_a_command_they_are_the_inputs(run):
    lines = [b"echo {} | tr a b", b"  exit 3", b""]
    run("run", "--record", "run.drover", input=b"\n".join(lines) + b"\n")
    assert run("log", "--commands", "run.drover").lines == lines


def test_a_task_that_has_no_command_is_named_and_left_out(run):
    assert run("run", "--record", "run.drover", "--colsep", ",", "echo", "{1}", "{2}", input=b"a,b\nc\nd,e\n").status == 1
    done = run("log", "--commands", "run.drover")
    assert (done.status, done.lines) == (0, [b"echo a b", b"echo d e"])
    assert b"task 2 has no command" in done.stderr


# Records and what is none


def test_a_record_in_a_read_only_folder_can_be_read(run, observe, folder):
    run("run", "--record", "kept/run.drover", observe, ":::", "moon", "fog")
    (folder / "kept/run.drover").chmod(0o444)
    (folder / "kept").chmod(0o555)
    try:
        assert not os.access(folder / "kept", os.W_OK) or os.geteuid() == 0
        done = run("log", "kept/run.drover", through=without_our_power())
        assert [row[1] for row in table(done)] == ["done", "failed"]
        assert os.listdir(folder / "kept") == ["run.drover"]
    finally:
        (folder / "kept").chmod(0o755)


def test_reading_changes_nothing(run, observe, folder):
    run("run", "--record", "run.drover", observe, ":::", "moon", "fog")
    before = (folder / "run.drover").read_bytes()
    run("log", "run.drover")
    assert (folder / "run.drover").read_bytes() == before
    assert sorted(os.listdir(folder)) == ["observe", "run.drover"]


@pytest.mark.parametrize("content", [b"", b"Seq\tHost\n1\t:\n", b"SQLite format 3\0" + bytes(100)])
@pytest.mark.parametrize("command", ["log", "status"])
def test_a_file_that_is_no_record_is_refused(run, folder, command, content):
    (folder / "foreign").write_bytes(content)
    done = run(command, "foreign")
    assert (done.status, done.stdout) == (255, b"")
    assert done.stderr.startswith(f"drover {command}: ".encode()) and b"foreign" in done.stderr
    assert (folder / "foreign").read_bytes() == content


@pytest.mark.parametrize("command", ["log", "status"])
def test_the_database_of_another_program_is_refused(run, folder, command):
    with sqlite3.connect(folder / "other.db") as other:
        other.execute("CREATE TABLE task (number INTEGER)")
    done = run(command, "other.db")
    assert (done.status, done.stdout) == (255, b"")
    assert b"other.db is no run record of drover" in done.stderr


@pytest.mark.parametrize("command", ["log", "status"])
def test_a_folder_is_answered_with_the_records_in_it(run, folder, command):
    (folder / "runs").mkdir()
    done = run(command, "runs")
    assert (done.status, done.stdout) == (255, b"")
    assert b"runs is a folder: " in done.stderr and b"none in there" in done.stderr
    for name in ("b.drover", "a b.drover", "notes.txt"):
        (folder / "runs" / name).touch()
    done = run(command, "runs")
    assert (done.status, done.stdout) == (255, b"")
    assert done.stderr.endswith(b"write one of its records: 'runs/a b.drover', runs/b.drover\n")


@pytest.mark.parametrize("command", ["log", "status"])
def test_what_is_no_file_is_refused_without_waiting_for_it(run, folder, command):
    os.mkfifo(folder / "pipe")
    done = run(command, "pipe", timeout=20)
    assert (done.status, done.stdout) == (255, b"")
    assert b"pipe is no file" in done.stderr


@pytest.mark.parametrize("command", ["log", "status"])
def test_a_missing_file_is_named(run, command):
    done = run(command, "gone.drover")
    assert (done.status, done.stdout) == (255, b"")
    assert b"gone.drover: No such file" in done.stderr


@pytest.mark.parametrize("words", [("log",), ("log", ""), ("log", "a", "b"), ("log", "--nope", "a"), ("log", "--failed=3", "a"), ("log", "--json", "--commands", "a"),
                                   ("status",), ("status", ""), ("status", "a", "b"), ("status", "--json", "a")])
def test_wrong_usage_is_refused_with_what_to_write(run, words):
    done = run(*words)
    assert (done.status, done.stdout) == (255, b"")
    assert done.stderr.startswith(f"drover {words[0]}: ".encode()) and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", ["log", "status"])
def test_help_of_a_subcommand_is_its_page(run, command):
    page = run("help", command)
    assert page.stdout.startswith(f"drover {command} - ".encode())
    assert run(command, "--help").stdout == page.stdout == run(command, "-h").stdout


# Where it is written to


@pytest.mark.parametrize("words", [("log",), ("log", "--json"), ("log", "--commands"), ("status",)])
def test_a_reader_that_goes_away_is_no_error(run, words):
    run("run", "--record", "run.drover", "true", ":::", "a")
    reading, writing = os.pipe()
    os.close(reading)
    done = run(*words, "run.drover", stdout=writing)
    os.close(writing)
    assert (done.status, done.stderr) == (141, b"")


@pytest.mark.parametrize("words", [("log",), ("status",)])
def test_a_full_disk_behind_standard_output_is_an_error(run, words):
    run("run", "--record", "run.drover", "true", ":::", "a")
    with open("/dev/full", "wb") as full:
        done = run(*words, "run.drover", stdout=full)
    assert done.status == 255
    assert b"cannot write to standard output" in done.stderr


def test_a_long_log_is_whole(run):
    """More than one block of 256 KiB."""
    run("run", "-j", "2", "--record", "run.drover", "true", "x" * 3000, ":::", *map(str, range(200)))
    lines = run("log", "--commands", "run.drover").lines
    assert sorted(lines) == sorted(b"true " + b"x" * 3000 + f" {i}".encode() for i in range(200))
