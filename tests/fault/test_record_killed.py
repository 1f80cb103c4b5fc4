"""SIGKILL of drover at any moment of a recorded run, then --resume: nothing is lost, and nothing done is done again.

DROVER_KILLS is how many kills there are in all (default 200; 60 with a sanitizer).
"""

import os
import random
import signal
import time
from collections import Counter

import pytest

from fault_at_write import Faults, build
from herd import SANITIZED, children, end_of, state_of
from recorded_runs import RECORD, ask, complete, executions, how_many, noting, write_inputs
from waiting import until

SEED = 20250301
TASKS = 2000
AT_A_TIME = 4
KILLS = int(os.environ.get("DROVER_KILLS", "60" if SANITIZED else "200"))
MOST_TASKS_BETWEEN = 40  # of one kill and the next, drawn evenly
MOST_SECONDS_AFTER = 0.004


def guardian_dies(process):
    process.kill()


def engine_dies(process):
    engine = until(lambda: children(process.pid) or process.poll() is not None, what="an engine")
    if isinstance(engine, list):
        kill(engine[0])


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def both_die(process):
    """Both are stopped first, so that neither can react to the other's end."""
    pids = [process.pid, *children(process.pid)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: all(state_of(pid) in ("T", "Z", "") for pid in pids), what="both to be stopped")
    for pid in reversed(pids):
        kill(pid)


class Campaign:
    """One recorded run after the other, each killed and resumed until it is complete, until there were enough kills."""

    def __init__(self, run, folder, census, env=None):
        self.run, self.folder, self.census, self.env = run, folder, census, env
        self.words = noting(folder, last=TASKS)
        self.before = census.processes()
        self.ends = [0]  # executions at each kill

    def start(self, env=None):
        return self.run.start("run", "-j", AT_A_TIME, "--grace", "0.5", "--resume", "--record", RECORD, *self.words,
                              env={**(self.env or {}), **(env or {})})

    def settle(self, process):
        """The run's end; with all of its processes, whichever of them was killed."""
        done = end_of(process)
        until(lambda: self.census.processes() == self.before, what="the tree to end")
        self.ends.append(how_many(self.folder))
        return done

    def check(self):
        """At the end of a run, and the next run begins afresh."""
        assert complete(self.folder, range(1, TASKS + 1))
        again = self.start()
        assert end_of(again).status == 0
        assert how_many(self.folder) == self.ends[-1], "nothing is left to do"
        self.check_repetitions()
        (self.folder / RECORD).unlink()
        (self.folder / "executions").unlink()
        self.ends = [0]

    def check_repetitions(self):
        """Only what was in flight at a kill ran again."""
        done = [task for task, _, _ in executions(self.folder)]
        last = {task: place for place, task in enumerate(done)}
        for begin, end in zip(self.ends, self.ends[1:]):
            here = Counter(done[begin:end])
            assert set(here.values()) <= {1}, f"twice in one run: {here.most_common(3)}"
            repeated = [task for task in here if last[task] >= end]
            assert len(repeated) <= AT_A_TIME, f"{repeated} ran again after {end} executions"


def campaign(run, folder, census, kills, die, env=None, salt=0):
    draw = random.Random(SEED + salt)
    runs = Campaign(run, folder, census, env)
    while kills > 0:
        process = runs.start()
        goal = runs.ends[-1] + draw.randrange(MOST_TASKS_BETWEEN)
        after = draw.uniform(0, MOST_SECONDS_AFTER)
        until(lambda: how_many(folder) >= goal or process.poll() is not None, what="the moment")
        time.sleep(after)  # not to wait for something: to be anywhere in what drover does
        ended = process.poll() is not None
        if not ended:
            die(process)
            kills -= 1
        runs.settle(process)
        if ended:
            assert process.returncode == 0
            runs.check()
    assert runs.settle(runs.start()).status == 0
    runs.check()


@pytest.mark.parametrize("die", [guardian_dies, engine_dies, both_die])
def test_a_killed_run_is_resumed_until_it_is_complete(run, folder, census, die):
    campaign(run, folder, census, -(-KILLS // 3), die, salt=len(die.__name__))


@pytest.mark.parametrize("die", [guardian_dies, engine_dies, both_die])
def test_the_same_on_a_network_file_system(run, folder, census, die):
    """There the record has a rollback journal and no log. A pretended one: no lock is lost here."""
    campaign(run, folder, census, -(-KILLS // 30), die, {"DROVER_PRETEND": "filesystem=nfs"}, salt=99)


def test_a_run_is_killed_at_random_writes(run, folder, census, tmp_path):
    """And resumed with the next fault waiting, until there were enough of them."""
    faults = Faults(build(tmp_path), tmp_path)
    draw = random.Random(SEED + 7)
    runs = Campaign(run, folder, census)
    met = []
    while len(met) < -(-KILLS // 8):
        ended = runs.settle(runs.start(faults.at(draw.randrange(1, 500), draw.choice(("kill", "torn")))))
        if faults.line():
            met.append(faults.line())
            assert ended.status in (-signal.SIGKILL, 255), ended
        else:
            assert ended.status == 0, ended
            runs.check()
    assert runs.settle(runs.start()).status == 0
    runs.check()


# From 16 MiB on the log is moved into the database while the run goes on: the last task waits for that.
LONG_INPUT = 40000


@pytest.mark.parametrize("call, number", [("ftruncate run.drover-wal$", 1), ("pwrite64 run.drover$", 2), ("pwrite64 run.drover$", 4000)])
def test_a_kill_while_the_log_is_moved_into_the_database(run, folder, census, tmp_path, call, number):
    faults = Faults(build(tmp_path), tmp_path)
    before = census.processes()
    inputs = [f"{value:0{LONG_INPUT}}" for value in range(600)]
    write_inputs(folder, inputs)
    words = ("run", "-j4", "--record", RECORD, "--resume", "-c",
             "echo {#} >> ran; [ {#} -lt 600 ] || until [ -e go ]; do sleep 0.01; done; : {}", "::::", "inputs")
    done = run(*words, env=faults.at(number, "kill", on=call), timeout=60)
    assert faults.line() == call.removesuffix("$"), "it came to that"
    assert done.status == 255
    until(lambda: census.processes() == before, what="the tree to end")
    (folder / "go").touch()
    assert run(*words).status == 0
    ran = (folder / "ran").read_text().split()
    assert len(ran) <= len(inputs) + AT_A_TIME
    (folder / "executions").write_text("".join(f"{value} {number} {seed}\n" for value, number, seed in
                                               ask(folder / RECORD, "SELECT input, number, seed FROM task")))
    assert set(map(int, ran)) == set(range(1, len(inputs) + 1))
    assert complete(folder, inputs)
