"""One budget of cores: a drover or a make inside a task stays within its share, a drover inside a make within make's.

Leaf processes count themselves: each appends a line at its start and its end. Those of a Gate wait in between until the test
lets them go, so that all that may run do run; the others take a moment each, so that one too many would be seen.
"""

import os
import re
import resource
import shutil
import signal

import pytest
from commands import Commands
from gate import Gate, most_at_once
from waiting import until

COUNTED = """#!/bin/sh
echo "+ $1" >> {log}
sleep 0.1
echo "- $1" >> {log}
"""


@pytest.fixture
def leaf(folder):
    """leaf.program NAME counts itself; leaf.most() and leaf.names() say who ran."""

    class Leaf:
        log = folder / "marks"
        program = str(folder / "leaf")

        def most(self):
            return most_at_once(self.log.read_text().splitlines())

        def names(self):
            return sorted(line[2:] for line in self.log.read_text().splitlines() if line[0] == "+")

    Leaf.log.touch()
    (folder / "leaf").write_text(COUNTED.format(log=Leaf.log))
    (folder / "leaf").chmod(0o755)
    return Leaf()


@pytest.fixture
def make(run, drover, tmp_path):
    """make(*arguments) runs GNU make where drover is found by its name; make.start(…) as run.start(…)."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/drover").symlink_to(drover)
    path = f"{tmp_path}/bin:{run.environment['PATH']}"
    no_task = {"DROVER_SLOT": "0", "DROVER_ATTEMPT": "0"}  # what a Gate writes down of a recipe
    assert shutil.which("make"), "GNU make is missing: install make"
    return Commands(shutil.which("make"), run.folder, run.environment | {"PATH": path} | no_task)


def cores(number):
    return {"DROVER_PRETEND": f"cores={number}"}


def makefile(folder, program, names, inside="."):
    """A makefile whose targets are independent; each runs the program with its own name."""
    (folder / inside).mkdir(exist_ok=True)
    targets = " ".join(map(str, names))
    (folder / inside / "Makefile").write_text(f"all: {targets}\n{targets}:\n\t@{program} $@\n.PHONY: all {targets}\n")


def complaints(errors):
    """What make says when tokens are missing, or too many."""
    return re.findall(rb"INTERNAL|jobserver tokens|jobserver unavailable|jobserver mode|read jobs pipe|Bad file", errors)


# How many run at once: -j 2 of a machine; a third number is --threads. Tasks at a time × threads of a task: the budget.
BUDGETS = [(2, [], 2), (4, [], 4), (4, ["--threads", "2"], 4), (4, ["--threads", "1"], 2), (2, ["--threads", "2"], 2), (8, ["--threads", "3"], 6)]


@pytest.mark.parametrize(("machine", "threads", "budget"), BUDGETS)
def test_drovers_inside_drover_stay_within_the_budget(run, drover, leaf, machine, threads, budget):
    line = f"{drover} run -j 4 {leaf.program} ::: {{}}1 {{}}2 {{}}3 {{}}4 {{}}5 {{}}6"
    done = run("run", "-j", "2", *threads, "-c", line, ":::", *"abc", env=cores(machine))
    assert done.status == 0, done.stderr
    assert leaf.names() == sorted(f"{outer}{inner}" for outer in "abc" for inner in "123456")
    assert leaf.most() <= budget


@pytest.mark.parametrize(("machine", "threads", "budget"), BUDGETS)
def test_makes_inside_drover_stay_within_the_budget(run, folder, leaf, machine, threads, budget):
    for name in "abc":
        makefile(folder, leaf.program, [f"{name}{number}" for number in range(1, 7)], inside=name)
    done = run("run", "-j", "2", *threads, "make", "-C", ":::", *"abc", env=cores(machine))
    assert (done.status, complaints(done.stderr)) == (0, []), done.stderr
    assert leaf.names() == sorted(f"{outer}{inner}" for outer in "abc" for inner in "123456")
    assert leaf.most() <= budget


@pytest.mark.parametrize(("machine", "threads", "budget"), BUDGETS)
def test_makes_inside_drover_use_the_budget(run, folder, machine, threads, budget):
    gate = Gate(folder)
    for name in "ab":
        makefile(folder, gate.program, [f"{name}{number}" for number in range(1, 7)], inside=name)
    process = run.start("run", "-j", "2", *threads, "make", "-C", ":::", *"ab", env=cores(machine))
    until(lambda: len(gate.started()) >= budget, what=f"{budget} recipes at once")
    released = set()
    while len(released) < 12:
        name = until(lambda: next((name for name in gate.started() if name not in released), None), what="the next recipe")
        gate.release(name)
        released.add(name)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (0, []), errors
    assert most_at_once(gate.log.read_text().splitlines()) == budget


@pytest.mark.parametrize("inner", ["drover", "make", "drover in make", "make in drover"])
def test_one_task_with_all_the_cores_hands_them_on(run, drover, folder, inner):
    gate = Gate(folder)
    makefile(folder, gate.program, [1, 2, 3, 4, 5])
    (folder / "to-drover").mkdir()
    (folder / "to-drover/Makefile").write_text(f"all:\n\t+@{drover} run {gate.program} ::: 1 2 3 4 5\n")
    line = {"drover": f"{drover} run {gate.program} ::: 1 2 3 4 5; : {{}}",
            "make": "make; : {}",
            "drover in make": "make -C to-drover; : {}",
            "make in drover": f"{drover} run -j 1 make ::: all; : {{}}"}[inner]
    process = run.start("run", "-j", "1", "-c", line, ":::", "x", env=cores(4))
    gate.wait_for(*"1234")
    for name in "12345":
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (0, []), errors
    assert most_at_once(gate.log.read_text().splitlines()) == 4


def test_an_inner_drover_whose_descriptors_were_closed_stays_within_its_share(run, drover, folder, leaf):
    """As Python's subprocess closes them."""
    (folder / "script").write_text(f"import subprocess\nsubprocess.run(['{drover}', 'run', '{leaf.program}', ':::', *'123456'], check=True)\n")
    done = run("run", "-j", "1", "/usr/bin/python3", ":::", "script", env=cores(4))
    assert done.status == 0, done.stderr
    assert leaf.names() == list("123456") and leaf.most() <= 4
    assert b"makefile" not in done.stderr


# What a task is given


SHOW = 'echo "$MAKEFLAGS"; ls /proc/$$/fd; : {}'


def test_the_descriptors_of_the_job_server_are_the_only_ones_beyond_the_standard_three(run):
    done = run("run", "-k", "-j", "2", "-c", SHOW, ":::", *range(4), env=cores(8))
    assert done.status == 0
    for words in done.stdout.decode().split(" -j4 ")[1:]:
        auth, *descriptors = words.split()
        pair = re.fullmatch(r"--jobserver-auth=(\d+),(\d+)", auth).groups()
        assert sorted(descriptors) == sorted(["0", "1", "2", *pair])
        assert all(int(number) < 1024 for number in pair)
    assert done.stdout.count(b"jobserver-auth") == 4


def test_a_task_of_one_thread_has_no_job_server(run):
    done = run("run", "-k", "-j", "4", "-c", SHOW, ":::", *range(8), env=cores(4))
    assert (done.status, done.lines) == (0, [b"", b"0", b"1", b"2"] * 8)


def test_the_job_server_leaves_descriptors_for_the_tasks(run):
    """Where they do not suffice for all slots, a make in the others runs one job at a time."""
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300))

    done = run("run", "-j", "300", "-c", "true {}", ":::", *range(400), env=cores(600), limit=few)
    assert done.status == 0, done.stderr
    at_a_time = int(re.search(rb"drover: (\d+) at a time", done.stderr.replace(b"300 at a time", b""))[1])
    assert at_a_time >= 20


@pytest.mark.parametrize(("theirs", "alone", "shared"), [
    ("k", "k", "k -j4 "), ("-k", "-k", "-k -j4 "), ("kj8", "k", "k -j4 "), (" -j8", "", " -j4 "), ("", "", " -j4 "),
    ("kw -j8 --jobserver-auth=3,4 -- CC=gcc", "kw -- CC=gcc", "kw -j4 "), ("s --jobserver-fds=7,8 -j", "s", "s -j4 "),
    ("-l 4 --output-sync=target", "-l 4 --output-sync=target", "-l 4 --output-sync=target -j4 ")])
def test_what_the_user_told_make_is_kept_but_for_its_jobs(run, theirs, alone, shared):
    def told(machine):
        done = run("run", "-j", "1", "-c", 'echo "$MAKEFLAGS"; : {}', ":::", "x", env=cores(machine) | {"MAKEFLAGS": theirs})
        assert done.status == 0
        return done.stdout.decode().removesuffix("\n")

    assert told(1) == alone
    assert re.fullmatch(re.escape(shared) + r"--jobserver-auth=\d+,\d+" + (" -- CC=gcc" if "CC" in theirs else ""), told(4))


def test_gnumakeflags_reach_make_as_they_are(run, folder, leaf):
    makefile(folder, leaf.program, [1, 2, 3, 4, 5])
    (folder / "Makefile").write_text((folder / "Makefile").read_text().replace("all:", "all: bad") + "\nbad:\n\t@false\n")
    done = run("run", "-j", "1", "-c", 'echo "$GNUMAKEFLAGS"; make {}', ":::", "all", env=cores(4) | {"GNUMAKEFLAGS": "--keep-going"})
    assert (done.status, done.lines[0]) == (1, b"--keep-going"), done.stderr
    assert leaf.names() == list("12345") and leaf.most() <= 4


def test_a_number_of_jobs_in_gnumakeflags_does_not_go_past_the_tasks_cores(run, folder, leaf):
    makefile(folder, leaf.program, range(1, 9))
    done = run("run", "-j", "1", "make", ":::", "all", env=cores(2) | {"GNUMAKEFLAGS": "-k -j8"})
    assert done.status == 0 and leaf.most() <= 2, done.stderr


def test_a_number_of_jobs_in_makes_own_line_is_obeyed_as_before(run, folder):
    gate = Gate(folder)
    makefile(folder, gate.program, range(1, 7))
    process = run.start("run", "-j", "1", "-c", "make -j6 {}", ":::", "all", env=cores(4))
    gate.wait_for(*range(1, 7))
    for name in range(1, 7):
        gate.release(name)
    process.communicate(timeout=60)
    assert process.returncode == 0


# Tokens that were lost


def test_the_next_task_has_all_its_tokens_when_a_make_was_killed_with_them(run, folder):
    gate = Gate(folder)
    for name in "ab":
        makefile(folder, gate.program, [f"{name}{number}" for number in range(1, 6)], inside=name)
    process = run.start("run", "-j", "1", "-c", "echo $$ > pid_{}; exec make -C {}", ":::", "a", "b", env=cores(4))
    gate.wait_for("a1", "a2", "a3", "a4")
    os.killpg(int((folder / "pid_a").read_text()), signal.SIGKILL)
    gate.wait_for("b1", "b2", "b3", "b4")
    for number in range(1, 6):
        gate.release(f"b{number}")
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (1, []), errors
    assert most_at_once([f"{what}" for what, name, *_ in gate.events() if name[0] == "b"]) == 4


def test_a_retry_has_all_its_tokens_too(run, folder):
    gate = Gate(folder)
    makefile(folder, gate.program, range(1, 6))
    process = run.start("run", "-j", "1", "--retries", "1", "--retry-delay", "0.01", "-c", "echo $$ > pid_$DROVER_ATTEMPT; exec make {}", ":::", "all", env=cores(4))
    gate.wait_for(1, 2, 3, 4)
    os.killpg(int((folder / "pid_1").read_text()), signal.SIGKILL)
    until(lambda: len(gate.started()) == 8, what="four recipes of the second attempt")
    for name in range(1, 6):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (0, []), errors


# Under make


def test_drover_under_make_has_the_cores_that_make_gives(make, folder):
    gate = Gate(folder)
    (folder / "Makefile").write_text(f"all:\n\t+drover run {gate.program} ::: 1 2 3 4 5 6 7 8\n")
    process = make.start("-j4", env=cores(8))
    gate.wait_for(1, 2, 3, 4)
    for name in range(1, 9):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (0, []), errors
    assert most_at_once(gate.log.read_text().splitlines()) == 4


def test_several_drovers_under_make_share_its_jobs(make, folder, leaf):
    (folder / "Makefile").write_text("all: a b c\na b c:\n\t+drover run " + leaf.program + " ::: $@1 $@2 $@3 $@4 $@5 $@6 $@7 $@8\n")
    done = make("-j4", env=cores(8))
    assert (done.status, complaints(done.stderr)) == (0, []), done.stderr
    assert len(leaf.names()) == 24 and leaf.most() <= 4


def test_recipes_and_drovers_share_the_jobs(make, folder, leaf):
    (folder / "Makefile").write_text(f"all: d 1 2 3 4 5 6 7 8 9\nd:\n\t+drover run {leaf.program} ::: a b c d e f g h i\n1 2 3 4 5 6 7 8 9:\n\t@{leaf.program} $@\n")
    done = make("-j4", env=cores(8))
    assert (done.status, complaints(done.stderr)) == (0, []), done.stderr
    assert len(leaf.names()) == 18 and leaf.most() <= 4


def test_what_a_drover_gave_back_is_there_for_the_next_recipes(make, folder):
    gate = Gate(folder)
    (folder / "Makefile").write_text(f"all: 1 2 3 4\nfirst:\n\t+drover run true ::: a b c d e f\n1 2 3 4: first\n\t@{gate.program} $@\n")
    process = make.start("-j4", env=cores(8))
    gate.wait_for(1, 2, 3, 4)
    for name in range(1, 5):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (0, []), errors


def test_tokens_are_given_back_while_the_last_tasks_run(make, folder):
    gate = Gate(folder)
    (folder / "Makefile").write_text(f"all: d 1 2\nd:\n\t+drover run {gate.program} ::: a b c d\n1 2: wait\n\t@{gate.program} $@\nwait:\n\t@{gate.program} wait\n")
    process = make.start("-j4", env=cores(8))
    until(lambda: len(gate.started()) >= 4)
    for name in ("a", "b", "c"):
        gate.release(name)
    gate.wait_for("d", "wait")
    gate.release("wait")
    gate.wait_for("1", "2")  # beside d
    for name in ("d", "1", "2"):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (0, []), errors


def test_without_the_plus_drover_runs_one_at_a_time_and_says_why(make, folder, leaf):
    (folder / "Makefile").write_text(f"all:\n\tdrover run {leaf.program} ::: 1 2 3 4 5 6\n")
    done = make("-j4", env=cores(8))
    assert (done.status, complaints(done.stderr)) == (0, []), done.stderr
    assert leaf.names() == list("123456") and leaf.most() == 1
    line = next(line for line in done.stderr.decode().splitlines() if "makefile" in line)
    assert line.startswith("drover: ") and "+" in line and "job server" in line
    assert b"1 at a time (serial)" in done.stderr


def test_a_make_without_jobs_limits_nothing(make, folder, leaf):
    (folder / "Makefile").write_text(f"all:\n\tdrover run -j 3 {leaf.program} ::: 1 2 3 4 5 6\n")
    done = make(env=cores(8))
    assert done.status == 0 and b"3 at a time" in done.stderr and b"makefile" not in done.stderr


@pytest.mark.parametrize("words", [[], ["-j", "2"], ["-j", "1"]])
def test_tasks_of_two_threads_under_an_odd_number_of_jobs_come_to_an_end(make, folder, leaf, words):
    options = " ".join(["--threads", "2", *words])
    (folder / "Makefile").write_text(f"all: a b\na b:\n\t+drover run {options} {leaf.program} ::: $@1 $@2 $@3 $@4 $@5 $@6\n")
    done = make("-j3", env=cores(8))
    assert (done.status, complaints(done.stderr)) == (0, []), done.stderr
    assert len(leaf.names()) == 12


@pytest.mark.parametrize("options", ["", "-j 1", "-j 2"])
def test_makes_in_tasks_under_make_stay_within_the_outermost_budget(make, folder, leaf, options):
    makefile(folder, leaf.program, range(1, 7), inside="in")
    (folder / "Makefile").write_text(f"all: d 1 2 3 4 5 6 7 8 9\nd:\n\t+drover run {options} make -C ::: in in in\n1 2 3 4 5 6 7 8 9:\n\t@{leaf.program} $@\n")
    done = make("-j4", env=cores(8))
    assert (done.status, complaints(done.stderr)) == (0, []), done.stderr
    assert len(leaf.names()) == 27 and leaf.most() <= 4


def family_of(census, name):
    """Processes of the test whose program has this name, the oldest first."""
    def command(pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return os.path.basename(file.read().split(b"\0")[0].decode())
        except OSError:
            return ""
    return sorted(pid for pid in census.processes() if command(pid) == name)


def test_a_drover_that_is_ended_gives_its_tokens_back_and_make_goes_on(make, folder, census):
    gate = Gate(folder)
    (folder / "Makefile").write_text(f"all: d 1 2 3 4\nd:\n\t+drover run {gate.program} ::: a b c d e\n"
                                     f"1 2 3 4: later\n\t@{gate.program} $@\nlater:\n\t@{gate.program} later\n")
    process = make.start("-j4", "-k", env=cores(8))
    gate.wait_for("a", "b", "c", "later")
    os.kill(family_of(census, "drover")[0], signal.SIGTERM)
    until(lambda: len(family_of(census, "drover")) == 0, what="drover to end")
    gate.release("later")
    gate.wait_for(1, 2, 3, 4)
    for name in range(1, 5):
        gate.release(name)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, complaints(errors)) == (2, []), errors  # d failed
    assert b"Error 143" in errors


def test_a_make_that_is_interrupted_has_its_tokens_from_drover(make, folder):
    gate = Gate(folder)
    (folder / "Makefile").write_text(f"all:\n\t+drover run {gate.program} ::: a b c d e\n")
    process = make.start("-j4", env=cores(8))
    gate.wait_for("a", "b", "c", "d")
    os.killpg(process.pid, signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert complaints(errors) == [] and process.returncode != 0, errors


def test_a_record_and_a_resumption_work_under_make(make, folder):
    (folder / "Makefile").write_text("all:\n\t+drover run --record r --resume -k -c 'echo {}; [ -e good ]' ::: 1 2 3\n")
    assert make("-j4", "-i", env=cores(4)).status == 0
    done = make("-j4", "-n", env=cores(4))  # "+" lines run with -n too
    assert done.status == 2
