"""A control group with a limit of memory, below the one that the tests run in: version 1 or 2, whichever is there.

    group = MemoryGroup.make(200)     # MiB; None where none may be made
    run(…, limit=group.enter)         # as preexec_fn: the child moves into it
    group.kills(), group.peak()
    group.remove()
"""

import os
import pathlib
import uuid


def mounts(kind):
    """Where control groups of "cgroup" (with the memory controller) or "cgroup2" are mounted."""
    with open("/proc/mounts", encoding="utf-8") as file:
        rows = [line.split() for line in file]
    return [pathlib.Path(row[1]) for row in rows if row[2] == kind and (kind == "cgroup2" or "memory" in row[3].split(","))]


def own_group(controller):
    """The path of our group below its mount; controller "" is version 2."""
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        for line in file:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            if controller in controllers.split(","):
                return path.lstrip("/")
    return ""


class MemoryGroup:
    def __init__(self, folder, limit_file, kills_file, peak_file):
        self.folder, self.limit_file, self.kills_file, self.peak_file = folder, limit_file, kills_file, peak_file

    @staticmethod
    def make(mebibytes):
        name = f"drover-test-{uuid.uuid4().hex[:8]}"
        places = [(mount / own_group("memory") / name, "memory.limit_in_bytes", "memory.oom_control", "memory.max_usage_in_bytes")
                  for mount in mounts("cgroup")]
        places += [(mount / own_group("") / name, "memory.max", "memory.events", "memory.peak") for mount in mounts("cgroup2")]
        for place in places:
            group = MemoryGroup(*place)
            try:
                group.folder.mkdir()
            except OSError:
                continue
            try:
                (group.folder / group.limit_file).write_text(str(mebibytes << 20))
                group.kills(), group.peak()
                return group
            except (OSError, ValueError, StopIteration):
                group.remove()
        return None

    def enter(self):
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def kills(self):
        """How many processes of the group the kernel has ended for lack of memory."""
        lines = (self.folder / self.kills_file).read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

    def peak(self):
        """The most that was ever in use, in bytes."""
        return int((self.folder / self.peak_file).read_text())

    def remove(self):
        self.folder.rmdir()
