"""Each write to the record in turn is the last one, is done by half, or fails."""

import errno
import os
import signal

import pytest
from skips import skip

from fault_at_write import Faults, build
from herd import GATE, SANITIZED, end_of, have_started
from recorded_runs import RECORD, complete, how_many, noting
from waiting import until

TASKS = 12
AT_A_TIME = 2
STEP = 4 if SANITIZED else 1  # every fourth write, or each: a sanitizer takes its time
BEYOND = 4  # where the faults come too late so often the sweep is over: how many writes there are varies a little


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    return build(tmp_path_factory.mktemp("preload"))


@pytest.fixture
def faults(library, tmp_path):
    return Faults(library, tmp_path)


class Sweep:
    """A small recorded run, with something at its N-th write, again and again from its start to its end."""

    def __init__(self, run, folder, census, faults, env=None):
        self.run, self.folder, self.census, self.faults, self.env = run, folder, census, faults, env or {}
        self.words = ("run", "-j", AT_A_TIME, "--grace", "0.5", "--record", RECORD, "--resume", *noting(folder, last=TASKS))
        self.before = census.processes()
        self.met = []  # the calls at which it happened

    def faulty(self, number, how, again=False, on=None):
        """True if it happened; `self.done` is the end of the run."""
        for name in os.listdir(self.folder):
            if name == "executions" or ".drover" in name:
                (self.folder / name).unlink()
        self.done = self.run(*self.words, env={**self.env, **self.faults.at(number, how, again, on)})
        until(lambda: self.census.processes() == self.before, what="the tree to end")
        self.met.append(self.faults.line())
        return bool(self.met[-1])

    def resumed(self):
        """Without faults it goes on to its end."""
        before, here = how_many(self.folder), f"after call {len(self.met)}, {self.met[-1]}"
        done = self.run(*self.words, env=self.env)
        assert done.status == 0, (here, done.stderr)
        assert complete(self.folder, range(1, TASKS + 1)), here
        return how_many(self.folder) - before

    def numbers(self, step=1):
        number = late = 0
        while late < BEYOND:
            number += step
            yield number
            late = 0 if self.met[-1] else late + 1


def sweep_with_kills(sweep, how, step=1):
    """After each of them the record can be read, and the run goes on to its end."""
    repeated = {}
    for number in sweep.numbers(step):
        if sweep.faulty(number, how):
            assert sweep.done.status in (-signal.SIGKILL, 255), sweep.met[-1]
        executed = how_many(sweep.folder)
        if number % 3 == 0 and (sweep.folder / RECORD).exists():
            shown = sweep.run("log", RECORD, env=sweep.env)
            assert shown.status == 0, (number, sweep.met[-1], shown.stderr)
        repeated[number] = executed + sweep.resumed() - TASKS
    most = max(repeated, key=repeated.get)
    assert repeated[most] <= AT_A_TIME, f"{repeated[most]} tasks ran twice after call {most}"


@pytest.mark.parametrize("how", ["kill", "torn"])
def test_a_kill_at_each_write_is_survived(run, folder, census, faults, how):
    sweep = Sweep(run, folder, census, faults)
    sweep_with_kills(sweep, how, STEP)
    assert "pwrite64 run.drover-wal" in sweep.met
    assert STEP > 1 or {"pwrite64 run.drover", "rename run.drover"} <= set(sweep.met), "each of them, also those that are few"


@pytest.mark.parametrize("how", ["kill", "torn"])
def test_the_same_with_a_rollback_journal(run, folder, census, faults, how):
    """As on a network file system: what is killed in the middle of a commit is undone."""
    sweep = Sweep(run, folder, census, faults, {"DROVER_PRETEND": "filesystem=nfs"})
    sweep_with_kills(sweep, how, step=5)
    assert sum(call.endswith("-journal") for call in sweep.met) > 5


REASONS = ("the disk is full: make room", "disk I/O error", "No space left on device", "Input/output error")


def told(done, executed):
    """The last words of a run that cannot go on: which record, why, and how to go on where something is left to do."""
    text = done.stderr.decode()
    assert RECORD in text and any(reason in text for reason in REASONS), text
    assert not 0 < executed < TASKS or text.splitlines()[-1].startswith("drover: go on with: drover run --resume "), text
    return True


@pytest.mark.parametrize("again", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_a_write_that_fails_is_told_and_loses_nothing(run, folder, census, faults, number, again):
    sweep = Sweep(run, folder, census, faults)
    failed = 0
    for call in sweep.numbers(step=4):
        happened = sweep.faulty(call, number, again)
        executed = how_many(folder)
        here = (call, sweep.met[-1], sweep.done)
        assert sweep.done.status in (0, 255), here
        if sweep.done.status == 255:
            assert happened and told(sweep.done, executed), here
            failed += 1
        else:  # what failed was nothing that is needed
            assert executed == TASKS, here
        assert executed + sweep.resumed() - TASKS <= AT_A_TIME * 2, here
    assert failed > 10


# What happens once a second, or once a run: a run that lasts until its status file was written once.
SELDOM = ["fdatasync run.drover-wal", "rename run.drover-status", "unlink run.drover-status", "unlink run.drover-lock", "unlink run.drover-wal"]
LASTING = "echo {} {#} {seed} >> executions; until [ -e go ] || [ -s run.drover-status ]; do sleep 0.01; done"


@pytest.mark.parametrize("how", ["kill", errno.EIO], ids=["kill", "EIO"])
@pytest.mark.parametrize("call", SELDOM)
def test_a_fault_at_what_happens_seldom(run, folder, faults, census, call, how):
    before = census.processes()
    words = ("run", "-j", AT_A_TIME, "--grace", "0.5", "--record", RECORD, "--resume", "-c", LASTING, ":::", *range(1, 5))
    done = run(*words, env=faults.at(1, how, on=call))
    assert faults.line().startswith(call), "it came to that"
    assert done.status in ((-signal.SIGKILL, 255) if how == "kill" else (0, 255)), done
    if done.status == 0:
        assert how_many(folder) == 4
    until(lambda: census.processes() == before, what="the tree to end")
    (folder / "go").touch()
    assert run(*words).status == 0
    assert complete(folder, range(1, 5))
    assert not [name for name in os.listdir(folder) if name.endswith(".tmp")]


def fill(disk):
    """Leaves not a byte; gives back the file that took them."""
    with open(disk / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(bytes(1024)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return disk / "filler"


def disk_of(small_disk, kibibytes):
    disk = small_disk(kibibytes)
    if disk is None:
        skip("small-disk", "no file system can be mounted here")
    return disk


def test_a_disk_that_fills_up_in_the_middle(run, folder, small_disk):
    disk = disk_of(small_disk, 1024)
    inputs = range(1, 101)
    line = "echo {} {#} {seed} >> executions; " + GATE
    words = ("run", "-j", AT_A_TIME, "--record", disk / RECORD, "--resume", "-c", line, ":::", *inputs)
    process = run.start(*words)
    have_started(folder, 1, 2)
    filler = fill(disk)
    (folder / "go").touch()
    done = end_of(process)
    assert done.status == 255
    assert b"cannot write the run record %s/run.drover: the disk is full: make room" % os.fsencode(disk) in done.stderr
    assert done.stderr.splitlines()[-1].startswith(b"drover: go on with: drover run --resume ")
    assert how_many(folder) < len(inputs), "nothing new is started that could not be put on record"
    executed = how_many(folder)
    filler.unlink()
    assert run(*words).status == 0
    assert how_many(folder) > executed
    assert complete(folder, inputs, disk / RECORD)


def test_a_disk_that_is_full_from_the_start(run, folder, small_disk):
    disk = disk_of(small_disk, 512)
    filler = fill(disk)
    words = ("run", "--record", disk / RECORD, "--resume", *noting(folder))
    done = run(*words)
    assert done.status == 255
    assert os.fsencode(disk / RECORD) in done.stderr
    assert how_many(folder) == 0, "what cannot be put on record is not begun"
    filler.unlink()
    assert os.listdir(disk) == [], "and nothing is left of the attempt"
    assert run(*words).status == 0
    assert complete(folder, range(1, TASKS + 1), disk / RECORD)
