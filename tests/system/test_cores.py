"""drover cores: the built program under real affinities and control groups, and with the variables of batch systems."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from skips import skip

ROOT = pathlib.Path(__file__).resolve().parents[2]
DROVER = os.environ.get("DROVER", str(ROOT / "build/dev/src/drover"))

# A batch job or an outer drover may run these tests: its variables must not change the answers.
BATCH = re.compile(r"SLURM_|DROVER_|LSB_|PBS_|(NCPUS|NSLOTS|NHOSTS|OMP_NUM_THREADS)$")

SIXTEEN = {"DROVER_PRETEND": "cores=16,mem=32G"}


def clean_environment(**variables):
    environment = {name: value for name, value in os.environ.items() if not BATCH.match(name)}
    return environment | variables


def run(*words, before=(), **variables):
    return subprocess.run(
        [*before, DROVER, "cores", *words],
        env=clean_environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def number(*words, before=(), **variables):
    """What drover cores prints: one line, one number, nothing on standard error."""
    done = run(*words, before=before, **variables)
    assert done.stderr == ""
    assert done.returncode == 0
    assert re.fullmatch(r"[0-9]+\n", done.stdout), done.stdout
    return int(done.stdout)


def explained(*words, before=(), **variables):
    """The lines of --explain: name → (value, source), and the name of the one that decided."""
    done = run(*words, "--explain", before=before, **variables)
    assert done.returncode == 0, done.stderr
    lines = {}
    deciders = []
    for line in done.stdout.splitlines()[1:]:
        name, value, source = re.split(r" {2,}", line, maxsplit=2)
        if source.endswith("  <- decided"):
            deciders.append(name)
            source = source.removesuffix("  <- decided")
        lines[name] = (value, source)
    assert len(deciders) == 1, done.stdout
    return lines, deciders[0]


# The machine itself


def test_all_is_the_default_and_never_more_than_the_affinity():
    assert 1 <= number() <= len(os.sched_getaffinity(0))
    assert number("all") == number()


def test_one_cpu_of_taskset_is_one_core():
    taskset = shutil.which("taskset")
    if taskset is None:
        skip("taskset", "the program taskset is not installed")
    cpu = str(min(os.sched_getaffinity(0)))
    assert number(before=[taskset, "-c", cpu]) == 1
    lines, _ = explained(before=[taskset, "-c", cpu])
    assert lines["affinity"] == ("1", f"CPUs {cpu}")


def test_physical_cores_are_no_more_than_hardware_threads():
    assert 1 <= number("--physical") <= number()


# Real control groups


def cpu_hierarchy():
    """(version, folder) of the mounted hierarchy whose groups have a CPU quota; (0, None) if there is none."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        front, _, back = line.partition(" - ")
        kind, _, options = back.split(" ", 2)
        folder = pathlib.Path(front.split(" ")[4])
        if kind == "cgroup" and "cpu" in options.split(","):
            return 1, folder
        if kind == "cgroup2" and "cpu" in (folder / "cgroup.subtree_control").read_text().split():
            return 2, folder
    return 0, None


@contextlib.contextmanager
def group_with_quota(name, quota, period=100000):
    """A control group with a CPU quota and an inner one without; removed afterwards."""
    version, top = cpu_hierarchy()
    if version == 0:
        skip(name, "no control group hierarchy with a CPU quota is mounted")
    outer = top / f"drover-test-{os.getpid()}-{name}"
    inner = outer / "inner"
    try:
        try:
            outer.mkdir()
            if version == 1:
                (outer / "cpu.cfs_period_us").write_text(str(period))
                (outer / "cpu.cfs_quota_us").write_text(str(quota))
            else:
                (outer / "cpu.max").write_text(f"{quota} {period}")
            inner.mkdir()
        except OSError as error:
            skip(name, f"control groups cannot be made here ({error})")
        yield outer, inner
    finally:
        for folder in (inner, outer):
            if folder.is_dir():
                folder.rmdir()


def inside(group):
    """The words before a command that start it inside a control group."""
    return ["/bin/sh", "-c", 'echo $$ > "$0"/cgroup.procs && exec "$@"', str(group)]


def test_a_cgroup_quota_of_one_and_a_half_cpus_is_one_core():
    with group_with_quota("cgroup-quota", 150000) as (group, _):
        assert number(before=inside(group)) == 1
        lines, decided = explained(before=inside(group))
        assert lines["cgroup quota"][0] == "1"
        assert str(group) in lines["cgroup quota"][1]
        if len(os.sched_getaffinity(0)) > 1:
            assert decided == "cgroup quota"


def test_a_quota_of_an_ancestor_holds_in_a_group_without_one():
    with group_with_quota("cgroup-ancestor", 100000) as (outer, inner):
        assert number(before=inside(inner)) == 1
        lines, _ = explained(before=inside(inner))
        assert lines["cgroup quota"][0] == "1"
        assert f"{outer}/cpu." in lines["cgroup quota"][1]


def test_a_quota_of_two_cpus_is_two():
    with group_with_quota("cgroup-two", 200000) as (group, _):
        lines, _ = explained(before=inside(group))
        assert lines["cgroup quota"][0] == "2"


# Batch systems, on a pretended machine of 16 cores


@pytest.mark.parametrize(
    ("variables", "cores"),
    [
        ({}, 16),
        ({"SLURM_CPUS_PER_TASK": "3"}, 3),
        ({"SLURM_JOB_CPUS_PER_NODE": "12(x2),8"}, 12),
        ({"SLURM_JOB_CPUS_PER_NODE": "12(x2),8", "SLURM_NODEID": "2"}, 8),
        ({"SLURM_CPUS_ON_NODE": "5"}, 5),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_TASKS_PER_NODE": "4", "SLURM_CPUS_ON_NODE": "8"}, 8),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_TASKS_PER_NODE": "4", "SLURM_CPUS_ON_NODE": "8", "SLURM_STEP_ID": "0"}, 2),
        ({"NCPUS": "6"}, 6),
        ({"NCPUS": "48"}, 16),
        ({"NCPUS": "6", "OMP_NUM_THREADS": "1"}, 6),
        ({"NSLOTS": "7"}, 7),
        ({"LSB_DJOB_NUMPROC": "4"}, 4),
        ({"DROVER_CORES": "9"}, 9),
        ({"DROVER_CORES": "9", "SLURM_CPUS_PER_TASK": "10"}, 9),
        ({"DROVER_CORES": "11", "SLURM_CPUS_PER_TASK": "10"}, 10),
    ],
)
def test_an_allocation_limits_the_cores(variables, cores):
    assert number(**SIXTEEN, **variables) == cores


def test_an_allocation_limits_the_real_machine_too():
    assert number(SLURM_CPUS_PER_TASK="1") == 1
    assert number(NCPUS="1") == 1
    assert number(DROVER_CORES="1") == 1


def test_a_malformed_allocation_is_named_and_ignored():
    assert number(**SIXTEEN, NCPUS="many") == 16
    lines, decided = explained(**SIXTEEN, NCPUS="many")
    assert lines["batch allocation"] == ("-", "not understood: NCPUS=many")
    assert decided == "DROVER_PRETEND"


# Policies


@pytest.mark.parametrize(
    ("policy", "cores"),
    [("none", 1), ("quarter", 4), ("half", 8), ("all", 16), ("Half", 8), ("8", 8), ("75%", 12), ("1%", 1), ("33%", 5)],
)
def test_a_policy_is_a_share_of_the_usable_cores(policy, cores):
    assert number(policy, **SIXTEEN) == cores


# Rounding as stcal's compute_num_cores: quarter = n // 4 or 1, half = n // 2 or 1.
@pytest.mark.parametrize("usable", [1, 2, 3, 4, 7, 8, 96])
def test_shares_are_rounded_down_and_at_least_one(usable):
    pretend = {"DROVER_PRETEND": f"cores={usable}"}
    assert number("none", **pretend) == 1
    assert number("quarter", **pretend) == (usable // 4 or 1)
    assert number("half", **pretend) == (usable // 2 or 1)
    assert number("all", **pretend) == usable


def test_a_share_is_taken_of_the_allocation_not_of_the_machine():
    assert number("half", **SIXTEEN, NCPUS="6") == 3


def test_a_number_beyond_the_cores_is_obeyed_with_a_note():
    done = run("64", **SIXTEEN)
    assert (done.stdout, done.returncode) == ("64\n", 0)
    assert "64 is more than the 16 usable here" in done.stderr


def test_a_number_beyond_the_share_of_an_outer_drover_is_cut_with_a_note():
    done = run("64", **SIXTEEN, DROVER_CORES="4")
    assert (done.stdout, done.returncode) == ("4\n", 0)
    assert "DROVER_CORES" in done.stderr


# --explain


def test_explain_names_every_limit_and_which_decided():
    lines, decided = explained()
    for name in ("online cores", "affinity", "cgroup quota", "batch allocation", "DROVER_CORES", "usable memory"):
        assert name in lines
    assert decided in ("online cores", "affinity", "cgroup quota")
    lines, decided = explained(SLURM_CPUS_PER_TASK="1", DROVER_CORES="1", before=())
    assert lines["batch allocation"] == ("1", "SLURM_CPUS_PER_TASK=1")
    assert lines["DROVER_CORES"] == ("1", "DROVER_CORES=1")
    lines, decided = explained(**SIXTEEN, DROVER_CORES="2")
    assert decided == "DROVER_CORES"
    assert lines["usable memory"][0] == "32 GB"


def test_explain_still_begins_with_the_number():
    assert run("half", "--explain", **SIXTEEN).stdout.splitlines()[0] == "8"


# Refusals


@pytest.mark.parametrize("policy", ["0", "-1", "", "1.5", "hlaf", "+1", "0%", "101%", "99999999999"])
def test_what_is_no_policy_is_refused_with_the_list_of_what_is(policy):
    done = run(policy)
    assert (done.stdout, done.returncode) == ("", 255)
    assert done.stderr.startswith(f"drover cores: '{policy}' is not a number of cores")
    for valid in ("none", "quarter", "half", "all", "8", "%"):
        assert valid in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["--wrong"], ["half", "all"], ["--physical=3"]])
def test_wrong_usage_is_refused_with_the_right_one(words):
    done = run(*words)
    assert (done.stdout, done.returncode) == ("", 255)
    assert done.stderr.startswith("drover cores: ")
    assert "drover cores [POLICY] [--physical] [--explain]" in done.stderr


@pytest.mark.parametrize("value", ["0", "-2", "half", "2.5"])
def test_a_malformed_share_is_refused_by_name(value):
    done = run(DROVER_CORES=value)
    assert (done.stdout, done.returncode) == ("", 255)
    assert f"DROVER_CORES='{value}'" in done.stderr


def test_a_malformed_pretence_is_refused_by_name():
    done = run(DROVER_PRETEND="cores=many")
    assert (done.stdout, done.returncode) == ("", 255)
    assert "DROVER_PRETEND" in done.stderr


def test_a_full_disk_behind_standard_output_is_an_error():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [DROVER, "cores"], env=clean_environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 255
    assert "standard output cannot be written" in done.stderr


def test_help_works():
    done = run("--help")
    assert (done.stderr, done.returncode) == ("", 0)
    for word in ("POLICY", "--physical", "--explain", "quarter", "DROVER_CORES"):
        assert word in done.stdout
