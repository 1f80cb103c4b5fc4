"""Output that is too big, that nobody reads, that there is no room for."""

import fcntl
import os
import signal
import socket
import struct
import time

import pytest
from skips import skip

from fifo import is_full
from herd import DEAF, GATE, TOLD, children, end_of, engine_of, have_started, job_log, read_until, status_of
from waiting import until

TWO_GIB = 2 << 30


def peak_of(pid):
    """The largest resident set so far, in bytes; 0 if the process is gone."""
    return int(status_of(pid).get("VmHWM", "0 kB").split()[0]) << 10


def test_two_gigabytes_pass_through_flat_memory(run, environment, memory_limit):
    process = run.start("run", "head", "-c", "2G", ":::", "/dev/zero")
    engine, pipe, block_size = engine_of(process), process.stdout.fileno(), 1 << 20
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, block_size)
    peaks, seen, zeros, step = [0], 0, bytes(block_size), 64 << 20
    while block := os.read(pipe, block_size):
        assert block == zeros[: len(block)]
        if seen // step != (seen + len(block)) // step:
            peaks.append(peak_of(engine))
            assert os.listdir(environment["TMPDIR"]) == [], "the temporary file has no name"
        seen += len(block)
    assert seen == TWO_GIB
    assert 0 < max(peaks) < memory_limit
    assert end_of(process).status == 0


def test_two_gigabytes_into_a_file(run, folder, memory_limit):
    with open(folder / "big", "wb") as big:
        process = run.start("run", "head", "-c", "2G", ":::", "/dev/zero", stdout=big)
    engine = engine_of(process)
    peaks = [0]
    until(lambda: peaks.append(peak_of(engine)) or process.poll() is not None, seconds=120)
    assert end_of(process).status == 0
    assert (folder / "big").stat().st_size == TWO_GIB
    (folder / "big").unlink()
    assert 0 < max(peaks) < memory_limit


def test_both_streams_are_drained_at_the_same_time(run):
    line = "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; : {}"
    done = run("run", "-j2", "-c", line, ":::", 1, 2)
    assert done.status == 0
    assert len(done.stdout) == 6000000 and done.stderr.count(b"\0") == 12000000


def test_a_reader_that_goes_ends_the_run(run, folder):
    """| head -1"""
    line = "if [ {} = 1 ]; then echo first; elif [ {} = 2 ]; then " + TOLD + "; else echo more; fi"
    process = run.start("run", "-j2", "--grace", "1000", "--joblog", "log", "-c", line, ":::", *range(1, 1001))
    have_started(folder, 2)
    assert process.stdout.read(6) == b"first\n"
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert (folder / "told.2").exists(), "running tasks are ended as on SIGTERM"
    assert b"not run" in said
    assert b"roken pipe" not in said and b"SIGPIPE" not in said, "one clean end"
    assert job_log(folder / "log")[1] == (0, 0)


def test_head_in_a_real_pipeline(run):
    bash = ["bash", "-c", '"$@" | head -n 1; echo "${PIPESTATUS[0]}"', "bash"]
    done = run("run", "-j2", "echo", "::::", "-", input=b"".join(b"%d\n" % number for number in range(20000)), through=bash)
    assert len(done.lines) == 2
    assert done.lines[1] == b"141"


def test_keep_order_and_a_reader_that_goes(run):
    bash = ["bash", "-c", '"$@" | head -n 1; echo "${PIPESTATUS[0]}"', "bash"]
    done = run("run", "-j2", "-k", "echo", "::::", "-", input=b"".join(b"%d\n" % number for number in range(20000)), through=bash)
    assert done.lines == [b"0", b"141"]


def test_a_reader_that_pauses_loses_nothing_and_holds_back_new_tasks(run, folder):
    line = "touch started.{}; head -c 1000000 /dev/zero; echo; echo end {}"
    process = run.start("run", "-j2", "-c", line, ":::", *range(1, 41))
    engine = engine_of(process)

    def waits():
        """Full: nothing is started any more, and what was has ended."""
        with open(f"/proc/{engine}/task/{engine}/children", encoding="ascii") as file:
            return (folder / "started.1").exists() and not file.read().split()

    until(waits, what="drover to wait for its reader")
    started = sum(path.name.startswith("started.") for path in folder.iterdir())
    assert started < 30, "what nobody reads must not pile up"
    done = end_of(process)
    assert done.status == 0
    assert sorted(line for line in done.lines if line.startswith(b"end ")) == sorted(b"end %d" % number for number in range(1, 41))
    assert len(done.stdout.replace(b"\n", b"")) == 40 * 1000000 + sum(len(b"end %d" % number) for number in range(1, 41))


def test_ctrl_c_twice_works_while_nobody_reads(run, folder):
    """Once waits for the reader, so that nothing is lost; twice does not."""
    process = run.start("run", "-j2", "-c", "head -c 1000000 /dev/zero; touch ended.{}", ":::", *range(1, 100))
    until(lambda: any(folder.glob("ended.*")))
    assert process.stdout.read(1) == b"\0"  # There is output, and from here on nobody takes any.
    process.send_signal(signal.SIGINT)
    read_until(process.stderr, b"no new tasks")

    def ended():
        process.send_signal(signal.SIGINT)  # until the second one counts: two within milliseconds are one wish
        return process.poll() is not None

    until(ended, what="the end")
    assert process.returncode == 130
    process.stdout.close()
    process.stderr.close()


def test_after_one_ctrl_c_what_had_ended_can_still_be_read(run, folder):
    process = run.start("run", "-j2", "-c", "head -c 1000000 /dev/zero; touch ended.{}; " + TOLD, ":::", 1, 2)
    have_started(folder, 1, 2)
    process.send_signal(signal.SIGINT)
    done = end_of(process)
    assert done.status == 130
    assert len(done.stdout) in (0, 1000000, 2000000), "whole outputs or none"


FILLS_ITS_OWN_ERRORS = {
    "output on the same pipe": ((), "if [ {#} != 50 ]; then seq 1 5000 >&2; : {}; else " + TOLD.replace("{}", "{#}") + "; fi"),
    "a line for each task": (("--verbose",), "if [ {#} != 50 ]; then : {}; else " + TOLD.replace("{}", "{#}") + "; fi"),
}


@pytest.mark.parametrize("options, line", FILLS_ITS_OWN_ERRORS.values(), ids=FILLS_ITS_OWN_ERRORS.keys())
@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_is_obeyed_while_nobody_reads_messages(run, folder, options, line, number, status):
    """2>&1 | less"""
    reader, writer = os.pipe()
    process = run.start("run", "-j1", "--grace", "1000", *options, "-c", line, ":::", *["x" * 2000] * 60, stdout=writer, stderr=writer)
    have_started(folder, 50)
    until(lambda: is_full(writer), what="the pipe to be full")
    process.send_signal(number)
    until((folder / "told.50").exists, what="the running task to be asked to end")
    os.close(writer)
    with open(reader, "rb") as pager:
        pager.read()
    assert process.wait(timeout=60) == status


def test_twice_kills_now_while_nobody_reads_messages(run, folder):
    reader, writer = os.pipe()
    line = "if [ {} = 1 ]; then seq 1 50000 >&2; else " + DEAF + "; fi"
    process = run.start("run", "-j1", "--grace", "1000", "-c", line, ":::", 1, 2, stdout=writer, stderr=writer)
    have_started(folder, 2)
    until(lambda: is_full(writer), what="the pipe to be full")

    def ended():
        process.send_signal(signal.SIGINT)  # until the second one counts: two within milliseconds are one wish
        return process.poll() is not None

    until(ended, what="the end")
    assert process.returncode == 130
    os.close(writer)
    os.close(reader)


def test_an_end_of_the_started_process_is_seen_while_nobody_reads_messages(run, folder, census):
    before = census.now()
    reader, writer = os.pipe()
    line = "if [ {} = 1 ]; then seq 1 50000 >&2; else " + DEAF + "; fi"
    process = run.start("run", "-j1", "--grace", "0.3", "-c", line, ":::", 1, 2, stdout=writer, stderr=writer)
    have_started(folder, 2)
    until(lambda: is_full(writer), what="the pipe to be full")
    process.send_signal(signal.SIGINT)
    process.kill()
    process.wait()
    census.settles(before)
    os.close(writer)
    os.close(reader)


@pytest.mark.parametrize("tag", [(), ("--tag",)], ids=["plain", "with --tag"])
def test_line_buffer_and_a_reader_that_pauses_need_no_more_memory(run, folder, memory_limit, tag):
    count = 12_000_000
    process = run.start("run", "-j1", "--line-buffer", *tag, "-c", f"seq 1 {count}; touch ended.{{}}", ":::", "a")
    engine = engine_of(process)
    until((folder / "ended.a").exists, seconds=120, what="the task to have written all that nobody reads")
    assert 0 < peak_of(engine) < memory_limit
    prefix, number = b"a\t" if tag else b"", 0
    for number, line in enumerate(process.stdout, 1):
        assert line == b"%s%d\n" % (prefix, number)
    assert number == count
    assert end_of(process).status == 0


def seconds_spent(*pids):
    """The processor time that these processes have used."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("way", [("--group",), ("-k",), ("--line-buffer",)], ids=" ".join)
def test_while_the_reader_pauses_the_bar_burns_no_time(run, folder, way):
    """A loop that never sleeps would be seen here, however slow the machine."""
    with open(folder / "errors", "wb") as errors:
        process = run.start("run", "-j1", "--progress=bar", *way, "-c", "seq 1 100000; touch ended.{}", ":::", 1, 2, 3, stderr=errors)
    engine = engine_of(process)
    until(lambda: (folder / "ended.3").exists() and not children(engine), what="the tasks' end")
    begin, at_first = time.monotonic(), seconds_spent(process.pid, engine)
    until(lambda: time.monotonic() - begin > 2, what="two seconds of the clock")
    assert seconds_spent(process.pid, engine) - at_first < 0.6
    done = end_of(process)
    assert (done.status, len(done.lines)) == (0, 300_000)


@pytest.fixture
def full_disk(small_disk):
    """full_disk(kibibytes): a file system of that size, or the skip that says that there is none."""

    def make(kibibytes):
        disk = small_disk(kibibytes)
        if disk is None:
            skip("small-disk", "mounting a tmpfs needs root")
        return disk

    return make


def test_a_full_disk_under_results_ends_the_run(run, full_disk, folder):
    disk = full_disk(512)
    done = run("run", "-j1", "--joblog", "log", "--results", disk / "out", "head", "-c", "200K", ":::", *["/dev/zero"] * 20)
    assert done.status == 255
    assert b"No space left on device" in done.stderr and os.fsencode(disk) in done.stderr
    assert b"not run" in done.stderr
    log = job_log(folder / "log")
    assert log[1] == (0, 0) and len(log) < 20


@pytest.fixture
def inputs_that_break():
    """(the end that a run reads, the end whose close() is an error to the reader): a TCP connection that is reset."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as reading:
        writing, _ = server.accept()
        writing.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with writing:
            yield reading, writing


def test_a_full_disk_is_said_and_ends_the_run_also_after_an_error_of_the_inputs(run, full_disk, folder, inputs_that_break):
    disk, (reading, writing) = full_disk(512), inputs_that_break
    line = TOLD.replace("while :;", "until [ -e go ]; do sleep 0.01; done; head -c 2000000 /dev/zero; while :;")
    process = run.start("run", "-j2", "--grace", "1000", "--results", disk / "out", "-c", line, stdin=reading)
    writing.sendall(b"1\n")
    have_started(folder, 1)
    writing.close()
    read_until(process.stderr, b"Connection reset")
    (folder / "go").touch()
    done = end_of(process)
    assert done.status == 255
    assert b"No space left on device" in done.stderr and os.fsencode(disk) in done.stderr
    assert (folder / "told.1").exists(), "what cannot be kept is a reason to end"


def test_a_full_disk_under_the_spill_ends_the_run(run, full_disk, folder):
    disk = full_disk(4096)
    line = "if [ {} = 1 ]; then echo small; else head -c 20000000 /dev/zero; echo over; fi"
    done = run("run", "-j1", "--joblog", "log", "-c", line, ":::", *range(1, 6), env={"TMPDIR": str(disk)})
    assert done.status == 255
    assert done.lines[0] == b"small"
    assert b"No space left on device" in done.stderr and b"TMPDIR" in done.stderr and os.fsencode(disk) in done.stderr
    assert done.stderr.count(b"No space left") == 1
    assert job_log(folder / "log")[1] == (0, 0)
    assert os.listdir(disk) == []


def test_a_full_standard_output_ends_the_run(run, folder):
    with open("/dev/full", "wb") as full:
        process = run.start("run", "-j1", "--joblog", "log", "echo", ":::", *range(1, 1001), stdout=full)
    done = end_of(process)
    assert done.status == 255
    assert b"standard output" in done.stderr and b"No space left on device" in done.stderr
    assert done.stderr.count(b"No space left") == 1


def test_a_full_disk_under_a_standard_output_ends_the_run_and_its_tasks(run, full_disk, folder):
    disk = full_disk(256)
    line = "if [ {} = 2 ]; then " + TOLD + "; else head -c 100000 /dev/zero; fi"
    with open(disk / "out", "wb") as out:
        process = run.start("run", "-j2", "--grace", "1000", "-c", line, ":::", *range(1, 100), stdout=out)
    done = end_of(process)
    assert done.status == 255
    assert b"No space left on device" in done.stderr
    assert (folder / "told.2").exists()


def test_a_full_job_log_is_said_before_any_task(run, folder):
    done = run("run", "--joblog", "/dev/full", "-c", "touch started.{}", ":::", 1, 2)
    assert done.status == 255
    assert b"job log" in done.stderr and b"No space left on device" in done.stderr
    assert not (folder / "started.1").exists()


def test_a_job_log_that_fills_up_ends_the_run(run, full_disk, folder):
    disk = full_disk(64)
    process = run.start("run", "-j2", "--joblog", disk / "log", "-c", "if [ {#} = 2 ]; then touch started.2; until [ -e go ]; do sleep 0.01; done; fi; : {}",
                        ":::", *[f"{number:05}" + "x" * 3000 for number in range(100)])
    have_started(folder, 2)
    (folder / "go").touch()
    done = end_of(process)
    assert done.status == 255
    assert b"job log" in done.stderr and b"No space left on device" in done.stderr
    assert done.stderr.count(b"No space left") == 1
    assert b"not run" in done.stderr


CLOSED = {"stdin": "<&-", "stdout": ">&-", "stderr": "2>&-", "all three": "<&- >&- 2>&-"}


@pytest.mark.parametrize("closing", CLOSED.values(), ids=CLOSED.keys())
def test_streams_that_are_closed_at_the_start(run, folder, closing):
    """No file of drover's may take the number of a closed one, and no output be lost with status 0."""
    line = "echo out {}; echo err {} >&2; touch started.{}"
    done = run("run", "-j1", "--joblog", "log", "--results", "out", "-c", line, ":::", 1,
               through=("sh", "-c", f'"$@" {closing}', "sh"))
    assert (folder / "started.1").exists()
    assert (folder / "out/1/stdout").read_bytes() == b"out 1\n"
    assert (folder / "out/1/stderr").read_bytes() == b"err 1\n"
    assert job_log(folder / "log") == {1: (0, 0)}
    assert (folder / "log").read_text().count("\n") == 2
    if ">&-" in closing.split():
        assert done.status == 141, "standard output closed"
    else:
        assert done.status == 0
        assert done.stdout == b"out 1\n"
    if "2>&-" not in closing:
        assert b"err 1" in done.stderr


def test_a_closed_standard_input_has_no_inputs(run):
    done = run("run", "echo", through=("sh", "-c", '"$@" <&-', "sh"))
    assert (done.status, done.stdout) == (0, b"")
    assert b"no inputs" in done.stderr


def test_line_buffer_gives_out_a_line_while_others_run(run, folder):
    process = run.start("run", "-j2", "--line-buffer", "-c", GATE, ":::", 1, 2)
    have_started(folder, 1, 2)
    (folder / "go.2").touch()
    assert process.stdout.readline() == b"end 2\n", "a line leaves while the other task runs"
    (folder / "go").touch()
    done = end_of(process)
    assert (done.status, done.stdout) == (0, b"end 1\n")
