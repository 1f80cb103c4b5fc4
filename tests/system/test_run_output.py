"""What becomes of the tasks' output: group, keep-order, line-buffer, ungroup, tags; standard error kept apart."""

import hashlib
import os

import pytest
from gate import Gate
from waiting import until

BLOCK = 3_000_000  # more than is kept in memory for a task


def read_some(stream, size):
    """Exactly `size` bytes of what a running drover prints, as they come."""
    got = b""
    while len(got) < size:
        block = os.read(stream.fileno(), size - len(got))
        assert block, f"the output ended with {got!r}"
        got += block
    return got


def finish(process, gate, *names):
    for name in names:
        gate.release(name)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


# --group

def test_the_output_of_a_task_comes_whole_however_the_tasks_mix(run, folder):
    """Two tasks write in turns; neither is cut by the other."""
    os.mkfifo(folder / "ping")
    os.mkfifo(folder / "pong")
    first = "for i in 1 2 3; do echo a$i; echo > ping; read x < pong; done"
    second = "for i in 1 2 3; do read x < ping; echo b$i; echo > pong; done"
    (folder / "lines").write_text(f"{first}\n{second}\n")
    done = run("run", "-j", "2", "-a", "lines")
    assert done.status == 0, done.stderr
    assert done.stdout in (b"a1\na2\na3\nb1\nb2\nb3\n", b"b1\nb2\nb3\na1\na2\na3\n")


def test_a_task_that_ends_first_is_printed_first_and_at_once(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "2", gate.program, "{}", "%s\\n", "{}", ":::", "1", "2")
    gate.wait_for(1, 2)
    gate.release(2)
    assert read_some(process.stdout, 2) == b"2\n"  # while 1 still runs
    assert finish(process, gate, 1)[:2] == (0, b"1\n")


def test_standard_error_is_kept_apart_and_whole_too(run):
    done = run("run", "-k", "--progress=none", "-c", "echo out{}; echo err{} >&2; echo out{}; echo err{} >&2", ":::", "1", "2")
    assert done.stdout == b"out1\nout1\nout2\nout2\n"
    assert done.stderr == b"err1\nerr1\nerr2\nerr2\n"


def test_output_without_a_newline_at_its_end_is_left_as_it_is(run):
    assert run("run", "-k", "printf", "%s", ":::", "a", "b").stdout == b"ab"


def test_output_is_bytes_and_all_256_of_them_come_through(run, folder):
    data = bytes(range(256)) * 33
    (folder / "bytes").write_bytes(data)
    assert run("run", "cat", ":::", "bytes").stdout == data


@pytest.mark.parametrize("way", ["--group", "-k"])
def test_outputs_larger_than_memory_keeps_come_whole(run, way):
    done = run("run", way, "-j", "3", "-c", f"yes line-of-{{}} | head -c {BLOCK}", ":::", "1", "2", "3")
    assert (done.status, len(done.stdout)) == (0, 3 * BLOCK), done.stderr
    wanted = [f"line-of-{task}\n".encode() * (BLOCK // 10) for task in "123"]
    pieces = [done.stdout[at:at + BLOCK] for at in range(0, 3 * BLOCK, BLOCK)]
    assert (pieces if way == "-k" else sorted(pieces)) == wanted


def test_line_buffer_gives_all_lines_of_large_outputs(run):
    done = run("run", "--line-buffer", "-j", "3", "-c", f"yes line-of-{{}} | head -c {BLOCK}", ":::", "1", "2", "3")
    assert (done.status, len(done.stdout)) == (0, 3 * BLOCK), done.stderr
    assert [done.stdout.count(f"line-of-{task}\n".encode()) for task in "123"] == [BLOCK // 10] * 3


@pytest.mark.parametrize("way", ["--group", "--line-buffer"])
def test_a_hundred_megabytes_of_one_task_come_through_unchanged(run, folder, way):
    part = b"".join(b"%08d some line of a result\n" % number for number in range(30_000))
    (folder / "part").write_bytes(part)
    with open(folder / "out", "wb") as out:
        process = run.start("run", way, "cat", *["part"] * 100, ":::", "part", stdout=out)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    printed = hashlib.sha256((folder / "out").read_bytes()).hexdigest()
    assert printed == hashlib.sha256(part * 101).hexdigest()


def test_the_hidden_files_of_big_outputs_have_no_name(run, folder, environment):
    gate = Gate(folder)
    process = run.start("run", "-c", f"head -c {BLOCK} /dev/zero; {gate.program} {{}}", ":::", "1")
    gate.wait_for(1)
    assert os.listdir(environment["TMPDIR"]) == []
    status, out, _ = finish(process, gate, 1)
    assert (status, out) == (0, bytes(BLOCK))


# -k

def test_with_keep_order_a_later_task_waits_for_the_earlier_ones(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-k", "-j", "3", gate.program, "{}", "%s\\n", "{}", ":::", "1", "2", "3")
    gate.wait_for(1, 2, 3)
    gate.release(3)
    until(lambda: gate.ended() == ["3"])
    gate.release(1)
    assert read_some(process.stdout, 2) == b"1\n"
    assert finish(process, gate, 2)[:2] == (0, b"2\n3\n")


def test_with_keep_order_failed_and_silent_tasks_hold_nothing_up(run):
    done = run("run", "-k", "-j", "4", "-c", "[ {} -eq 2 ] && exit 1; [ {} -eq 3 ] || echo {}", ":::", *range(1, 7))
    assert (done.status, done.stdout) == (1, b"1\n4\n5\n6\n")


def test_with_keep_order_hundreds_of_later_tasks_end_before_the_first_and_still_come_after_it(run, folder):
    gate = Gate(folder)
    line = f"[ {{}} != 1 ] || {gate.program} first; echo {{}} >> ended; echo output of {{}}"
    process = run.start("run", "-k", "-j", "2", "-c", line, ":::", *range(1, 401))
    gate.wait_for("first")
    until(lambda: (folder / "ended").exists() and len((folder / "ended").read_text().splitlines()) >= 50, what="tasks behind the first")
    status, out, _ = finish(process, gate, "first")
    assert (status, out.splitlines()) == (0, [b"output of %d" % number for number in range(1, 401)])


def test_with_keep_order_and_line_buffer_the_first_task_is_live_and_the_others_follow(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-k", "--line-buffer", "-j", "2", gate.program, "{}", "%s\\n", "{}", ":::", "1", "2")
    gate.wait_for(1, 2)
    assert read_some(process.stdout, 2) == b"1\n"  # neither has ended
    gate.release(2)
    until(lambda: gate.ended() == ["2"])
    assert finish(process, gate, 1)[:2] == (0, b"2\n")


# --line-buffer

def test_line_buffer_gives_a_line_while_its_task_runs(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--line-buffer", "-j", "2", gate.program, "{}", "line of %s\\nhalf", "{}", ":::", "1", "2")
    gate.wait_for(1)
    both = read_some(process.stdout, 2 * len(b"line of 1\n"))
    assert gate.ended() == []
    assert sorted(both.splitlines()) == [b"line of 1", b"line of 2"]
    status, out, _ = finish(process, gate, 1, 2)
    assert (status, out) == (0, b"half\nhalf\n")  # an unfinished last line gets its end: no other stands behind it


def test_line_buffer_never_mixes_two_tasks_within_a_line(run):
    """Each line is written in four pieces; 8 tasks write at the same time."""
    line = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do printf {}-; printf {}-; printf {}-; echo {}; done"
    done = run("run", "--line-buffer", "-j", "8", "-c", line, ":::", *"abcdefgh")
    assert done.status == 0
    assert sorted(done.lines) == sorted(f"{name}-{name}-{name}-{name}".encode() for name in "abcdefgh" for _ in range(20))


def test_line_buffer_gives_lines_of_standard_error_live_too(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--line-buffer", "--progress=none", "-c", f"echo oh {{}} >&2; {gate.program} {{}}", ":::", "1")
    assert read_some(process.stderr, 5) == b"oh 1\n"
    assert gate.ended() == []
    assert finish(process, gate, 1)[0] == 0


# --ungroup

def test_ungrouped_tasks_write_where_drover_does(run, folder):
    with open(folder / "out", "wb") as out:
        process = run.start("run", "-u", "-c", "readlink /proc/self/fd/1 /proc/$$/fd/1; : {}", ":::", "1", stdout=out)
        process.communicate(timeout=60)
    assert set((folder / "out").read_text().splitlines()) == {str(folder / "out")}


@pytest.mark.parametrize("other", [["-k"], ["--tag"], ["--results", "out"], ["--crash-report", "{}.txt"]])
def test_what_cannot_be_done_without_seeing_the_output_is_refused(run, folder, other):
    done = run("run", "-u", *other, "touch", ":::", "started")
    assert (done.status, done.stdout) == (255, b"")
    assert b"--ungroup" in done.stderr
    assert os.listdir(folder) == []


# --tag, --tagstring

def test_a_tag_stands_before_every_line_of_both_streams(run):
    done = run("run", "-k", "--progress=none", "--tag", "-c", "printf 'one\\ntwo\\n'; echo bad {} >&2", ":::", "x y", "z")
    assert done.stdout == b"x y\tone\nx y\ttwo\nz\tone\nz\ttwo\n"
    assert done.stderr == b"x y\tbad x y\nz\tbad z\n"


def test_a_tagstring_takes_replacement_strings(run):
    done = run("run", "-k", "--tagstring", "<{#} {/.}>", "basename", ":::", "a/b.fits", "c.d.e")
    assert done.stdout == b"<1 b>\tb.fits\n<2 c.d>\tc.d.e\n"


def test_tags_go_with_line_buffer(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--lb", "--tag", gate.program, "{}", "a\\nb", ":::", "1")
    assert read_some(process.stdout, 4) == b"1\ta\n"
    assert finish(process, gate, 1)[:2] == (0, b"1\tb\n")


def test_a_tag_with_several_sources_names_them_all(run):
    done = run("run", "-k", "--tag", "echo", "{2}", ":::", "a", "b", ":::", "1")
    assert done.status == 0, done.stderr
    assert done.stdout == b"a 1\t1\nb 1\t1\n"


# attempts

def test_only_the_last_attempt_is_printed(run):
    done = run("run", "--progress=none", "--retries", "2", "--retry-delay", "0.01", "-c",
               "echo try $DROVER_ATTEMPT of {}; echo wrong $DROVER_ATTEMPT >&2; [ $DROVER_ATTEMPT = 3 ]", ":::", "x")
    assert (done.status, done.stdout, done.stderr) == (0, b"try 3 of x\n", b"wrong 3\n")


def test_the_last_attempt_is_printed_when_it_fails_too(run):
    done = run("run", "--retries", "1", "--retry-delay", "0.01", "-c", "echo try $DROVER_ATTEMPT of {}; false", ":::", "x")
    assert (done.status, done.stdout) == (1, b"try 2 of x\n")


# what is not run, what writes late

def test_output_of_a_grandchild_that_outlives_its_task_does_not_hold_the_run_up(run, folder):
    os.mkfifo(folder / "hold")
    done = run("run", "-c", "(read x < hold; echo late) & echo {}", ":::", "1", timeout=60)
    assert done.status == 0
    assert done.stdout.startswith(b"1\n")


def test_a_task_may_close_its_output(run):
    done = run("run", "-k", "-c", "echo {}; exec >&- 2>&-; true", ":::", "1", "2")
    assert (done.status, done.stdout) == (0, b"1\n2\n")
