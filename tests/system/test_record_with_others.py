"""--resume beside the other options: order, shuffling, dry runs, logs, results, halts; and the command of the last line."""

import json
import os
import signal

import pytest
from gate import Gate
from recorded import NASTY, TRY, Pasted, last_command, rows, states, succeed
from waiting import until


@pytest.fixture
def pasted(run, drover, tmp_path):
    return Pasted(run, drover, tmp_path)


def log_rows(path):
    return [line.split("\t") for line in path.read_text().splitlines()[1:]]


# --keep-order


def test_output_comes_in_the_order_of_the_inputs_whatever_their_numbers(run, folder):
    gate = Gate(folder)
    (folder / "task").write_text(f'#!/bin/sh\ncase $1 in old*) ;; *) {gate.program} "$1" ;; esac; echo "$1 $DROVER_TASK"\n')
    (folder / "task").chmod(0o755)
    assert run("run", "--record", "r", "./task", ":::", "old1", "old2").status == 0
    process = run.start("run", "--record", "r", "--resume", "-k", "-j", "3", "./task", ":::", "new1", "old2", "new2", "old1", "new3")
    gate.wait_for("new1", "new2", "new3")
    for name in ("new3", "new2", "new1"):
        gate.release(name)
        until(lambda name=name: name in gate.ended())
    out, _ = process.communicate(timeout=60)
    assert out == b"new1 3\nnew2 4\nnew3 5\n"


def test_the_first_in_order_is_given_out_at_once_behind_those_left_out(run, folder):
    gate = Gate(folder)
    (folder / "task").write_text(f'#!/bin/sh\n[ "$1" = slow ] && {gate.program} slow; echo "$1"\n')
    (folder / "task").chmod(0o755)
    assert run("run", "--record", "r", "./task", ":::", "a", "b").status == 0
    process = run.start("run", "--record", "r", "--resume", "-k", "-j", "2", "./task", ":::", "a", "b", "c", "slow")
    gate.wait_for("slow")
    assert process.stdout.readline() == b"c\n"  # while slow still runs
    gate.release("slow")
    assert process.communicate(timeout=60)[0] == b"slow\n"


@pytest.mark.parametrize("more", [[], ["nope2"], ["true", "nope2"]])
def test_order_is_kept_when_what_is_left_fails_at_once(run, more):
    assert run("run", "--record", "r", "-k", "{}", ":::", "true", "nope", "echo").status == 1
    done = run("run", "--record", "r", "--resume-failed", "-k", "{}", ":::", "true", "nope", "echo", *more)
    assert done.status == 1 + more.count("nope2"), done.stderr


def test_order_is_kept_over_thousands_that_are_left_out(run):
    first = [str(number) for number in range(1, 3001)]
    assert run("run", "--record", "r", "true", input="\n".join(first).encode()).status == 0
    assert run("run", "--record", "r", "--resume", "-k", "-j", "8", "true", input="\n".join(first).encode()).status == 0
    mixed = [f"{number}" if number % 10 else f"new{number}" for number in range(1, 3001)]
    assert run("run", "--record", "e", "echo", input="\n".join(name for name in mixed if name[0] != "n").encode()).status == 0
    done = run("run", "--record", "e", "--resume", "-k", "-j", "8", "echo", input="\n".join(mixed).encode())
    assert done.stdout.decode().split() == [name for name in mixed if name[0] == "n"]


# --shuf


def test_a_shuffled_run_is_resumed_in_its_own_order(run, folder):
    line = "echo {} {#} {seed}; [ {#} != 7 ]"
    whole = run("run", "--seed", "5", "--shuf", "-j", "1", "-c", line, ":::", *range(1, 21))
    first = run("run", "--record", "r", "--seed", "5", "--shuf", "-j", "1", "--halt", "now,fail=1", "-c", line, ":::", *range(1, 21))
    second = run("run", "--record", "r", "--resume", "--shuf", "-j", "1", "-c", line, ":::", *range(1, 21))
    assert first.lines + second.lines == whole.lines
    assert 0 < len(first.lines) < 20
    assert sorted(states(folder / "r").values()) == ["done"] * 19 + ["failed"]


def test_a_run_may_be_shuffled_only_when_it_is_resumed(run):
    assert run("run", "--record", "r", "-c", "[ {} -gt 9 ] && echo {}", ":::", *range(20), env={"DROVER_PRETEND": "cores=1"}).status == 10
    done = run("run", "--record", "r", "--resume-failed", "--shuf", "-k", "-c", "[ {} -gt 9 ] && echo {}", ":::", *range(21))
    assert (done.status, done.lines) == (10, [b"20"])


# --dry-run


def test_a_dry_run_prints_what_is_left_to_do_and_writes_nothing(run, folder):
    line = "echo {} {#} {seed}; [ {} != b ]"
    first = run("run", "--record", "r", "-k", "-c", line, ":::", "a", "b")
    before = (folder / "r").read_bytes()

    def dry(*resume):
        done = run("run", "--record", "r", *resume, "--dry-run", "-c", line, ":::", "x", "b", "a")
        assert (folder / "r").read_bytes() == before and os.listdir(folder) == ["r"]
        return done

    number, seed = first.lines[1].decode().split()[1:]
    assert len(dry().lines) == 3
    left = dry("--resume")
    assert left.status == 0 and len(left.lines) == 1 and left.stdout.startswith(b"echo 'x' 3 ")
    failed = dry("--resume-failed")
    assert len(failed.lines) == 2
    assert failed.lines[1].decode().split(";")[0].split()[2:] == [number, seed]
    real = run("run", "--record", "r", "--resume-failed", "-k", "-c", line, ":::", "x", "b", "a")
    assert [row.split()[1:] for row in real.lines] == [row.split(b";")[0].split()[2:] for row in failed.lines]


def test_a_dry_run_of_nothing_that_is_left_prints_nothing(run):
    assert run("run", "--record", "r", "true", ":::", "a").status == 0
    assert run("run", "--record", "r", "--resume", "--dry-run", "true", ":::", "a").stdout == b""


def test_a_dry_run_before_the_first_run_prints_all_and_makes_no_record(run, folder):
    done = run("run", "--record", "r", "--resume", "--dry-run", "echo", ":::", "a", "b")
    assert (done.status, done.stdout, os.listdir(folder)) == (0, b"echo a\necho b\n", [])


def test_a_dry_run_of_another_command_is_an_error(run):
    assert run("run", "--record", "r", "true", ":::", "a").status == 0
    done = run("run", "--record", "r", "--resume", "--dry-run", "false", ":::", "a")
    assert (done.status, done.stdout) == (255, b"") and b"another command" in done.stderr


# --joblog, --results, --crash-report, tags


def test_the_job_log_of_a_resumed_run_has_its_own_tasks_by_their_numbers(run, folder):
    succeed(folder, "a", "c")
    run("run", "--record", "r", "--joblog", "log", "-c", TRY, ":::", "a", "b", "c")
    assert sorted((row[0], row[6]) for row in log_rows(folder / "log")) == [("1", "0"), ("2", "1"), ("3", "0")]
    succeed(folder, "b")
    run("run", "--record", "r", "--resume-failed", "--joblog", "log2", "-c", TRY, ":::", "a", "b", "c", "d")
    assert sorted((row[0], row[6]) for row in log_rows(folder / "log2")) == [("2", "0"), ("4", "1")]


def test_the_results_of_finished_tasks_stay(run, folder):
    succeed(folder, "a", "c")
    run("run", "--record", "r", "--results", "res", "-c", TRY, ":::", "a", "b", "c")
    before = {number: (folder / f"res/{number}/task.json").read_bytes() for number in (1, 2, 3)}
    succeed(folder, "b")
    assert run("run", "--record", "r", "--resume-failed", "--results", "res", "-c", TRY, ":::", "x", "a", "b", "c").status == 1
    after = {number: (folder / f"res/{number}/task.json").read_bytes() for number in (1, 2, 3, 4)}
    assert after[1] == before[1] and after[3] == before[3] and after[2] != before[2]
    assert (json.loads(after[4])["task"], json.loads(after[4])["inputs"]) == (4, ["x"])


@pytest.mark.parametrize("template", ["out/{.}", "out/{.}/", "./out/{.}"])
def test_results_named_by_a_template_never_replace_those_of_another_task(run, folder, template):
    line = "echo {}; [ -e ok_{} ]"
    succeed(folder, "a.x")
    run("run", "--record", "r", "--results", template, "-j", "1", "-c", line, ":::", "a.x", "a.y")
    assert (folder / "out/a/stdout").read_text() == "a.x\n"
    succeed(folder, "a.y")
    assert run("run", "--record", "r", "--resume-failed", "--results", template, "-j", "1", "-c", line, ":::", "a.x", "a.y").status == 0
    assert (folder / "out/a/stdout").read_text() == "a.x\n"
    assert (folder / "out/a.2/stdout").read_text() == "a.y\n"
    assert json.loads((folder / "out/a.2/task.json").read_text())["verdict"] == "succeeded"


def test_a_crash_report_goes_when_a_resumed_run_succeeds(run, folder):
    run("run", "--record", "r", "--crash-report", "{}_crash.txt", "-c", TRY, ":::", "a", "b")
    assert (folder / "a_crash.txt").exists() and (folder / "b_crash.txt").exists()
    succeed(folder, "a")
    run("run", "--record", "r", "--resume-failed", "--crash-report", "{}_crash.txt", "-c", TRY, ":::", "a", "b")
    assert not (folder / "a_crash.txt").exists() and (folder / "b_crash.txt").exists()


def test_a_file_that_is_no_crash_report_stays(run, folder):
    (folder / "a_crash.txt").write_text("mine\n")
    run("run", "--record", "r", "--crash-report", "{}_crash.txt", "-c", TRY, ":::", "a")
    succeed(folder, "a")
    run("run", "--record", "r", "--resume-failed", "--crash-report", "{}_crash.txt", "-c", TRY, ":::", "a")
    assert (folder / "a_crash.txt").read_text() == "mine\n"


def test_tags_have_the_numbers_on_record(run):
    assert run("run", "--record", "r", "--tagstring", "{#}:{}", "echo", ":::", "a", "b").status == 0
    done = run("run", "--record", "r", "--resume", "--tagstring", "{#}:{}", "-k", "echo", ":::", "c", "a", "d")
    assert done.stdout == b"3:c\tc\n4:d\td\n"


# --halt, signals


@pytest.mark.parametrize("how", ["now,fail=1", "soon,fail=1"])
def test_what_a_halt_ended_or_left_is_taken_up(run, folder, how):
    gate = Gate(folder)
    process = run.start("run", "--record", "r", "-j", "2", "--halt", how, gate.program, ":::", *"abcd")
    gate.wait_for("a", "b")
    gate.release("a", status=1)
    if how.startswith("soon"):
        until(lambda: gate.ended() == ["a"])
        gate.release("b")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.decode().splitlines()[-1].startswith("drover: go on with: drover run --resume --record r ")
    gate.log.write_text("")
    again = run.start("run", "--record", "r", "--resume", "-j", "4", gate.program, ":::", *"abcd")
    left = "cd" if how.startswith("soon") else "bcd"
    gate.wait_for(*left)
    for name in left:
        gate.release(name)
    again.communicate(timeout=60)
    assert again.returncode == 1 and sorted(gate.started()) == list(left)  # a failed
    assert states(folder / "r") == {"a": "failed", "b": "done", "c": "done", "d": "done"}


def test_a_halt_counts_the_failures_of_its_own_run(run):
    line = "[ {} -gt 3 ]"
    assert run("run", "--record", "r", "-c", line, ":::", 1, 2, 3).status == 3
    done = run("run", "--record", "r", "--resume", "--halt", "now,fail=1", "-c", line, ":::", 1, 2, 3, 4, 5)
    assert done.status == 3 and b"2 tasks done" in done.stderr


def test_the_command_of_the_last_line_finishes_what_a_signal_broke_off(run, folder, pasted):
    gate = Gate(folder)
    process = run.start("run", "--record", "r", "-j", "1", "-c", f"{gate.program} {{#}}; echo {{}} >> seen", ":::", "a", "b b", "c'c")
    gate.wait_for(1)
    gate.release(1)
    gate.wait_for(2)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 143
    (folder / "gate/program").write_text("#!/bin/sh\n")
    done = pasted(last_command(errors))
    assert done.status == 0, done.stderr
    assert (folder / "seen").read_text() == "a\nb b\nc'c\n"


# The command of the last line


def test_the_command_of_the_last_line_repeats_the_failed(run, folder, pasted):
    names = ["a", "b b", "c'c", "$(touch x)", "*", "é", "-k", "~", "#", "", "x:::"]
    (folder / "task").write_text('#!/bin/sh\necho "[$1]" >> seen\n[ -e good ]\n')
    (folder / "task").chmod(0o755)
    done = run("run", "-k", "--record", "my run", "./task", ":::", *names)
    assert done.status == len(names)
    (folder / "good").touch()
    repeated = pasted(last_command(done.stderr))
    assert repeated.status == 0, repeated.stderr
    assert sorted((folder / "seen").read_text().splitlines()) == sorted([f"[{name}]" for name in names] * 2)


def test_the_command_of_the_last_line_is_exact_to_the_byte(run, folder, pasted):
    values = [value for value in NASTY if value.decode("utf-8", "replace").isprintable() and b"\xff" not in value]
    assert len(values) > 10
    (folder / "task").write_text('#!/bin/sh\n[ -e good ]\n')
    (folder / "task").chmod(0o755)
    done = run("run", "--record", "r", "./task", ":::", *values)
    (folder / "good").touch()
    repeated = pasted(last_command(done.stderr))
    assert repeated.status == 0, repeated.stderr
    assert {row["state"] for row in rows(folder / "r", "task")} == {"done"} and len(rows(folder / "r", "task")) == len(values)


@pytest.mark.parametrize("value", [b"two\nlines", b"a\ttab", b"\xff", b"\x1b[31m"])
def test_a_command_that_cannot_be_shown_as_it_is_is_not_shown_otherwise(run, value):
    done = run("run", "--record", "r", "false", ":::", value)
    assert done.stderr.endswith(b"\ndrover: repeat the failed with: the same command line, with --resume-failed after `drover run`\n")


def test_the_last_line_names_resume_once_wherever_it_stood(run):
    assert run("run", "--record", "r", "false", ":::", "a").status == 1
    for words in (["--resume", "--record", "r"], ["--record", "r", "--resume"], ["--record", "r", "--resume-failed"], ["--resume-failed", "--record=r"]):
        command = last_command(run("run", *words, "-k", "false", ":::", "a").stderr)
        assert command.count("--resume") == 1 and "--resume-failed" in command, command


def test_the_command_keeps_what_belongs_to_the_tasks(run):
    done = run("run", "--record", "r", "--", "sh", "-c", "exit 1", "--resume", "--resume-failed", ":::", "a")
    assert last_command(done.stderr) == "drover run --resume-failed --record r -- sh -c 'exit 1' --resume --resume-failed ::: a"


@pytest.mark.parametrize("words", [["--resume-failed", "--record", "r"], ["--record", "r", "--resume-failed"]])
def test_a_repetition_that_was_broken_off_goes_on_as_one(run, folder, pasted, words):
    gate = Gate(folder)
    (folder / "task").write_text(f'#!/bin/sh\n[ -e good ] || exit 1\n[ -e open ] || {gate.program} "$1"\necho "$1" >> seen\n')
    (folder / "task").chmod(0o755)
    assert run("run", "--record", "r", "./task", ":::", "a", "b").status == 2
    (folder / "good").touch()
    process = run.start("run", *words, "-j", "1", "./task", ":::", "a", "b")
    gate.wait_for("a")
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    (folder / "open").touch()
    done = pasted(last_command(errors))
    assert (done.status, sorted((folder / "seen").read_text().split())) == (0, ["a", "b"]), done.stderr


def test_a_reader_that_goes_early_leaves_a_record_that_can_be_resumed(run, folder):
    process = run.start("run", "--record", "r", "-k", "-j", "1", "-c", "yes {} | head -c 200000", ":::", *range(1, 9))
    process.stdout.read(10)
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait(timeout=60) == 141, errors
    done = run("run", "--record", "r", "--resume", "-k", "-j", "1", "-c", "yes {} | head -c 200000", ":::", *range(1, 9), timeout=60)
    assert done.status == 0, done.stderr
    assert set(states(folder / "r").values()) == {"done"} and len(states(folder / "r")) == 8
