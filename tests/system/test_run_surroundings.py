"""What a task finds around itself: variables, standard input, working folder, scratch folder, cores."""

import os
import stat

import pytest
from gate import Gate
from waiting import until

TOLD = ("DROVER_TASK", "DROVER_ATTEMPT", "DROVER_SLOT", "DROVER_SEED", "DROVER_CORES")


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


# variables

def test_a_task_is_told_its_number_slot_seed_attempt_and_cores(run):
    line = " ".join(f"${name}" for name in TOLD)
    done = run("run", "-k", "-j", "1", "--threads", "1", "-c", f"echo {{#}} 1 {{%}} {{seed}} 1; echo {line}; : {{}}", ":::", "a", "b", "c")
    assert done.status == 0, done.stderr
    assert [line.split()[0] for line in done.lines[::2]] == [b"1", b"2", b"3"]
    assert done.lines[::2] == done.lines[1::2]


def test_a_task_of_a_later_attempt_is_told_so_and_keeps_its_number_and_seed(run, folder):
    line = "echo $DROVER_TASK $DROVER_SEED $DROVER_ATTEMPT >> told; [ $DROVER_ATTEMPT = 3 ] && echo {}"
    assert run("run", "--retries", "2", "--retry-delay", "0.01", "--seed", "3", "-c", line, ":::", "x").status == 0
    rows = [row.split() for row in (folder / "told").read_text().splitlines()]
    assert [row[2] for row in rows] == ["1", "2", "3"]
    assert len({(number, seed) for number, seed, _ in rows}) == 1


def test_what_an_outer_drover_told_is_not_passed_on(run):
    foreign = {"DROVER_TASK": "77", "DROVER_SLOT": "78", "DROVER_SEED": "79", "DROVER_SCRATCH": "/nowhere"}
    done = run("run", "-c", "env | grep ^DROVER_; : {}", ":::", "a", env=foreign)
    values = dict(line.split(b"=", 1) for line in done.lines)
    assert (values[b"DROVER_TASK"], values[b"DROVER_SLOT"]) == (b"1", b"1")
    assert values[b"DROVER_SEED"] != b"79"
    assert b"DROVER_SCRATCH" not in values


def test_other_variables_reach_the_task_unchanged(run):
    done = run("run", "printenv", ":::", "ODD", env={"ODD": "a\nb 'c' \"d\" $(e)"})
    assert done.stdout == b"a\nb 'c' \"d\" $(e)\n"


# standard input

def test_standard_input_is_dev_null(run):
    done = run("run", "-c", "readlink /proc/$$/fd/0; cat; echo end {}", ":::", "a", input=b"not for the tasks\n")
    assert done.lines == [b"/dev/null", b"end a"]


def test_a_task_cannot_eat_the_inputs_of_the_next(run):
    done = run("run", "-k", "-j", "1", "-c", "cat; echo {}", input=b"a\nb\nc\n")
    assert done.lines == [b"a", b"b", b"c"]


def test_a_task_has_no_descriptors_but_the_standard_three(run):
    done = run("run", "-j", "4", "--threads", "1", "-c", "ls /proc/$$/fd; : {}", ":::", *range(20))
    assert done.status == 0
    assert set(done.lines) <= {b"0", b"1", b"2"}, set(done.lines)


def test_signals_are_as_drover_found_them(run):
    """A blocked or ignored signal is handed on by exec; what drover blocks for itself must not be."""
    done = run("run", "grep", "-E", "^Sig(Blk|Ign)", ":::", "/proc/self/status")
    direct = dict(line.split(":\t") for line in open("/proc/self/status", encoding="ascii") if line.startswith(("SigBlk", "SigIgn")))
    for line in done.stdout.decode().splitlines():
        name, mask = line.split(":\t")
        # Python ignores SIGPIPE and SIGXFSZ for itself, and restores both in the programs it starts.
        assert int(mask, 16) & ~int(direct[name], 16) == 0, line


# --wd

def test_the_working_folder_is_made_and_taken(run, folder):
    done = run("run", "-k", "--wd", "runs/run_{#}", "-c", "pwd; echo {} > mine", ":::", "a", "b")
    assert done.stdout.decode().splitlines() == [str(folder / "runs/run_1"), str(folder / "runs/run_2")]
    assert [(folder / f"runs/run_{n}/mine").read_text() for n in (1, 2)] == ["a\n", "b\n"]


def test_a_program_given_by_a_relative_path_is_found_from_the_start_folder(run, folder):
    executable(folder / "sim", 'echo "$(basename "$(pwd)") $1"\n')
    executable(folder / "tools/sim", 'echo "tool $(basename "$(pwd)") $1"\n')
    assert run("run", "-k", "--wd", "w{#}", "./sim", ":::", "in.txt").stdout == b"w1 in.txt\n"  # arguments are not changed
    assert run("run", "-k", "--wd", "w{#}", "tools/sim", ":::", "in.txt").stdout == b"tool w1 in.txt\n"
    assert run("run", "-k", "--wd", "w{#}", "{}", "x", ":::", "./sim", "tools/sim").stdout == b"w1 x\ntool w2 x\n"


def test_a_working_folder_that_cannot_be_made_fails_the_task_and_names_it(run, folder):
    (folder / "file").touch()
    done = run("run", "--wd", "{}/x", "pwd", ":::", "file", "fine")
    assert (done.status, done.stdout.decode()) == (1, f"{folder}/fine/x\n")
    assert b"file/x" in done.stderr


# --scratch

def test_a_scratch_folder_is_private_empty_told_twice_and_removed(run, folder, environment):
    line = ('echo "$DROVER_SCRATCH"; echo "$TMPDIR"; stat -c %a "$TMPDIR"; ls -A "$TMPDIR"; '
            'mkdir -p "$TMPDIR/deep/er"; touch "$TMPDIR/deep/er/file"; chmod 500 "$TMPDIR/deep"; : {}')
    done = run("run", "-k", "--scratch", "-c", line, ":::", "a", "b")
    assert (done.status, len(done.lines)) == (0, 6), done.stdout
    first, second = done.lines[:3], done.lines[3:]
    for told, tmpdir, mode in (first, second):
        assert told == tmpdir and told.startswith(environment["TMPDIR"].encode())
        assert mode == b"700"
        assert not os.path.exists(told)
    assert first[0] != second[0]
    left = [os.path.join(path, name) for path, folders, files in os.walk(environment["TMPDIR"]) for name in folders + files]
    assert all(stat.S_ISDIR(os.stat(path).st_mode) for path in left) and len(left) <= 1


@pytest.mark.parametrize("ending", ["exit 1", "kill -KILL $$", "kill -SEGV $$"])
def test_the_scratch_folder_of_a_task_that_fails_is_removed_too(run, folder, ending):
    done = run("run", "--scratch", "-c", f'echo "$TMPDIR"; touch "$TMPDIR/x"; : {{}}; {ending}', ":::", "a")
    assert done.status == 1
    assert not os.path.exists(done.lines[0])


def test_every_attempt_has_a_fresh_scratch_folder(run, folder):
    line = 'ls -A "$DROVER_SCRATCH" >> seen; touch "$DROVER_SCRATCH/rubbish"; [ $DROVER_ATTEMPT = 2 ] && echo {}'
    done = run("run", "--scratch", "--retries", "1", "--retry-delay", "0.01", "-c", line, ":::", "x")
    assert (done.status, done.stdout, (folder / "seen").read_text()) == (0, b"x\n", "")


def test_a_scratch_folder_is_there_as_long_as_its_task(run, folder):
    gate = Gate(folder)
    line = f'echo "$TMPDIR" > where_{{}}; {gate.program} {{}}; test -d "$TMPDIR"'
    process = run.start("run", "-j", "2", "--scratch", "-c", line, ":::", "1", "2", "3")
    gate.wait_for(1, 2)
    gate.release(1)
    gate.wait_for(3)
    folders = [(folder / f"where_{task}").read_text().strip() for task in (1, 2, 3)]
    until(lambda: [os.path.isdir(path) for path in folders] == [False, True, True])
    gate.release(2)
    gate.release(3)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_scratch_folder_that_cannot_be_made_is_an_error_before_any_task(run, folder):
    done = run("run", "--scratch", "touch", ":::", "started", env={"TMPDIR": "/no/such/folder"})
    assert done.status == 255
    assert b"/no/such/folder" in done.stderr and b"TMPDIR" in done.stderr
    assert os.listdir(folder) == []


# --pin

AFFINITY = ["/usr/bin/python3", "-c", "import os; print(os.environ['DROVER_SLOT'], *sorted(os.sched_getaffinity(0)))"]


def test_a_pinned_task_may_use_the_cores_of_its_slot_alone(run):
    allowed = os.sched_getaffinity(0)
    done = run("run", "--pin", "-j", "all", *AFFINITY, ":::", *range(8))
    assert done.status == 0, done.stderr
    rows = {(row.split()[0], tuple(map(int, row.split()[1:]))) for row in done.stdout.decode().splitlines()}
    assert all(len(cores) == 1 and set(cores) <= allowed for _, cores in rows)
    assert len({slot for slot, _ in rows}) == len(rows)  # one set of cores a slot
    assert len({cores for _, cores in rows}) == len(rows)  # and no two slots share one


def test_pinned_tasks_stay_within_what_taskset_allows(run):
    cpu = max(os.sched_getaffinity(0))
    done = run("run", "--pin", *AFFINITY, ":::", "a", through=("taskset", "-c", str(cpu)))
    assert done.stdout == b"1 %d\n" % cpu


def test_a_pinned_task_of_several_threads_has_as_many_cores(run):
    allowed = os.sched_getaffinity(0)
    done = run("run", "--pin", "--threads", len(allowed), *AFFINITY, ":::", "a")
    assert done.stdout.decode().split()[1:] == [str(cpu) for cpu in sorted(allowed)]


def test_without_pin_a_task_may_use_all_that_drover_may(run):
    done = run("run", "-j", "2", *AFFINITY, ":::", "a")
    assert done.stdout.decode().split()[1:] == [str(cpu) for cpu in sorted(os.sched_getaffinity(0))]
