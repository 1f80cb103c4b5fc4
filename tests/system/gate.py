"""Tasks that say when they start, then wait to be let go: a test decides which task ends when, and with what status.

    gate = Gate(folder)
    process = run.start("run", "-j", "2", gate.program, "{}", ":::", "a", "b", "c")
    gate.wait_for("a", "b")        # both have started
    gate.release("a", status=3)    # a ends; c may start now

Every start and end is a line of one file, appended by one write(2) each, so their order in it is the order in which
they happened: most_at_once() reads from it how many were between their start and their end at the same time.
"""

import errno
import os

from waiting import until

# `read` comes back when the test has written to the fifo; the line is the exit status.
PROGRAM = """#!/bin/sh
name=$1
door={folder}/$name
[ -p "$door" ] || mkfifo "$door" || exit 99
echo "start $name $DROVER_SLOT $DROVER_ATTEMPT" >> {log}
[ $# -lt 2 ] || {{ shift; printf "$@"; }}
read -r status < "$door"
echo "end $name $DROVER_SLOT $DROVER_ATTEMPT" >> {log}
exit "$status"
"""


class Gate:
    """`program` is called as `program NAME [FORMAT ARGUMENT…]`; what follows the name is printed (printf) while it waits."""

    def __init__(self, folder):
        self.folder = folder / "gate"
        self.folder.mkdir()
        self.log = self.folder / "log"
        self.log.touch()
        self.program = str(self.folder / "program")
        (self.folder / "program").write_text(PROGRAM.format(folder=self.folder, log=self.log))
        (self.folder / "program").chmod(0o755)

    def events(self):
        """All so far, as (what, name, slot, attempt) in the order in which they happened."""
        return [(what, name, int(slot), int(attempt)) for what, name, slot, attempt in map(str.split, self.log.read_text().splitlines())]

    def started(self):
        """Names in the order of their starts, once each attempt."""
        return [event[1] for event in self.events() if event[0] == "start"]

    def ended(self):
        return [event[1] for event in self.events() if event[0] == "end"]

    def wait_for(self, *names):
        """Waits until all of these have started."""
        until(lambda: set(map(str, names)) <= set(self.started()), what=f"the start of {names}; started: {self.started()}")

    def release(self, name, status=0):
        """Lets a task go that has started, or is about to."""
        door = until(lambda: self._open(str(name)), what=f"{name} at the gate")
        os.write(door, f"{status}\n".encode())
        os.close(door)

    def _open(self, name):
        try:
            return os.open(self.folder / name, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENXIO):  # not there yet; nobody reads yet
                raise
            return None


def most_at_once(marks):
    """The highest number of open brackets in a sequence of "+" (or "start …") and "-" (or "end …")."""
    most = now = 0
    for mark in marks:
        now += 1 if mark.startswith(("+", "start")) else -1
        most = max(most, now)
    return most
