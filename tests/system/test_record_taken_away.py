"""A record whose files are removed, renamed or left behind, and what else a person does to a run between two of its starts."""

import os
import signal

import pytest
from gate import Gate
from recorded import rows
from waiting import until


def killed_in_the_middle(run, folder, record):
    """A run of six that was killed, guardian and engine, with two done: its log waits beside the record."""
    gate = Gate(folder)
    process = run.start("run", "-j", "1", "--record", record, gate.program, ":::", *"abcdef")
    for name in "ab":
        gate.wait_for(name)
        gate.release(name)
    gate.wait_for("c")
    until(lambda: (folder / f"{record}-wal").exists() and (folder / f"{record}-status").exists(), what="the log and the status")
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as children:
        engine = int(children.read())
    for pid in (process.pid, engine):
        os.kill(pid, signal.SIGSTOP)
    for pid in (engine, process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    until(lambda: not os.path.exists(f"/proc/{engine}"), what="the end of the engine")


@pytest.mark.parametrize("option", [(), ("--resume",)])
def test_a_new_record_does_not_take_the_log_of_one_that_was_removed(run, folder, option):
    killed_in_the_middle(run, folder, "r.drover")
    (folder / "r.drover").unlink()
    words = ("run", *option, "--record", "r.drover", "echo", ":::", *"abcdef")
    refused = run(*words)
    assert (refused.status, refused.stdout) == (255, b"")
    assert b"r.drover-wal" in refused.stderr and b"remove the log too" in refused.stderr
    for left in folder.glob("r.drover-*"):
        left.unlink()
    done = run(*words)
    assert done.status == 0 and sorted(done.lines) == [b"a", b"b", b"c", b"d", b"e", b"f"]


@pytest.mark.parametrize("what", ["removed", "renamed", "replaced"])
def test_a_run_ends_when_its_record_is_taken_away(run, folder, what):
    assert run("run", "--record", "other.drover", "true", ":::", "1").status == 0
    gate = Gate(folder)
    process = run.start("run", "-j", "1", "--record", "r.drover", gate.program, ":::", *"abc")
    gate.wait_for("a")
    if what == "removed":
        (folder / "r.drover").unlink()
    elif what == "renamed":
        (folder / "r.drover").rename(folder / "else.drover")
    else:
        (folder / "other.drover").rename(folder / "r.drover")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 255
    assert b"the run record r.drover was removed, renamed or replaced" in errors
    assert b"b" not in b"".join(line for line in gate.log.read_bytes().splitlines() if line.startswith(b"start b"))
    if what == "replaced":
        assert [row["input"] for row in rows(folder / "r.drover", "task")] == ["1"], "the other one is untouched"


def test_a_job_log_is_added_to_when_its_run_is_resumed(run, folder):
    words = ("--record", "r.drover", "--joblog", "log", "true", ":::")
    assert run("run", *words, "1", "2").status == 0
    assert run("run", "--resume", *words, "1", "2", "3").status == 0
    numbers = [line.split("\t")[0] for line in (folder / "log").read_text().splitlines()]
    assert numbers[0] == "Seq" and sorted(numbers[1:]) == ["1", "2", "3"]


def test_what_can_never_be_repeated_is_not_advised(run):
    assert run("run", "--record", "r.drover", "false", ":::", "a").status == 1
    done = run("run", "--resume-failed", "--record", "r.drover", "false", ":::")
    assert done.status == 1
    done = run("run", "--resume-failed", "--record", "r.drover", "-c", "false {}", ":::", "b")
    assert done.status == 255, "another command"
    assert run("run", "--record", "s.drover", "test", "-d", ":::", "none").status == 1
    done = run("run", "--resume-failed", "--record", "s.drover", "test", "-d", ":::", "/")
    assert done.status == 1
    assert b"of the tasks that have failed on record none is among the inputs" in done.stderr
    assert b"repeat the failed with" not in done.stderr


def test_equal_inputs_keep_one_number_each_through_kills(run, folder):
    """Ends overtake starts that are not on record yet: no number may be left out or given twice for it."""
    inputs = ["x"] * 300
    for moment in (40, 90, 170):
        process = run.start("run", "-j", "3", "--resume", "--record", "r.drover", "-c",
                            "[ {%} -gt 1 ] || sleep 0.03; echo {#} >> ran; : {}", ":::", *inputs)
        until(lambda: (folder / "ran").exists() and len((folder / "ran").read_text().split()) >= moment, what=f"{moment} tasks")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: not list(folder.glob("r.drover-lock")) or run("status", "r.drover").stdout.find(b"broken off") >= 0
              or b"ended" in run("status", "r.drover").stdout, what="the end of the engine")
    assert run("run", "--resume", "--record", "r.drover", "-c", "[ {%} -gt 1 ] || sleep 0.03; echo {#} >> ran; : {}", ":::",
               *inputs).status == 0
    assert [row["number"] for row in rows(folder / "r.drover", "task")] == list(range(1, 301))
    assert set((folder / "ran").read_text().split()) == {str(number) for number in range(1, 301)}
