"""Memory that is learnt (--mem auto), watched (--memfree), and the lack of it told apart from other deaths.

DROVER_PRETEND stands in for the machine: 8 cores and 1 GB. The tasks really take what they say.
"""

import json
import os
import re

import pytest
from gate import Gate, most_at_once
from recorded import rows, states
from waiting import until

MACHINE = {"DROVER_PRETEND": "cores=8,mem=1G"}

# hungry MEBIBYTES NAME [PROGRAM ARGUMENT…]: has that much memory while it says so, and while PROGRAM runs.
HUNGRY = """#!{python}
import os, subprocess, sys
size, name = int(sys.argv[1]), sys.argv[2]
log = os.open("{log}", os.O_WRONLY | os.O_APPEND)
def mark(what):
    os.write(log, f"{{what}} {{name}} {{os.environ['DROVER_ATTEMPT']}}\\n".encode())
mark("+")
memory = b"x" * (size << 20)
status = subprocess.run(sys.argv[3:]).returncode if sys.argv[3:] else 0
mark("-")
sys.exit(status if status >= 0 else 128 - status)
"""


class Hungry:
    def __init__(self, folder):
        self.log = folder / "marks"
        self.log.touch()
        self.program = str(folder / "hungry")
        (folder / "hungry").write_text(HUNGRY.format(python="/usr/bin/python3 -IS", log=self.log))
        (folder / "hungry").chmod(0o755)

    def marks(self):
        return self.log.read_text().splitlines()


@pytest.fixture
def hungry(folder):
    return Hungry(folder)


def learnt(errors):
    """What drover said that it learnt: [(peak, reservation, at a time)], sizes in MiB."""
    pattern = r"--mem auto: largest peak so far (\S+) MB, so (\S+) MB are reserved for a task \(a tenth more\): (\d+) at a time in 1 GB"
    return [(float(peak), float(reserved), int(number)) for peak, reserved, number in re.findall(pattern, errors.decode())]


# --mem auto


def test_tasks_of_300_mb_in_1_gb_are_never_more_than_three_at_once(run, hungry):
    done = run("run", "--mem", "auto", "-j", "8", hungry.program, "300", ":::", *range(12), env=MACHINE)
    assert (done.status, done.stdout) == (0, b""), done.stderr
    marks = hungry.marks()
    assert most_at_once(marks) <= 3
    assert marks[1].startswith("- 0 ")  # the first one ran alone
    assert len(marks) == 24
    (peak, reserved, at_a_time), *grown = learnt(done.stderr)
    assert 300 <= peak < 330 and abs(reserved - 1.1 * peak) < 2 and at_a_time == 3
    assert not grown


def test_the_memory_that_was_learnt_is_used(run, folder, hungry):
    gate = Gate(folder)
    process = run.start("run", "--mem", "auto", "-j", "8", hungry.program, "300", "{}", gate.program, "{}", ":::", *range(1, 8), env=MACHINE)
    gate.wait_for(1)
    gate.release(1)
    gate.wait_for(2, 3, 4)
    for name in range(2, 8):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert most_at_once(hungry.marks()) == 3
    assert most_at_once([mark for mark in hungry.marks() if mark.split()[1] in "12"]) == 1


def test_the_plan_says_that_memory_is_learnt(run):
    done = run("run", "--mem", "auto", "true", ":::", "a", env=MACHINE)
    assert done.status == 0
    assert b"drover: 8 at a time: 8 cores, as far as memory allows: one task first, to learn what it needs of 1 GB; seed " in done.stderr


def test_one_task_is_one_task(run, hungry):
    done = run("run", "--mem", "auto", hungry.program, "50", ":::", "only", env=MACHINE)
    assert (done.status, len(hungry.marks())) == (0, 2)
    assert run("run", "--mem", "auto", "true", ":::", env=MACHINE).status == 0


def test_small_tasks_get_all_their_slots(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--mem", "auto", "-j", "8", gate.program, ":::", *range(9), env=MACHINE)
    gate.wait_for(0)
    gate.release(0)
    gate.wait_for(*range(1, 9))
    for name in range(1, 9):
        gate.release(name)
    assert process.communicate(timeout=60) and process.returncode == 0
    assert most_at_once(gate.log.read_text().splitlines()) == 8


def test_a_task_that_fails_teaches_too(run, hungry):
    done = run("run", "--mem", "auto", "-j", "8", hungry.program, "300", "{}", "false", ":::", *range(7), env=MACHINE)
    assert done.status == 7
    assert most_at_once(hungry.marks()) <= 3 and hungry.marks()[1].startswith("-")


def test_what_grows_is_said_again(run, hungry):
    done = run("run", "--mem", "auto", "-j", "1", hungry.program, "{1}", "{2}", ":::", "100", "105", "200", "101", ":::+", *"abcd", env=MACHINE)
    assert done.status == 0
    told = learnt(done.stderr)
    assert [100 <= told[0][0] < 130, 200 <= told[1][0] < 230, len(told)] == [True, True, 2]
    assert told[1][2] == 1  # never more than the slots


def test_a_tree_of_processes_is_summed_and_a_steady_one_taught_while_it_runs(run, folder, hungry):
    """Nobody waits for its end: after ten seconds without growth the peak is believed."""
    gate = Gate(folder)
    line = f"{hungry.program} 200 {{}} {gate.program} {{}}a & {hungry.program} 200 {{}} {gate.program} {{}}b & wait"
    process = run.start("run", "--mem", "auto", "-j", "8", "-c", line, ":::", *"1234", env=MACHINE)
    gate.wait_for("1a", "1b", "2a", "2b")
    assert gate.ended() == []
    for name in ("1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b"):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert 400 <= learnt(errors)[0][0] < 465 and learnt(errors)[0][2] == 2
    assert most_at_once(hungry.marks()) == 4


@pytest.mark.parametrize("words", [["--mem", "Auto"], ["--mem", "auto4"], ["--mem", "4"], ["--mem", "0G"], ["--mem", ""], ["--memfree", "auto"],
                                   ["--memfree", "4"], ["--memfree", "0G"], ["--memfree", ""], ["--memfree", "50%"], ["--memfree", "-1G"]])
def test_other_sizes_are_errors_before_any_task(run, folder, words):
    done = run("run", *words, "touch", ":::", "started", env=MACHINE)
    assert (done.status, done.stdout, done.stderr.count(b"\n")) == (255, b"", 1)
    assert words[0].encode() in done.stderr
    assert os.listdir(folder) == []


def test_a_size_is_a_reservation_as_before(run, hungry):
    done = run("run", "--mem", "400M", "-j", "8", hungry.program, "5", ":::", *range(8), env=MACHINE)
    assert done.status == 0 and most_at_once(hungry.marks()) <= 2
    assert b"drover: 2 at a time" in done.stderr and b"400 MB each of 1 GB (memory decides)" in done.stderr and b"auto" not in done.stderr


# Out of memory

# Takes 900 MB; the first attempt is then killed as the kernel would do it.
STARVES = "[ $DROVER_ATTEMPT -gt {survives} ] || kill -KILL $PPID"


def starving(survives):
    return STARVES.format(survives=survives)


def test_one_task_in_ten_that_needs_three_times_as_much_is_done_in_a_larger_reservation(run, folder, hungry):
    task = folder / "task"
    task.write_text(f'#!/bin/sh\nif [ $1 = 5 ]; then exec {hungry.program} 900 $1 sh -c \'{starving(1)}\'; fi\nexec {hungry.program} 300 $1\n')
    task.chmod(0o755)
    done = run("run", "--mem", "auto", "--retries", "1", "--record", "r", "-j", "8", "./task", ":::", *range(10), env=MACHINE)
    assert done.status == 0, done.stderr
    marks = [mark for mark in hungry.marks() if mark != "+ 5 1"]  # that one left no mark of its end
    assert most_at_once(marks) <= 3
    second = marks.index("+ 5 2")
    assert most_at_once(marks[:second]) >= 1 and sum(1 if mark[0] == "+" else -1 for mark in marks[:second]) == 0
    assert marks[second + 1] == "- 5 2"  # it ran alone
    killed = [row for row in rows(folder / "r", "attempt") if row["state"] == "failed"]
    assert [(row["task"], row["attempt"], row["signal"]) for row in killed] == [(6, 1, 9)]
    assert re.fullmatch(r"killed by SIGKILL, probably out of memory: peak 9\d\d MB of 1 GB", killed[0]["cause"])
    assert set(states(folder / "r").values()) == {"done"}


@pytest.mark.parametrize("option", [[], ["--mem", "auto"], ["--mem", "950M"]])
def test_a_death_near_the_limit_is_called_what_it_probably_was(run, folder, hungry, option):
    done = run("run", *option, "--crash-report", "{}_crash", "--record", "r", hungry.program, "900", "{}", "sh", "-c", "kill -KILL $PPID", ":::", "a", env=MACHINE)
    assert done.status == 1
    assert re.search(rb"task 1 \(.*\): killed by SIGKILL, probably out of memory: peak 9\d\d MB of 1 GB", done.stderr)
    assert "probably out of memory" in (folder / "a_crash").read_text()
    assert rows(folder / "r", "attempt")[0]["peak_memory"] >= 900 << 20


def test_a_shell_that_tells_of_such_a_death_is_believed(run, hungry):
    line = f"{hungry.program} 900 {{}} sh -c 'kill -KILL $PPID'; exit $?"
    done = run("run", "-c", line, ":::", "a", env=MACHINE)
    assert done.status == 1 and b"probably out of memory" in done.stderr


@pytest.mark.parametrize(("size", "ending"), [("900", "exit 1"), ("900", "kill -SEGV $PPID"), ("50", "kill -KILL $PPID")])
def test_other_deaths_are_not(run, hungry, size, ending):
    done = run("run", hungry.program, size, "{}", "sh", "-c", ending, ":::", "a", env=MACHINE)
    assert done.status == 1 and b"memory" not in done.stderr


def test_what_drover_killed_did_not_die_of_memory(run, hungry):
    line = f"trap '' TERM; {hungry.program} 900 {{}} sh -c \"trap '' TERM; sleep 600\""
    done = run("run", "--timeout", "3", "--grace", "0.1", "-c", line, ":::", "a", env=MACHINE)
    assert done.status == 1 and b"timed out" in done.stderr and b"memory" not in done.stderr


def test_the_retry_after_such_a_death_reserves_more(run, folder):
    """Of 1 GB each has 240 MB, so four fit; 860 MB and a tenth leave no room for another."""
    gate = Gate(folder)
    task = folder / "task"
    task.write_text(f"""#!/bin/sh
if [ $1 = 1 ] && [ $DROVER_ATTEMPT = 1 ]; then exec /usr/bin/python3 -IS -c 'import os; x = b"x" * (860 << 20); os.kill(os.getpid(), 9)'; fi
exec {gate.program} $1
""")
    task.chmod(0o755)
    process = run.start("run", "--record", "r", "--mem", "240M", "--retries", "1", "-j", "4", "./task", ":::", *range(1, 8), env=MACHINE)
    gate.wait_for(2, 3, 4)
    until(lambda: os.path.exists(folder / "r") and rows(folder / "r", "attempt"), what="the death of the first task")
    for name in (2, 3, 4):
        gate.release(name)
    gate.wait_for(1)
    assert sorted(gate.started()) == ["1", "2", "3", "4"] and sorted(gate.ended()) == ["2", "3", "4"]
    for name in (1, 5, 6, 7):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert gate.events()[7][:2] == ("end", "1")  # nothing started beside it


# --memfree


class Free:
    """The free memory of the pretended machine, as a file that changes in one step."""

    def __init__(self, folder, size):
        self.path = folder / "free"
        self.set(size)
        self.machine = {"DROVER_PRETEND": f"cores=8,mem=@{self.path}"}

    def set(self, size):
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{size}\n")
        fresh.rename(self.path)


def status_of(folder):
    try:
        return json.loads((folder / "r-status").read_text())
    except FileNotFoundError:
        return {}


def told_again(folder, times=2):
    """Waits until the status was written anew so often: drover has looked around since."""
    for _ in range(times):
        before = status_of(folder).get("written")
        until(lambda before=before: status_of(folder).get("written") != before, what="the next status")


def test_nothing_starts_below_the_floor_until_there_is_more(run, folder):
    gate, free = Gate(folder), Free(folder, "499M")
    process = run.start("run", "--record", "r", "--memfree", "500M", "-j", "2", gate.program, ":::", "a", "b", env=free.machine)
    until(lambda: status_of(folder).get("waiting_for") == "waiting: memory", what="drover to wait for memory")
    assert gate.started() == []
    free.set("500M")
    gate.wait_for("a", "b")
    gate.release("a")
    gate.release("b")
    assert process.communicate(timeout=60) and process.returncode == 0


def test_a_run_that_waits_for_memory_can_be_ended(run, folder):
    free = Free(folder, "1M")
    process = run.start("run", "--record", "r", "--memfree", "500M", "touch", ":::", "a", "b", env=free.machine)
    until(lambda: status_of(folder).get("waiting_for") == "waiting: memory", what="drover to wait for memory")
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 143 and b"2 tasks were not run" in errors
    assert not (folder / "a").exists()


def test_no_inputs_are_not_waited_for(run, folder):
    free = Free(folder, "1M")
    assert run("run", "--memfree", "500M", "true", ":::", env=free.machine).status == 0
    assert run("run", "--memfree", "500M", "true", input=b"", env=free.machine).status == 0


def test_under_half_the_floor_the_youngest_is_ended_and_runs_again_as_the_same_attempt(run, folder):
    gate, free = Gate(folder), Free(folder, "1G")
    process = run.start("run", "--record", "r", "--memfree", "500M", "-j", "3", gate.program, ":::", "a", "b", "c", env=free.machine)
    gate.wait_for("a", "b", "c")
    free.set("249M")
    until(lambda: status_of(folder).get("running_in_all") == 1, what="two to be ended")
    told_again(folder)  # the last one stays, however low it is
    assert status_of(folder)["running_in_all"] == 1 and sorted(gate.started()) == ["a", "b", "c"]
    oldest = status_of(folder)["running"][0]["task"]
    assert oldest == 1
    free.set("400M")  # between the two: nothing is ended, nothing starts
    told_again(folder)
    assert (len(gate.started()), status_of(folder)["running_in_all"]) == (3, 1)
    free.set("1G")
    until(lambda: len(gate.started()) == 5, what="both to run again")
    for name in "abc":
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert sorted(gate.started()) == ["a", "b", "b", "c", "c"]
    assert {attempt for _, _, _, attempt in gate.events()} == {1}
    assert [(row["task"], row["attempt"], row["state"]) for row in rows(folder / "r", "attempt")] == [(1, 1, "done"), (2, 1, "done"), (3, 1, "done")]
    assert b"failed" not in errors


def test_what_was_ended_for_memory_keeps_its_retries_and_prints_once(run, folder):
    gate, free = Gate(folder), Free(folder, "1G")
    process = run.start("run", "--record", "r", "--memfree", "500M", "--retries", "1", "--retry-delay", "0.01", "-j", "2", "--joblog", "log",
                        gate.program, "{}", "%s\\n", "{}", ":::", "a", "b", env=free.machine)
    gate.wait_for("a", "b")
    free.set("1M")
    until(lambda: status_of(folder).get("running_in_all") == 1, what="one to be ended")
    free.set("1G")
    until(lambda: len(gate.started()) == 3)
    gate.release("b", status=1)
    until(lambda: len(gate.started()) == 4)
    gate.release("b", status=1)
    gate.release("a")
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert [attempt for what, name, _, attempt in gate.events() if what == "start" and name == "b"] == [1, 1, 2]
    assert sorted(out.split()) == [b"a", b"b"]
    assert len((folder / "log").read_text().splitlines()) == 3


def test_a_machine_without_shortage_notices_nothing(run, folder):
    free = Free(folder, "1G")
    done = run("run", "-k", "--memfree", "500M", "echo", ":::", *range(20), env=free.machine)
    assert (done.status, [int(line) for line in done.lines]) == (0, list(range(20)))
    assert b"memory" not in done.stderr
