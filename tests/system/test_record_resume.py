"""What --resume and --resume-failed run again, and by what they know a task."""

import itertools

import pytest
from recorded import NASTY, TRY, inputs, last_command, numbers, rows, said, states, succeed


def first_words(done):
    return [line.split()[0].decode() for line in done.lines]


# What is run again


def test_resume_runs_what_was_not_done_and_leaves_the_failed(run, folder):
    succeed(folder, "a", "c", "d")
    first = run("run", "--record", "r", "-k", "-c", TRY, ":::", "a", "b", "c")
    again = run("run", "--record", "r", "--resume", "-k", "-c", TRY, ":::", "a", "b", "c", "d", "e")
    assert (first.status, first_words(first)) == (1, ["a", "b", "c"])
    assert (again.status, first_words(again)) == (2, ["d", "e"])
    assert states(folder / "r") == {"a": "done", "b": "failed", "c": "done", "d": "done", "e": "failed"}


def test_resume_failed_repeats_the_failed_with_their_numbers_and_seeds(run, folder):
    succeed(folder, "a")
    first = run("run", "--record", "r", "-k", "-c", TRY, ":::", "a", "b", "c")
    succeed(folder, "c")
    again = run("run", "--record", "r", "--resume-failed", "-k", "-c", TRY, ":::", "a", "b", "c")
    assert (first.status, again.status) == (2, 1)
    assert again.lines == first.lines[1:]
    assert states(folder / "r") == {"a": "done", "b": "failed", "c": "done"}


def test_a_task_is_told_the_number_and_seed_that_it_had(run, folder):
    line = "echo {#} {seed} $DROVER_TASK $DROVER_SEED {}; false"
    first = run("run", "--record", "r", "-k", "-c", line, ":::", "a", "b", "c")
    again = run("run", "--record", "r", "--resume-failed", "-k", "-c", line, ":::", "c", "new", "a")
    before = {row.split()[4]: row.split()[:4] for row in first.lines}
    after = {row.split()[4]: row.split()[:4] for row in again.lines}
    assert [after[b"a"], after[b"c"]] == [before[b"a"], before[b"c"]]
    assert after[b"new"][0] == after[b"new"][2] == b"4"
    assert after[b"new"][1] not in {row[1] for row in before.values()}
    assert all(row[0] == row[2] and row[1] == row[3] for row in itertools.chain(before.values(), after.values()))


def test_tasks_are_known_by_their_input_wherever_it_stands(run, folder):
    assert run("run", "--record", "r", "-c", "true {}", ":::", "a", "b", "c").status == 0
    done = run("run", "--record", "r", "--resume", "-k", "-c", "true {}", ":::", "front", "c", "a", "between", "b", "end", "-k")
    assert done.status == 0
    assert numbers(folder / "r") == {"a": 1, "b": 2, "c": 3, "front": 4, "between": 5, "end": 6, "-k": 7}
    assert [row["attempt"] for row in rows(folder / "r", "task")] == [1] * 7


def test_vanished_inputs_are_named_and_kept(run, folder):
    assert run("run", "--record", "r", "-c", "[ {} != c ]", ":::", "a", "b", "c", "d").status == 1
    done = run("run", "--record", "r", "--resume", "-c", "[ {} != c ]", ":::", "b")
    line = next(line for line in said(done) if "not among the inputs" in line)
    assert line == "drover: 3 recorded tasks are not among the inputs any more, and kept on record: a, c, d"
    assert done.status == 1  # c failed on record
    assert states(folder / "r") == {"a": "done", "b": "done", "c": "failed", "d": "done"}


@pytest.mark.parametrize(("arguments", "given"), [([":::"], None), ([], b""), (["-a", "/dev/null"], None)])
def test_that_all_inputs_vanished_is_said_too(run, arguments, given):
    sources = arguments if arguments == [":::"] else []
    options = [] if sources else arguments
    assert run("run", "--record", "r", "false", ":::", "a").status == 1
    done = run("run", "--record", "r", "--resume", *options, "false", *sources, input=given)
    assert done.status == 1, done.stderr
    assert b"1 recorded task is not among the inputs any more, and kept on record: a" in done.stderr


def test_equal_inputs_are_told_apart_by_their_order(run, folder):
    line = "echo {} {#}; [ {#} != 2 ]"
    first = run("run", "--record", "r", "-k", "-c", line, ":::", "a", "a", "a", "b")
    assert first.status == 1
    again = run("run", "--record", "r", "--resume-failed", "-k", "-c", line, ":::", "a", "a", "a", "b", "a")
    assert again.lines == [b"a 2", b"a 5"]
    assert [row["state"] for row in rows(folder / "r", "task")] == ["done", "failed", "done", "done", "done"]


def test_nothing_left_to_do_is_said(run):
    assert run("run", "--record", "r", "-c", "[ {} != 2 ]", ":::", "1", "2", "3").status == 1
    done = run("run", "--record", "r", "--resume", "-c", "[ {} != 2 ]", ":::", "1", "2", "3")
    assert (done.status, done.stdout) == (1, b"")
    assert "drover: nothing is left to do: 2 tasks are done, 1 failed" in said(done)
    assert last_command(done.stderr).startswith("drover run --resume-failed ")
    assert run("run", "--record", "s", "true", ":::", "1").status == 0
    done = run("run", "--record", "s", "--resume-failed", "true", ":::", "1")
    assert (done.status, said(done)[-1]) == (0, "drover: nothing is left to do: 1 task is done")


def test_resuming_what_never_began_begins_it(run, folder):
    for resume in ("--resume", "--resume-failed"):
        done = run("run", "--record", resume, resume, "echo", ":::", "a")
        assert (done.status, done.stdout) == (0, b"a\n")
        assert "drover: " + resume + " is new: nothing to resume" in said(done)
        assert states(folder / resume) == {"a": "done"}


def test_a_resumed_run_says_what_is_on_record(run, folder):
    succeed(folder, "a", "b")
    assert run("run", "--record", "r", "-c", TRY, ":::", "a", "b", "c").status == 1
    done = run("run", "--record", "r", "--resume", "-c", TRY, ":::", "a", "b", "c", "d")
    assert said(done)[0] == "drover: resuming r: 2 done, 1 failed, 0 left unfinished"
    assert "  in earlier runs 2 done, 1 failed" in said(done)
    done = run("run", "--record", "r", "--resume-failed", "-c", TRY, ":::", "a", "b", "c", "d")
    assert said(done)[0] == "drover: resuming r: 2 done, 2 failed (run again), 0 left unfinished"


def test_quiet_runs_are_quiet_when_resumed(run):
    for resume in ([], ["--resume"], ["--resume"]):
        done = run("run", "--record", "r", *resume, "--progress=none", "true", ":::", "a")
        assert (done.status, done.stderr) == (0, b"")


# Sources


def test_lines_of_standard_input_are_known_again(run, folder):
    assert run("run", "--record", "r", "-c", "[ {} != b ]", input=b"a\nb\nc\n").status == 1
    done = run("run", "--record", "r", "--resume-failed", "-k", "-c", "[ {} != b ]", input=b"0\na\nb\nc\nd\n")
    assert done.status == 1
    assert inputs(folder / "r") == {1: [b"a"], 2: [b"b"], 3: [b"c"], 4: [b"0"], 5: [b"d"]}
    assert [row["run"] for row in rows(folder / "r", "task")] == [1, 2, 1, 2, 2]


def test_every_byte_of_an_input_counts(run, folder):
    given = b"".join(value + b"\0" for value in NASTY)
    assert run("run", "--record", "r", "-0", "false", input=given).status == len(NASTY)
    assert inputs(folder / "r") == {number: [value] for number, value in enumerate(NASTY, 1)}
    other = [value[:-1] + b"!" for value in NASTY]
    again = run("run", "--record", "r", "-0", "--resume", "-k", "-c", "printf '%s\\0' {}; : false", input=given)
    assert again.status == 255  # another command
    again = run("run", "--record", "r", "-0", "--resume", "false", input=b"".join(value + b"\0" for value in NASTY[::-1] + other))
    assert again.status == len(NASTY) + len(other)
    assert len(rows(folder / "r", "task")) == len(NASTY) + len(other)


def test_long_inputs_are_told_apart_at_their_ends(run, folder):
    long = ["x" * 100_000 + end for end in "abc"]
    assert run("run", "--record", "r", "-a", "-", "true", input="\n".join(long[:2]).encode()).status == 0
    done = run("run", "--record", "r", "--resume", "-a", "-", "-c", "true {}", input="\n".join(long).encode())
    assert done.status == 255 and len(done.stderr) < 10_000
    done = run("run", "--record", "r", "--resume", "-a", "-", "true", input="\n".join(long[::-1]).encode())
    assert done.status == 0, done.stderr
    assert [row["input"] for row in rows(folder / "r", "task")] == long
    assert [row["run"] for row in rows(folder / "r", "task")] == [1, 1, 2]


def test_columns_and_several_inputs_a_task_are_known_by_all_their_values(run, folder):
    assert run("run", "--record", "r", "-n", "2", "echo", ":::", "a", "b", "c").status == 0
    assert inputs(folder / "r") == {1: [b"a", b"b"], 2: [b"c"]}
    done = run("run", "--record", "r", "--resume", "-k", "-n", "2", "echo", ":::", "a", "b", "c", "d")
    assert done.lines == [b"c d"]
    table = b"name,kT\nA,1\n\"B, b\",2\n"
    command = ["--csv", "--header", ":", "echo", "{name} {kT}"]
    assert run("run", "--record", "s", *command, input=table).status == 0
    done = run("run", "--record", "s", "--resume", *command, input=table + b"B,2\n")
    assert done.stdout == b"B 2\n"
    assert inputs(folder / "s") == {1: [b"A", b"1"], 2: [b"B, b", b"2"], 3: [b"B", b"2"]}


def test_rows_that_are_no_input_are_failed_tasks_on_record(run, folder):
    table = b"name,kT\nA,1\nB\nC,3,4\nD,4\n"
    command = ["-k", "--csv", "--header", ":", "echo", "{name}"]
    first = run("run", "--record", "r", *command, input=table)
    assert (first.status, first.lines) == (2, [b"A", b"D"])
    assert [row["state"] for row in rows(folder / "r", "task")] == ["done", "failed", "failed", "done"]
    bad = [row for row in rows(folder / "r", "attempt") if row["state"] == "failed"]
    assert [(row["task"], row["exit_status"], row["signal"], row["ran"]) for row in bad] == [(2, None, 0, 0), (3, None, 0, 0)]
    assert all(row["cause"] and "\n" not in row["cause"] for row in bad)
    assert run("run", "--record", "r", "--resume", *command, input=table).status == 2
    assert len(rows(folder / "r", "attempt")) == 4
    assert run("run", "--record", "r", "--resume-failed", *command, input=table).status == 2
    assert len(rows(folder / "r", "attempt")) == 6
    assert len(rows(folder / "r", "task")) == 4


def test_a_column_more_that_the_command_does_not_name_still_makes_another_input(run):
    command = ["--csv", "--header", ":", "echo", "{name}"]
    assert run("run", "--record", "r", *command, input=b"name,x\nA,1\n").stdout == b"A\n"
    assert run("run", "--record", "r", "--resume", *command, input=b"name,x\nA,2\n").stdout == b"A\n"


def test_of_twenty_thousand_recorded_tasks_three_new_ones_are_run(run, folder):
    count = 20_000
    old = [b"%d" % number for number in range(1, count + 1)]
    assert run("run", "--record", "r", "-j", "4", "true", input=b"\n".join(old), timeout=300).status == 0
    mixed = [b"front", *old[:777], b"between", *old[777:], b"end"]
    done = run("run", "--record", "r", "--resume", "-k", "true", input=b"\n".join(mixed), timeout=300)
    assert done.status == 0
    tasks = rows(folder / "r", "task")
    assert [(row["number"], row["input"]) for row in tasks[count:]] == [(count + 1, "front"), (count + 2, "between"), (count + 3, "end")]
    assert len(rows(folder / "r", "attempt")) == count + 3 and {row["state"] for row in tasks} == {"done"}
    assert "drover: resuming r: 20000 done, 0 failed, 0 left unfinished" in said(done)
