"""How many tasks run at a time, with how many threads, and who decides: -j, --threads, --mem, DROVER_CORES, affinity.

DROVER_PRETEND stands in for the machine: 16 cores and 32 GB, whatever runs the test.
"""

import os

import pytest
from gate import Gate, most_at_once

MACHINE = {"DROVER_PRETEND": "cores=16,mem=32G"}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
           "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS", "DROVER_CORES")


def run_one(run, *arguments, **env):
    """The eight values that one task is told in THREADS, and the lines that drover says."""
    done = run("run", *arguments, "printenv", ":::", *THREADS, env=MACHINE | env)
    assert (done.status, len(done.lines)) == (0, len(THREADS)), done.stderr
    return set(done.lines), done.stderr.decode().splitlines()


def plan_of(lines):
    """The line that says the plan, without "drover: " and the seed."""
    line = next(line for line in lines if " at a time" in line and "seed" in line)
    return line.removeprefix("drover: ").partition(";")[0]


def test_four_gigabytes_and_four_threads_make_four_tasks_of_sixteen_cores_and_32_gb(run):
    values, lines = run_one(run, "--mem", "4G", "--threads", "4")
    assert lines[0].startswith("drover: 4 at a time × 4 threads: 16 cores, 4 GB each of 32 GB")
    assert values == {b"4"}


def test_never_more_than_those_four_run_at_once(run, folder):
    assert measured(run, folder, "--mem", "4G", "--threads", "4") == 4


def test_a_number_of_jobs_alone_shares_the_cores_between_them(run):
    values, lines = run_one(run, "-j", "4")
    assert plan_of(lines) == "4 at a time × 4 threads: 16 cores"
    assert values == {b"4"}


def test_by_default_every_core_has_a_task_of_one_thread(run):
    values, lines = run_one(run)
    assert plan_of(lines) == "16 at a time: 16 cores"
    assert values == {b"1"}


@pytest.mark.parametrize(("jobs", "slots"), [("none", 1), ("quarter", 4), ("half", 8), ("all", 16), ("25%", 4), ("33%", 5), ("1%", 1)])
def test_a_share_of_the_cores_is_rounded_down_and_at_least_one(run, jobs, slots):
    assert plan_of(run_one(run, "-j", jobs)[1]).startswith(f"{slots} at a time")


@pytest.mark.parametrize(("jobs", "threads", "slots"), [("all", 4, 4), ("half", 4, 2), ("quarter", 8, 1), ("all", 5, 3),
        ("8", 4, 4), ("3", 4, 3)])
def test_threads_that_are_given_divide_the_cores(run, jobs, threads, slots):
    values, lines = run_one(run, "-j", jobs, "--threads", threads)
    assert plan_of(lines).replace(" (serial)", "").startswith(f"{slots} at a time × {threads} threads: ")
    assert values == {b"%d" % threads}


def test_a_line_says_so_when_threads_leave_fewer_tasks_than_asked_for(run):
    lines = run_one(run, "-j", "8", "--threads", "4")[1]
    assert any("-j 8" in line and "4" in line and "threads" in line for line in lines if "seed" not in line)


@pytest.mark.parametrize("jobs", ["0", "-0", "+1", "-1", "1.5", "some", "0%", "101%x"])
def test_other_numbers_of_jobs_are_errors_that_say_what_to_write(run, jobs):
    done = run("run", f"--jobs={jobs}", "touch", "started", ":::", "1", env=MACHINE)
    assert (done.status, done.stdout) == (255, b"")
    assert b"half" in done.stderr and b"all" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert not (run.folder / "started").exists()


def test_a_plain_number_is_obeyed_beyond_the_cores(run, folder):
    assert measured(run, folder, "-j", "18", cores=2) == 18


def test_the_users_thread_count_is_taken(run):
    values, lines = run_one(run, OMP_NUM_THREADS="4")
    assert plan_of(lines) == "4 at a time × 4 threads: 16 cores"
    assert values == {b"4"}


@pytest.mark.parametrize("count", ["16", "32"])
def test_a_thread_count_that_names_all_the_cores_is_not_taken_and_a_line_says_so(run, count):
    values, lines = run_one(run, OMP_NUM_THREADS=count)
    assert plan_of(lines) == "16 at a time: 16 cores"
    assert any(f"OMP_NUM_THREADS={count}" in line and "not taken" in line for line in lines)
    assert values == {b"1"}


def test_given_threads_go_before_the_environments(run):
    values, lines = run_one(run, "--threads", "2", OMP_NUM_THREADS="16", MKL_NUM_THREADS="7")
    assert plan_of(lines) == "8 at a time × 2 threads: 16 cores"
    assert not any("OMP_NUM_THREADS" in line for line in lines)
    assert values == {b"2"}


def test_memory_decides_where_it_is_short(run):
    assert plan_of(run_one(run, "--mem", "10G")[1]).startswith("3 at a time")
    assert plan_of(run_one(run, "-j", "8", "--mem", "10G")[1]).startswith("3 at a time")


def test_eight_tasks_of_4_gb_on_16_gb_are_never_more_than_four_at_once(run, folder):
    assert measured(run, folder, "-j", "8", "--mem", "4G", memory="16G") == 4


def test_more_memory_than_there_is_is_an_error_before_any_task(run):
    done = run("run", "--mem", "33G", "touch", "started", ":::", "1", env=MACHINE)
    assert (done.status, done.stdout) == (255, b"")
    assert b"33 GB" in done.stderr and b"32 GB" in done.stderr
    assert not (run.folder / "started").exists()


@pytest.mark.parametrize("size", ["4", "4X", "", "-1G", "0G"])
def test_a_size_without_a_unit_or_sense_is_an_error(run, size):
    done = run("run", f"--mem={size}", "touch", "started", ":::", "1", env=MACHINE)
    assert (done.status, done.stdout) == (255, b"")
    assert b"--mem" in done.stderr
    assert not (run.folder / "started").exists()


def test_inside_a_share_no_more_run_than_it_has_cores_and_a_line_says_so(run):
    values, lines = run_one(run, "-j", "4", DROVER_CORES="2")
    assert plan_of(lines).startswith("2 at a time")
    assert any("DROVER_CORES" in line and "-j 4" in line for line in lines)
    assert values == {b"1"}


def test_a_drover_inside_a_task_sees_the_tasks_share(run, drover):
    inner = 'for task in {}; do "$INNER" run -j 8 -- printenv ::: DROVER_CORES; done'
    done = run("run", "-j", "4", "-c", inner, ":::", "1", env=MACHINE | {"INNER": drover})
    assert (done.status, done.stdout) == (0, b"1\n"), done.stderr
    assert b"-j 8 becomes 4" in done.stderr


def test_the_affinity_given_by_taskset_is_the_machine(run):
    cpu = min(os.sched_getaffinity(0))
    done = run("run", "printenv", ":::", "DROVER_CORES", through=("taskset", "-c", str(cpu)))
    assert (done.status, done.stdout) == (0, b"1\n")
    assert plan_of(done.stderr.decode().splitlines()) == "1 at a time (serial): 1 core"


def measured(run, folder, *options, cores=16, memory="32G"):
    """How many tasks of thirty ran at once at the most, by their own account."""
    gate = Gate(folder)
    process = run.start("run", *options, gate.program, "{}", ":::", *range(1, 31), env={"DROVER_PRETEND": f"cores={cores},mem={memory}"})
    lines = []
    for line in process.stderr:
        lines.append(line.decode())
        if "seed" in lines[-1]:
            break
    slots = int(plan_of(lines).split()[0])
    gate.wait_for(*range(1, slots + 1))
    for name in range(1, 31):
        gate.release(name)
    process.communicate(timeout=60)
    assert process.returncode == 0
    return most_at_once(gate.log.read_text().splitlines())
