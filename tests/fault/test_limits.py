"""Limits of the system and of permissions: said clearly, and the other tasks go on."""

import os
import resource
import shutil
import subprocess
import tempfile

import pytest
from skips import skip

from herd import SANITIZED, end_of, job_log, read_until, script

SOMEBODY = 54321  # a user without any other process: a limit on processes counts all of a user's


def open_files(number):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))


def test_thirty_two_open_files_are_enough(run, folder):
    done = run("run", "-j16", "--joblog", "log", "echo", ":::", *range(16), limit=open_files(32))
    assert done.status == 0
    assert sorted(int(line) for line in done.lines) == list(range(16))
    assert b"ulimit -n" in done.stderr and b"32" in done.stderr, "fewer at a time, and why"
    assert len(job_log(folder / "log")) == 16


def test_thirty_two_open_files_with_everything_that_opens_files(run, folder):
    line = "head -c 1500000 /dev/zero; echo end {} >&2"
    done = run("run", "-j16", "-k", "--scratch", "--results", "out", "--joblog", "log", "--crash-report", "{}.txt", "-c", line, ":::", *range(16),
               limit=open_files(32))
    assert done.status == 0
    assert len(done.stdout) == 16 * 1500000
    assert len(job_log(folder / "log")) == 16


@pytest.mark.parametrize("number", range(11 if SANITIZED else 4, 16))
def test_too_few_open_files_are_an_error_that_says_so(run, folder, number):
    done = run("run", "-j16", "-c", "touch started.{}", ":::", 1, limit=open_files(number))
    if done.status == 0:
        assert (folder / "started.1").exists()
    else:
        assert done.status == 255
        assert b"ulimit -n" in done.stderr or b"Too many open files" in done.stderr
        assert not (folder / "started.1").exists()


def test_tasks_get_the_limit_of_open_files_that_drover_got(run):
    done = run("run", "-c", "ulimit -n; : {}", ":::", 1, limit=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128)))
    assert done.lines == [b"64"]


@pytest.fixture
def as_somebody(drover, environment, census):
    """as_somebody(limit, arguments…) runs a copy of drover as a user who may have only `limit` processes."""
    if os.getuid() != 0:
        skip("another-user", "changing the user needs root")
    del census
    folder = tempfile.mkdtemp(prefix="fault-")
    os.chmod(folder, 0o777)
    shutil.copy(drover, folder + "/drover")

    # The search for leaks at the end needs a process of its own.
    variables = environment | {"TMPDIR": folder} | ({"ASAN_OPTIONS": "detect_leaks=0"} if SANITIZED else {})

    def become(limit):
        os.setgroups([])
        os.setgid(SOMEBODY)
        resource.setrlimit(resource.RLIMIT_NPROC, (limit, limit))
        os.setuid(SOMEBODY)

    def start(limit, *arguments):
        return subprocess.Popen([folder + "/drover", *map(str, arguments)], cwd=folder, env=variables,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                                preexec_fn=lambda: become(limit))

    start.folder = folder
    yield start
    shutil.rmtree(folder)


def test_few_processes_delay_tasks_and_lose_none(as_somebody):
    """ulimit -u: two of six for drover itself, so four of sixteen at a time; no task ends before four have begun."""
    line = ': > started.{}; until set -- started.*; [ $# -ge 4 ]; do :; done; echo {}'
    done = end_of(as_somebody(6, "run", "-j16", "--joblog", "log", "-c", line, ":::", *range(40)))
    assert done.status == 0, done.stderr
    assert sorted(int(line) for line in done.lines) == list(range(40))
    assert len(job_log(as_somebody.folder + "/log")) == 40


def test_no_process_at_all_is_an_error_that_says_so(as_somebody):
    done = end_of(as_somebody(1, "run", "echo", ":::", 1))
    assert done.status == 255
    assert b"ulimit -u" in done.stderr
    assert done.stdout == b""


def test_no_process_for_any_task_is_said_and_can_be_interrupted(as_somebody):
    """Two for drover itself and none left: others hold them and may end, so it waits; but nobody waits unknowing."""
    process = as_somebody(2, "run", "-j4", "--progress=bar", "echo", ":::", 1, 2)
    read_until(process.stderr, b"no process or descriptor left")
    process.terminate()
    done = end_of(process)
    assert done.status == 143
    assert b"2 tasks were not run" in done.stderr


@pytest.fixture
def read_only(small_disk):
    disk = small_disk(64)
    if disk is None:
        skip("read-only-disk", "mounting a file system needs root")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    return disk


@pytest.mark.parametrize("option", ["--results", "--wd"])
def test_a_folder_that_cannot_be_written_fails_the_tasks_with_their_cause(run, folder, read_only, option):
    done = run("run", "-j2", "--joblog", "log", option, read_only / "x_{}", "touch", ":::", 1, 2, 3)
    assert done.status == 3
    assert b"Read-only file system" in done.stderr and os.fsencode(read_only) in done.stderr
    assert set(job_log(folder / "log")) == {1, 2, 3}
    assert all(value != (0, 0) for value in job_log(folder / "log").values())


def test_a_job_log_that_cannot_be_written_is_an_error_before_any_task(run, folder, read_only):
    done = run("run", "--joblog", read_only / "log", "touch", ":::", "started.1")
    assert done.status == 255
    assert b"job log" in done.stderr and b"Read-only file system" in done.stderr
    assert not (folder / "started.1").exists()


def test_a_scratch_folder_that_cannot_be_made_is_an_error_before_any_task(run, folder, read_only):
    done = run("run", "--scratch", "touch", ":::", "started.1", env={"TMPDIR": str(read_only)})
    assert done.status == 255
    assert b"scratch" in done.stderr and b"TMPDIR" in done.stderr
    assert not (folder / "started.1").exists()


REFUSED = {
    "missing": ("./missing", b"no such program"),
    "missing in the path": ("no-such-program-anywhere", b"no-such-program-anywhere"),
    "no x bit": ("./plain", b"permission"),
    "a folder": ("./folder", b"folder"),
}


@pytest.mark.parametrize("program, words", REFUSED.values(), ids=REFUSED.keys())
def test_a_program_that_cannot_be_run_is_an_error_before_any_task(run, folder, program, words):
    (folder / "plain").write_text("echo hello\n")
    (folder / "folder").mkdir()
    done = run("run", "--joblog", "log", program, ":::", 1, 2)
    assert done.status == 255
    assert words in done.stderr and program.encode() in done.stderr
    assert not (folder / "log").exists() or job_log(folder / "log") == {}


def test_programs_that_cannot_be_run_fail_and_others_go_on(run, folder):
    (folder / "plain").write_text("echo hello\n")
    (folder / "folder").mkdir()
    script(folder, "no-interpreter", "#!/no/such/interpreter\n")
    script(folder, "good", "#!/bin/sh\necho good\n")
    programs = ["./missing", "./good", "./plain", "./folder", "./no-interpreter", "./good", "no-such-program-anywhere"]
    done = run("run", "-j2", "--joblog", "log", "{}", ":::", *programs)
    assert done.status == 5
    assert done.lines == [b"good", b"good"]
    for program in set(programs) - {"./good"}:
        assert program.encode() in done.stderr
    log = job_log(folder / "log")
    assert log[2] == log[6] == (0, 0)
    assert all(log[number][0] in (126, 127) for number in (1, 3, 4, 5, 7))


def test_a_program_that_vanishes_during_the_run_fails_what_is_left(run, folder):
    script(folder, "fleeting", '#!/bin/sh\n[ "$1" = 3 ] && rm fleeting\necho "$1"\n')
    done = run("run", "-j1", "--joblog", "log", "./fleeting", ":::", *range(1, 6))
    assert done.status == 2
    assert done.lines == [b"1", b"2", b"3"]
    assert b"fleeting" in done.stderr and b"no such program" in done.stderr
    assert len(job_log(folder / "log")) == 5


def test_an_argument_list_that_is_too_long_fails_its_task_alone(run, folder):
    (folder / "inputs").write_bytes(b"a\n" + b"x" * 3_000_000 + b"\nb\n")
    done = run("run", "-j1", "--joblog", "log", "printf", "%.5s\\n", "::::", "inputs")
    assert done.status == 1
    assert done.lines == [b"a", b"b"]
    assert b"argument list is too long" in done.stderr
    assert len(done.stderr) < 4000, "the message does not hold the argument"
    assert job_log(folder / "log") == {1: (0, 0), 2: (127, 0), 3: (0, 0)}


def test_a_shell_line_that_is_too_long_fails_its_task_alone(run, folder):
    (folder / "inputs").write_bytes(b"a\n" + b"x" * 3_000_000 + b"\nb\n")
    done = run("run", "-j1", "-c", "printf '%.5s\\n' {}", "::::", "inputs")
    assert done.status == 1
    assert done.lines == [b"a", b"b"]
    assert b"argument list is too long" in done.stderr


def test_a_script_without_a_first_line_goes_to_the_shell(run, folder):
    program = script(folder, "script", "echo \"$# $1\"\n")
    done = run("run", "-j1", program, ":::", "a b")
    assert (done.status, done.lines) == (0, [b"1 a b"])
    done = run("run", "-j1", "-n", "3000", program, "::::", "-", input=b"".join(b"%d\n" % number for number in range(3000)))
    assert (done.status, done.lines) == (0, [b"3000 0"])


def test_memory_that_runs_out_in_a_task_fails_that_task(run, folder):
    python = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28)); b'x' * (1 << 30)"
    done = run("run", "-j1", "--joblog", "log", "/usr/bin/python3", "-c", ":::", python, "print(1)")
    assert done.status == 1
    assert done.lines == [b"1"]
    assert b"MemoryError" in done.stderr
    assert job_log(folder / "log")[2] == (0, 0)


def test_a_scratch_folder_that_could_not_be_removed_does_not_fail_the_next_attempt(run, folder, small_disk):
    """NFS leaves .nfs files behind; here it is a mount."""
    if small_disk(64) is None:
        skip("small-disk", "mounting a tmpfs needs root")
    line = ('if [ $DROVER_ATTEMPT = 1 ]; then at="$DROVER_SCRATCH/m"; mkdir "$at"; mount -t tmpfs drover-test "$at"; echo "$at" > at; exit 3; '
            'else umount "$(cat at)"; ls -A "$DROVER_SCRATCH"; echo attempt $DROVER_ATTEMPT; fi; : {}')
    done = run("run", "--scratch", "--retries", "1", "--retry-delay", "0.01", "-c", line, ":::", 1)
    subprocess.run(["umount", (folder / "at").read_text().strip()], stderr=subprocess.DEVNULL, check=False)
    assert (done.status, done.stdout) == (0, b"attempt 2\n"), done.stderr


def test_a_run_that_is_refused_leaves_the_last_job_log_alone(run, folder):
    assert run("run", "--joblog", "log", "true", ":::", 1).status == 0
    before = (folder / "log").read_bytes()
    done = run("run", "--joblog", "log", "--scratch", "touch", ":::", "started.1", env={"TMPDIR": str(folder / "log")})
    assert done.status == 255
    assert b"scratch" in done.stderr
    assert (folder / "log").read_bytes() == before
    done = run("run", "--joblog", "log", "touch", ":::", "started.1", limit=open_files(11 if SANITIZED else 7))
    assert done.status == 255, "too few descriptors for a single task"
    assert (folder / "log").read_bytes() == before
