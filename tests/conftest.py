"""What every whole-program test gets: the drover under test, ways to run it, and a census of what it leaves behind.

    def test_it_says_hello(run):
        done = run("run", "echo", "{}", ":::", "hello")
        assert (done.status, done.stdout) == (0, b"hello\\n")

DROVER and CIE_SPECTRUM name the programs (default: those of build/dev). Output is bytes everywhere. Time limits are
guards against a hang, never part of what a test means.
"""

import os
import pathlib
import re
import subprocess
import sys
import uuid

import pytest

TESTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS / "system")]

from census import Census  # noqa: E402
from commands import Commands  # noqa: E402
from terminal import Terminal  # noqa: E402

# A shell that was itself started by a batch system, or by drover, must not decide what a test sees.
FOREIGN = ("OMP_", "DROVER", "SLURM", "PBS_", "SGE_", "LSB_", "NCPUS", "NSLOTS", "MAKEFLAGS", "OPENBLAS_", "MKL_", "CENSUS_")


def program(variable, default):
    """The path of a built program; a test of a program that is not there fails, it is not skipped."""
    path = os.path.abspath(os.environ.get(variable) or TESTS.parent / default)
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} is missing: build it with ./dev test, or name one in {variable}", pytrace=False)
    return path


@pytest.fixture(scope="session")
def drover():
    """The path of the drover under test."""
    return program("DROVER", "build/dev/src/drover")


@pytest.fixture(scope="session")
def cie_spectrum():
    """The path of the gallery's spectrum program."""
    return program("CIE_SPECTRUM", "build/dev/gallery/cie-spectrum/cie-spectrum")


@pytest.fixture
def folder(tmp_path):
    """A fresh, empty folder: where `run` and `pty_run` start drover."""
    path = tmp_path / "cwd"
    path.mkdir()
    return path


@pytest.fixture
def environment(tmp_path):
    """The environment drover is started in: the caller's without batch systems and thread counts, TMPDIR private,
    and CENSUS_MARK, by which `census` finds every process that a test started."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    return clean | {"TMPDIR": str(scratch), "LC_ALL": "C.UTF-8", "CENSUS_MARK": uuid.uuid4().hex}


@pytest.fixture
def census(environment):
    """census.now(): what is there at this moment. census.settles(before): waits until only that is left."""
    counted = Census(environment["CENSUS_MARK"], environment["TMPDIR"])
    yield counted
    counted.end_everything()


@pytest.fixture
def run(drover, folder, environment, census):
    """run(*arguments) runs drover to its end; run.start(*arguments) gives back the running process."""
    del census  # asked for so that whatever a failed test leaves running is ended after it
    return Commands(drover, folder, environment)


@pytest.fixture
def pty_run(drover, folder, environment, census):
    """pty_run(*arguments) starts drover in the foreground of a terminal of its own (terminal.py)."""
    del census
    opened = []

    def start(*arguments, env=None, cwd=None, rows=24, columns=80):
        merged = {name: value for name, value in {**environment, "TERM": "xterm", **(env or {})}.items() if value is not None}
        opened.append(Terminal([drover, *arguments], merged, cwd or folder, rows, columns))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.end()


@pytest.fixture
def small_disk(tmp_path):
    """small_disk(kibibytes) mounts a tmpfs of that size and gives its folder; None where that is not allowed."""
    mounted = []

    def mount(kibibytes):
        target = tmp_path / f"disk{len(mounted)}"
        target.mkdir()
        order = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "drover-test", str(target)]
        if subprocess.run(order, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            return None
        mounted.append(target)
        return target

    yield mount
    for target in mounted:
        subprocess.run(["umount", "-l", str(target)], check=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A skip that printed "skipped: NAME: reason" (tests/system/skips.py) goes by that name in every report."""
    del item
    report = (yield).get_result()
    said = re.search(r"^skipped: (.+)$", report.capstdout, re.MULTILINE)
    if report.skipped and said and isinstance(report.longrepr, tuple):
        path, line, _ = report.longrepr
        report.longrepr = (path, line, f"Skipped: {said[1]}")


def pytest_terminal_summary(terminalreporter):
    """Names every skipped test on a line of its own, also where pytest captured what the test printed."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"skipped: {reason.removeprefix('Skipped: ')}")
