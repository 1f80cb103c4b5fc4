"""Measuring side by side: A B A B …, so that what drifts on a machine drifts for both; then ratios pair by pair."""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass


def quiet_environment():
    """The caller's environment without what would change how many tasks run or how much they say."""
    taken = ("OMP_", "DROVER", "SLURM", "PBS_", "NCPUS", "PARALLEL", "MAKEFLAGS")
    return {name: value for name, value in os.environ.items() if not name.startswith(taken)} | {"LC_ALL": "C"}


def run(words, stdout=subprocess.DEVNULL):
    """Runs one command without input; gives its standard output if asked for. A failure ends the benchmark."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, env=quiet_environment(), check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(words)} ended with status {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def seconds(words):
    """Wall time of one command."""
    begin = time.perf_counter()
    run(words)
    return time.perf_counter() - begin


@dataclass(frozen=True)
class Pairs:
    """Seconds of ours and of theirs, pair by pair."""

    ours: list
    theirs: list

    def times_faster(self):
        """Median over the pairs of (their time ÷ our time): above 1, ours is the faster."""
        return statistics.median(their / our for our, their in zip(self.ours, self.theirs))

    def spread(self):
        """The smallest and the largest of those ratios."""
        ratios = [their / our for our, their in zip(self.ours, self.theirs)]
        return min(ratios), max(ratios)


def alternate(ours, theirs, pairs):
    """Times both commands in turn; the first round warms caches and is thrown away."""
    rounds = [(seconds(ours), seconds(theirs)) for _ in range(pairs + 1)][1:]
    return Pairs([our for our, _ in rounds], [their for _, their in rounds])
