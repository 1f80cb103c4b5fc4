"""What a program has left behind: processes, shared memory, files in the temporary folder.

Processes are found by a marked environment, not by parentage: a grandchild that went its own way (double fork,
setsid, a parent that was killed) still carries the mark.
"""

import os
import signal
from dataclasses import dataclass

from waiting import until


@dataclass(frozen=True)
class Count:
    """One moment. Two of them are compared with ==."""

    processes: frozenset
    shared_memory: frozenset
    temporary: frozenset


def command_of(pid):
    """The words of a process, for messages; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def is_zombie(pid):
    """Zombies have ended: they hold nothing but their number."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except OSError:
        return True


class Census:
    def __init__(self, mark, temporary):
        self.mark, self.temporary = f"CENSUS_MARK={mark}".encode(), temporary

    def processes(self):
        """Numbers of all living processes with the mark, except this one."""
        found = set()
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == os.getpid():
                continue
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    marked = self.mark in file.read().split(b"\0")
            except OSError:
                continue
            if marked and not is_zombie(entry):
                found.add(int(entry))
        return frozenset(found)

    def now(self):
        shared = frozenset(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else frozenset()
        return Count(self.processes(), shared, frozenset(os.listdir(self.temporary)))

    def settles(self, before, seconds=10):
        """Waits until things are as they were. Fails with the names of what was left."""
        try:
            until(lambda: self.now() == before, seconds)
        except AssertionError:
            after = self.now()
            raise AssertionError(
                f"left behind after {seconds} s: processes {[(pid, command_of(pid)) for pid in after.processes - before.processes]}, "
                f"shared memory {sorted(after.shared_memory - before.shared_memory)}, "
                f"temporary files {sorted(after.temporary - before.temporary)}; "
                f"gone: {sorted(before.processes - after.processes)}") from None

    def end_everything(self):
        """Kills what carries the mark, again until nothing does: a process may be starting another just now."""

        def sweep():
            alive = self.processes()
            for pid in alive:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            return not alive

        until(sweep, what="the test's processes to end")
