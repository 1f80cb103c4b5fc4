"""Thousands of tasks: none lost, none twice, never more at a time than asked for, memory flat."""

import os
import subprocess
import sys

import pytest
from gate import Gate, most_at_once
from waiting import until

MOST_BYTES = 32 << 20


def peak_memory(pid):
    """The largest resident size a living process ever had, in bytes (VmHWM of proc_pid_status(5))."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) * 1024


def family(drover, census):
    """The living processes of drover itself: the guardian is one of them, the tasks are not."""
    def is_drover(pid):
        try:
            return os.path.samefile(f"/proc/{pid}/exe", drover)
        except OSError:
            return False
    return [pid for pid in census.processes() if is_drover(pid)]


def numbers_of(lines):
    return sorted(map(int, lines))


def test_of_ten_thousand_short_tasks_never_more_than_32_run_at_once_and_none_is_lost_or_done_twice(run, folder):
    done = run("run", "-j", "32", "--grid", "i=1..10000", "-c", "echo '+ '{i} >> marks; echo {i}; echo - >> marks", timeout=300)
    assert done.status == 0, done.stderr
    marks = (folder / "marks").read_text().splitlines()
    assert numbers_of(mark[2:] for mark in marks if mark.startswith("+")) == list(range(1, 10001))
    assert numbers_of(done.lines) == list(range(1, 10001))
    assert most_at_once(marks) <= 32


def test_all_32_slots_are_used_and_the_next_starts_as_one_ends(run, folder):
    gate = Gate(folder)
    (folder / "task").write_text(f'#!/bin/sh\n[ "$1" -gt 32 ] || exec {gate.program} "$1"\necho "$1 $DROVER_SLOT" >> flowed\n')
    (folder / "task").chmod(0o755)
    process = run.start("run", "-j", "32", "./task", ":::", *range(1, 101))
    gate.wait_for(*range(1, 33))
    gate.release(7)
    until(lambda: (folder / "flowed").exists() and len((folder / "flowed").read_text().splitlines()) == 68, what="the other 68 tasks")
    assert gate.ended() == ["7"]  # all of them went through the one slot that was free, one after the other
    slot = {name: slot for _, name, slot, _ in gate.events()}
    flowed = [line.split() for line in (folder / "flowed").read_text().splitlines()]
    assert [int(number) for number, _ in flowed] == list(range(33, 101))
    assert {int(used) for _, used in flowed} == {slot["7"]}
    for number in set(range(1, 33)) - {7}:
        gate.release(number)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_twenty_thousand_processes_leave_one_line_each_in_little_memory(run, folder, drover, census):
    # The last task waits, so that drover's own memory can be looked at when all the others are done.
    gate = Gate(folder)
    line = f"echo {{}} >> written; [ {{}} != 20000 ] || {gate.program} last; echo {{}}"
    numbers = b"".join(b"%d\n" % number for number in range(1, 20001))
    (folder / "numbers").write_bytes(numbers)
    with open(folder / "out", "wb") as out:
        process = run.start("run", "-j", "4", "-a", "numbers", "-c", line, stdout=out)
    until(lambda: process.poll() is not None or "last" in gate.started(), seconds=300, what="the last of 20,000 tasks")
    assert "last" in gate.started(), process.communicate(timeout=60)
    peaks = [peak_memory(pid) for pid in family(drover, census)]
    assert peaks and sum(peaks) <= MOST_BYTES, peaks
    gate.release("last")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert numbers_of((folder / "written").read_bytes().splitlines()) == list(range(1, 20001))
    assert numbers_of((folder / "out").read_bytes().splitlines()) == list(range(1, 20001))
    assert b"20 000 tasks done" in errors


def dry_run_peak(process, size):
    """Peak memory of a --dry-run that prints `size` bytes, and all its lines' number. The last bytes are left in the pipe
    until it was looked at: more than the pipe holds, so the process cannot have ended."""
    read = lines = 0
    while read < size - (256 << 10):
        block = os.read(process.stdout.fileno(), min(1 << 20, size - (256 << 10) - read))
        assert block, "the output ended early"
        lines += block.count(b"\n")
        read += len(block)
    peak = peak_memory(process.pid)
    rest, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return peak, lines + rest.count(b"\n"), read + len(rest), rest.splitlines()[-1]


# Long enough that 20,000 lines are more than a pipe holds.
COMMAND = ["true", "--of-the-length-of-an-ordinary-command"]


def printed_size(count):
    """Bytes of the lines "COMMAND 1" … "COMMAND COUNT"."""
    digits = sum(len(str(power)) * (min(count, 10 * power - 1) - power + 1) for power in (10**n for n in range(9)) if power <= count)
    return digits + count * len(" ".join(COMMAND) + " \n")


SOURCES = {
    "a grid": lambda count: (["--grid", f"i=1..{count}", *COMMAND, "{i}"], None),
    "standard input": lambda count: (COMMAND, ["seq", str(count)]),
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_dry_run_of_ten_million_inputs_needs_no_more_memory_than_one_of_twenty_thousand(run, source):
    peaks = {}
    for count in (20_000, 10_000_000):
        arguments, feeder = SOURCES[source](count)
        feed = subprocess.Popen(feeder, stdout=subprocess.PIPE) if feeder else None
        process = run.start("run", "--dry-run", *arguments, stdin=feed.stdout if feed else subprocess.DEVNULL)
        peaks[count], lines, size, last = dry_run_peak(process, printed_size(count))
        assert (lines, size, last) == (count, printed_size(count), " ".join([*COMMAND, str(count)]).encode())
        if feed:
            feed.stdout.close()
            assert feed.wait(timeout=60) == 0
    small, large = peaks.values()
    assert large <= MOST_BYTES
    assert large <= 1.1 * small, peaks
