"""A run that is under way: its processes, what its tasks have said so far, how it ended."""

import os
import select
import signal
import subprocess
import time

from commands import HANG_SECONDS, Done
from waiting import until

# Data, not a reason to skip: a drover built with sanitizers (DROVER_SANITIZED=1) needs more memory for its shadow, and
# descriptors and a process of its own to look at memory with.
SANITIZED = os.environ.get("DROVER_SANITIZED") == "1"

# A task (with -c) that says that it has begun and goes on until the file go (or go.N, of one task) is there.
GATE = "touch started.{}; until [ -e go ] || [ -e go.{} ]; do sleep 0.01; done; echo end {}"
# A task that never ends by itself, and tells when it is asked to.
TOLD = "trap 'echo told > told.{}; exit 7' TERM; touch started.{}; while :; do sleep 0.01; done"
# A task that does not end when it is asked to.
DEAF = "trap '' TERM; touch started.{}; while :; do sleep 0.01; done"


def have_started(folder, *tasks):
    """Waits until these tasks have begun."""
    until(lambda: all((folder / f"started.{task}").exists() for task in tasks), what=f"the start of {tasks}")


def end_of(process):
    """Waits for the end; with what was still to be read. Fails if there is none."""
    try:
        out, err = process.communicate(timeout=HANG_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"no end after {HANG_SECONDS} s: {process.args}") from None
    return Done(process.returncode, out or b"", err or b"")


def read_until(stream, text, seconds=60):
    """Reads an unfinished standard error up to `text`; gives back all of it."""
    said, deadline = b"", time.monotonic() + seconds
    while text not in said:
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        block = stream.read1(65536) if ready else b""
        assert block, f"{text!r} was not said; this was: {said.decode(errors='replace')}"
        said += block
    return said


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def engine_of(process):
    """The second of drover's two processes: the child of the one that was started."""
    return until(lambda: children(process.pid), what="drover's engine")[0]


def status_of(pid):
    """/proc/PID/status as a dictionary; empty if it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    except (FileNotFoundError, ProcessLookupError):
        return {}


def state_of(pid):
    """R, S, D, T (stopped), Z; empty if it is gone."""
    return status_of(pid).get("State", "")[:1]


def take(process, number):
    """Sends a signal to drover and waits until both of its processes have dealt with it."""

    def idle(pid):
        status = status_of(pid)
        pending = int(status.get("SigPnd", "0"), 16) | int(status.get("ShdPnd", "0"), 16)
        return status.get("State", "")[:1] == "S" and not pending >> (number - 1) & 1

    engine = engine_of(process)
    process.send_signal(number)
    until(lambda: idle(process.pid), what=f"{signal.Signals(number).name} to be passed on")
    until(lambda: idle(engine), what=f"{signal.Signals(number).name} to be taken")


def job_log(path):
    """Task number → (Exitval, Signal) of every line of the job log."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        rows = [line.split("\t", 8) for line in file.read().removesuffix("\n").split("\n")]
    names = rows.pop(0)
    assert all(len(row) == len(names) for row in rows), "a line is broken"
    rows = [dict(zip(names, row)) for row in rows]
    numbers = [int(row["Seq"]) for row in rows]
    assert len(numbers) == len(set(numbers)), f"a task has two lines: {numbers}"
    return {int(row["Seq"]): (int(row["Exitval"]), int(row["Signal"])) for row in rows}


def script(folder, name, text):
    """An executable file; gives back how to call it from the folder."""
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return f"./{name}"
