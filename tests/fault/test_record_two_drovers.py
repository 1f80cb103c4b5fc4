"""Who may write to a record: one drover at a time, with the command it was made with, for whatever has become of the inputs."""

import os
import signal
import socket
import subprocess
from collections import Counter

import pytest

from herd import GATE, end_of, engine_of, have_started, read_until, script, state_of
from recorded_runs import RECORD, ask, complete, executions, how_many, noting, states, write_inputs
from waiting import until

OPTIONS = ("run", "-j2", "--record", RECORD)
HELD = OPTIONS + ("-c", "echo {} {#} {seed} >> executions; " + GATE, ":::", 1, 2, 3)


def refused(done, process):
    """By somebody who holds the record; the message says who."""
    assert done.status == 255, done
    text = done.stderr.decode()
    assert f"process {process.pid}" in text and socket.gethostname() in text and RECORD in text, text
    return True


@pytest.mark.parametrize("resume", [(), ("--resume",), ("--resume-failed",)], ids=["without", "--resume", "--resume-failed"])
def test_the_second_of_two_is_refused_and_the_first_is_not_disturbed(run, folder, resume):
    first = run.start(*HELD)
    have_started(folder, 1, 2)
    assert refused(run("run", *resume, *HELD[1:]), first)
    assert refused(run("run", *resume, "--record", RECORD, "true", ":::", "another"), first)
    (folder / "go").touch()
    assert end_of(first).status == 0
    assert complete(folder, (1, 2, 3))
    assert how_many(folder) == 3
    assert run("run", "--resume", *HELD[1:]).status == 0


def test_of_two_started_at_once_one_runs(run, folder):
    for _ in range(10):
        for name in os.listdir(folder):
            (folder / name).unlink()
        (folder / "go").touch()
        both = [run.start("run", "--resume", *HELD[1:]) for _ in range(2)]
        done = [end_of(process) for process in both]
        assert complete(folder, (1, 2, 3))
        assert how_many(folder) == 3
        assert sorted(one.status for one in done) in ([0, 0], [0, 255]), "one after the other, or one refused"


@pytest.mark.parametrize("name", ["by another name", "by a link", "by a hard link"])
def test_the_record_by_another_name_is_held_too(run, folder, name):
    """A path is not the record: the same file by a link."""
    first = run.start(*HELD)
    have_started(folder, 1, 2)
    other = {"by another name": f"../{folder.name}/{RECORD}", "by a link": "link.drover", "by a hard link": "hard.drover"}[name]
    if name == "by a link":
        (folder / other).symlink_to(RECORD)
    elif name == "by a hard link":
        os.link(folder / RECORD, folder / other)
    second = run.start("run", "--resume", "--record", other, *HELD[4:])
    until(lambda: second.poll() is not None or how_many(folder) > 2, what="a refusal")
    (folder / "go").touch()
    assert how_many(folder) == 2, "the second has begun a task that the first is at"
    done = end_of(second)
    assert done.status == 255 and (b"hard.drover" if name == "by a hard link" else b"held by a living drover") in done.stderr, done
    assert end_of(first).status == 0
    assert complete(folder, (1, 2, 3))


def test_a_paused_drover_holds_its_record(run, folder):
    first = run.start(*HELD)
    have_started(folder, 1, 2)
    both = (first.pid, engine_of(first))
    for pid in both:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: all(state_of(pid) == "T" for pid in both), what="both to be stopped")
    (folder / "go").touch()
    assert refused(run("run", "--resume", *HELD[1:]), first)
    for pid in both:
        os.kill(pid, signal.SIGCONT)
    assert end_of(first).status == 0
    assert complete(folder, (1, 2, 3))


def test_a_sign_of_life_from_another_host_counts(run, folder):
    """Where locks do not reach other hosts: a status that is renewed. One that is only fresh is of a job that died there."""
    words = ("run", "--resume", "--record", RECORD, *noting(folder))
    (folder / "run.drover-lock").write_text("elsewhere.example 4711\n")
    status = folder / "run.drover-status"
    status.write_text("{}")
    begun = os.stat(status).st_mtime
    first = run.start(*words)
    age = 0
    while first.poll() is None:  # as another host would do, only sooner
        age = 5 - age
        os.utime(status, (begun - age, begun - age))
    _, errors = first.communicate()
    assert first.returncode == 255 and b"process 4711 on elsewhere.example" in errors, errors
    assert how_many(folder) == 0
    (folder / "run.drover-lock").write_text("elsewhere.example 4711\n")
    assert run(*words).status == 0
    assert complete(folder, range(1, 13))


def test_a_drover_that_was_killed_holds_nothing(run, folder, census):
    before = census.processes()
    first = run.start(*HELD)
    have_started(folder, 1, 2)
    both = (first.pid, engine_of(first))
    for pid in both:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: all(state_of(pid) == "T" for pid in both), what="both to be stopped")
    for pid in both:
        os.kill(pid, signal.SIGKILL)
    end_of(first)
    (folder / "go").touch()
    until(lambda: census.processes() == before, what="the tasks to end")
    assert run("run", "--resume", *HELD[1:]).status == 0
    assert complete(folder, (1, 2, 3))


# A task, and a process that it leaves and that is hard to end, hold a lock as long as they live.
LONG_LIVED = """#!/bin/sh
exec 9>> "alive.$1"
flock -n 9 || echo "$1" >> overlaps
echo "$1 $2 $3" >> executions
[ -z "$SECOND" ] || exit 0
setsid -f sh -c "trap '' TERM HUP; while :; do sleep 0.05; done" >/dev/null 2>&1
touch "started.$1"
trap '' TERM HUP
while :; do sleep 0.05; done
"""


@pytest.mark.parametrize("victim", ["guardian", "engine"])
def test_half_a_drover_keeps_its_record_until_its_tasks_are_gone(run, folder, victim):
    program = script(folder, "task", LONG_LIVED)
    words = ("run", "--resume", "-j2", "--grace", "0.5", "--record", RECORD, program, "{}", "{#}", "{seed}", ":::", 1, 2, 3)
    first = run.start(*words)
    have_started(folder, 1, 2)
    os.kill(first.pid if victim == "guardian" else engine_of(first), signal.SIGKILL)

    def second():
        done = run(*words, env={"SECOND": "1"})
        return done.status == 0 or not refused(done, first)

    until(second, what="the record to be free")
    end_of(first)
    assert not (folder / "overlaps").exists(), "nothing of the first run lived when the second began"
    assert complete(folder, (1, 2, 3))


# The same command.
def done_with(run, *words, **how):
    done = run(*words, **how)
    assert done.status == 0, done
    return done


@pytest.mark.parametrize("first, then, both", [
    (("./note", "{}", "{#}"), ("./note", "{}", "{#}", "more"), ("./note '{}' '{#}'", "./note '{}' '{#}' more")),
    (("-c", "echo {}"), ("echo", "{}"), ("-c 'echo {}'", "echo '{}'")),
    (("-c", "echo {}"), ("-c", "echo {} # again"), ("-c 'echo {}'", "-c 'echo {} # again'")),
    (("echo", "{}"), ("-I", "@", "echo", "@"), ("echo '{}'", "-I @", "echo @")),
    (("echo",), ("-n", "2", "echo"), ("echo", "-n 2 echo")),
    (("--seed", "7", "echo"), ("--seed", "8", "echo"), ("seed 7", "--seed 8")),
], ids=["words", "-c", "line", "-I", "-n", "--seed"])
def test_another_command_is_refused_and_both_are_shown(run, folder, first, then, both):
    noting(folder)
    done_with(run, *OPTIONS, *first, ":::", 1, 2)
    before = (folder / RECORD).read_bytes()
    for resume in ("--resume", "--resume-failed"):
        done = run("run", resume, *OPTIONS[1:], *then, ":::", 1, 2)
        assert done.status == 255, done
        text = done.stderr.decode()
        assert RECORD in text and all(words in text for words in both), text
    assert (folder / RECORD).read_bytes() == before
    assert sorted(name for name in os.listdir(folder) if "run.drover" in name) == [RECORD]


def test_the_same_seed_by_name_is_no_other_run(run, folder):
    words = (*OPTIONS, "--seed", "7", *noting(folder))
    done_with(run, *words)
    done_with(run, "run", "--resume", *words[1:])
    assert how_many(folder) == 12
    assert complete(folder, range(1, 13))


def test_a_record_that_exists_is_not_begun_again(run, folder):
    words = (*OPTIONS, *noting(folder))
    done_with(run, *words)
    before = (folder / RECORD).read_bytes()
    done = run(*words)
    assert done.status == 255 and b"run.drover exists" in done.stderr and b"--resume" in done.stderr
    assert (folder / RECORD).read_bytes() == before and how_many(folder) == 12


@pytest.mark.parametrize("option", ["--resume", "--resume-failed"])
def test_resuming_without_a_file_needs_its_name(run, folder, option):
    done = run("run", option, *noting(folder))
    assert done.status == 255 and b"--record" in done.stderr
    assert how_many(folder) == 0
    done_with(run, "run", option, "--record", RECORD, *noting(folder))
    assert complete(folder, range(1, 13)), "no record yet: one is begun"


# Inputs that changed in between.
def numbers(folder):
    return dict(ask(folder / RECORD, "SELECT input, number FROM task"))


def seeds(folder):
    return dict(ask(folder / RECORD, "SELECT input, seed FROM task"))


def run_again_with(run, folder, first, then, *options):
    """Runs the first list, then resumes with the second; only what is new may run."""
    words = ("--record", RECORD, *options, *noting(folder))
    write_inputs(folder, first)
    done_with(run, "run", *words)
    before = {"numbers": numbers(folder), "seeds": seeds(folder)}
    ran = how_many(folder)
    write_inputs(folder, then)
    done = done_with(run, "run", "--resume", *words)
    new = [task for task, _, _ in executions(folder)[ran:]]
    assert Counter(new) == Counter(map(str, then)) - Counter(map(str, first)), "what is on record is not run again"
    assert complete(folder, list((Counter(map(str, first)) | Counter(map(str, then))).elements()))
    assert before["numbers"].items() <= numbers(folder).items() and before["seeds"].items() <= seeds(folder).items()
    return done


LISTS = {
    "in front": (range(10, 20), range(5, 20)), "at the end": (range(10, 20), range(10, 25)), "in the middle": ((1, 2, 8, 9), (1, 2, 3, 4, 8, 9)),
    "reordered": (range(10), (7, 3, 0, 9, 1, 2, 8, 4, 6, 5)), "turned round and grown": (range(10), range(14, -1, -1))}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("options", [(), ("--shuf",), ("-k",), ("--shuf", "-k")], ids=["plain", "--shuf", "-k", "--shuf -k"])
def test_a_list_that_has_changed(run, folder, name, options):
    first, then = LISTS[name]
    run_again_with(run, folder, first, then, *options)


def test_a_list_that_has_shrunk_names_the_missing(run, folder):
    done = run_again_with(run, folder, range(10), (0, 1, 2, 5, 6, 7, 8))
    assert b"3 recorded tasks" in done.stderr and b"3, 4, 9" in done.stderr, done.stderr


def test_more_of_the_same_inputs(run, folder):
    """Equal ones are told apart by their order: two are on record, so one of three is new."""
    words = ("--record", RECORD, *noting(folder))
    write_inputs(folder, ("a", "b", "a"))
    done_with(run, "run", *words)
    first = executions(folder)
    write_inputs(folder, ("a", "a", "b", "a"))
    done_with(run, "run", "--resume", *words)
    last = executions(folder)[3:]
    assert [task for task, _, _ in last] == ["a"]
    assert last[0][1] not in {number for _, number, _ in first}
    assert complete(folder, ("a", "a", "b", "a"))


def test_inputs_from_standard_input(run, folder):
    words = ("run", "--record", RECORD, *noting(folder)[:-2])
    assert run(*words, input=b"1\n2\n3\n").status == 0
    assert run("run", "--resume", *words[1:], input=b"0\n3\n1\n").status == 0
    assert [task for task, _, _ in executions(folder)[3:]] == ["0"]
    assert complete(folder, range(4))


def test_rows_of_three_and_of_a_table(run, folder):
    program = noting(folder)[0]
    table = ("--csv", "--header", ":", program, "{name}", "{#}", "{seed}", "::::", "table.csv")
    (folder / "table.csv").write_text('name,kT\nM87,2\n"NGC1275",4\n')
    done_with(run, "run", "--record", "table.drover", *table)
    (folder / "table.csv").write_text('name,kT\n"M87","2"\nA478,7\nNGC1275,4\n')
    done_with(run, "run", "--resume", "--record", "table.drover", *table)
    assert [task for task, _, _ in executions(folder)] == ["M87", "NGC1275", "A478"], "a row is known by its values"
    threes = ("-n", 3, "-c", "echo {1}-{2}-{3} >> threes", ":::")
    done_with(run, "run", "-j1", "--record", "threes.drover", *threes, *range(1, 7))
    done_with(run, "run", "-j1", "--resume", "--record", "threes.drover", *threes, *range(1, 11), 11, 12)
    assert (folder / "threes").read_text().split() == ["1-2-3", "4-5-6", "7-8-9", "10-11-12"]


def test_output_of_a_resumed_run_is_in_the_order_of_its_inputs(run, folder):
    words = ("-k", "-j4", "--record", RECORD, "-c", "echo {}; test {} -lt 5 -o -e mended", ":::")
    first = run("run", *words, *range(8))
    assert (first.status, first.lines) == (3, [b"%d" % number for number in range(8)])
    (folder / "mended").touch()
    again = run("run", "--resume-failed", *words, 9, *range(8), 8)
    assert (again.status, again.lines) == (0, [b"9", b"5", b"6", b"7", b"8"])


def test_the_exit_status_counts_what_failed_on_record(run, folder):
    words = ("--record", RECORD, "-c", "echo {} >> ran; test {} -lt 5 -o -e mended", ":::", *range(8))
    assert run("run", *words).status == 3
    assert run("run", "--resume", *words).status == 3, "they are not run again, and have failed all the same"
    assert run("run", "--resume", *words, 8).status == 4
    assert len((folder / "ran").read_text().split()) == 9
    (folder / "mended").touch()
    assert run("run", "--resume-failed", *words, 8).status == 0
    assert Counter((folder / "ran").read_text().split()) == Counter(map(str, [*range(9), 5, 6, 7, 8]))
    assert set(states(folder / RECORD).values()) == {"done"}
    assert run("run", "--resume-failed", *words, 8).status == 0
    assert len((folder / "ran").read_text().split()) == 13


# Interrupted: the last line goes on.
APPENDED = "printf '%s\\n' {}\" {#} {seed}\" >> executions; touch started.{#}; until [ -e go ]; do sleep 0.01; done"
NASTY = ["a", "$HOME", "*", "it's", "-k", "\u03b1Cen"]


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGQUIT, 131), (signal.SIGHUP, 129)])
def test_the_last_line_of_an_interrupted_run_resumes_it(run, drover, environment, folder, number, status):
    process = run.start(*OPTIONS, "-c", APPENDED, ":::", *NASTY)
    have_started(folder, 1, 2)
    process.send_signal(number)
    said = read_until(process.stderr, b"no new tasks")
    if number in (signal.SIGQUIT, signal.SIGHUP):
        (folder / "go").touch()  # the running ones end in peace
    done = end_of(process)
    assert done.status == status, done
    last = (said + done.stderr).decode().splitlines()[-1]
    line = last.removeprefix("drover: go on with: ")
    assert line.startswith("drover run --resume "), last
    (folder / "go").touch()
    path = f"{os.path.dirname(drover)}:{environment['PATH']}"
    again = subprocess.run(["sh", "-c", line], cwd=folder, env={**environment, "PATH": path}, capture_output=True, timeout=60, check=False)
    assert again.returncode == 0, again
    assert complete(folder, NASTY)
    assert how_many(folder) == len(NASTY) + (2 if number in (signal.SIGINT, signal.SIGTERM) else 0)


def test_a_task_inherits_nothing_of_the_record(run):
    done = run(*OPTIONS, "ls", ":::", "/proc/self/fd")
    assert done.lines == [b"0", b"1", b"2", b"3"], "3 is the folder that ls reads"


def test_no_descriptor_is_left_by_a_thousand_recorded_tasks(run, folder):
    line = "if [ {} = 1 ] || [ {} = 1000 ]; then touch started.{}; until [ -e go.{} ]; do sleep 0.01; done; fi"
    process = run.start(*OPTIONS, "-j1", "-c", line, ":::", *range(1, 1001))
    engine = engine_of(process)
    counts = []
    for task in (1, 1000):
        have_started(folder, task)
        until((folder / "run.drover-status").exists, what="the first look after the log")
        counts.append(len(os.listdir(f"/proc/{engine}/fd")))
        (folder / f"go.{task}").touch()
    assert end_of(process).status == 0
    assert counts[0] == counts[1]
