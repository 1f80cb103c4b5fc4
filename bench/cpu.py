"""The CPU time of a program itself, without that of the commands it starts.

A process that has ended but was not waited for still shows its own user and system time in /proc/PID/stat, exactly
and apart from its children's (proc(5), fields 14 and 15). Its own processes that live as long as it does (drover's
guardian) end before that and are sampled while they run; the last sample is at most SAMPLE_SECONDS old.
"""

import os
import subprocess
import threading

from pairs import quiet_environment

SAMPLE_SECONDS = 0.02
TICK = 1 / os.sysconf("SC_CLK_TCK")


def stat(pid):
    """The fields of /proc/PID/stat after the name, from field 3 (the state) on; None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return None


def own_seconds(fields):
    return (int(fields[11]) + int(fields[12])) * TICK


def companions(pid, program):
    """Processes of the same program that lead a session of their own: not the tasks that are just being started."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == pid:
            continue
        try:
            same = os.path.samefile(f"/proc/{entry}/exe", program)
        except OSError:
            continue
        fields = stat(entry)
        if same and fields and fields[3] == entry.encode():
            found.append(int(entry))
    return found


def own_cpu(words):
    """Seconds of CPU that the program words[0] used itself, its lasting companions included."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet_environment())
    ended, latest = threading.Event(), {}

    def sample():
        known = []
        while not ended.wait(SAMPLE_SECONDS):
            known = known or companions(process.pid, words[0])
            latest.update((pid, own_seconds(fields)) for pid in known if (fields := stat(pid)))

    sampler = threading.Thread(target=sample)
    sampler.start()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    own = own_seconds(stat(process.pid))
    ended.set()
    sampler.join()
    if process.wait() != 0:
        raise SystemExit(f"bench: {' '.join(words)} ended with status {process.returncode}")
    return own + sum(latest.values())
