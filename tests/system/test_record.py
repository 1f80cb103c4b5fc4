"""--record, --resume and --resume-failed as a user sees them: what is run, what is printed, what is on record."""

import os
import signal
import stat

import pytest
from gate import Gate
from recorded import Pasted, last_command, left_beside, rows, said, states, succeed
from waiting import until


@pytest.fixture
def pasted(run, drover, tmp_path):
    return Pasted(run, drover, tmp_path)


# A record is made


def test_a_run_leaves_one_file_with_a_row_for_every_task(run, folder):
    done = run("run", "--record", "run.drover", "-k", "echo", ":::", "a", "b", "c")
    assert (done.status, done.lines) == (0, [b"a", b"b", b"c"])
    assert os.listdir(folder) == ["run.drover"]
    assert [(row["number"], row["input"], row["state"]) for row in rows(folder / "run.drover", "task")] == [
        (1, "a", "done"), (2, "b", "done"), (3, "c", "done")]
    assert len(rows(folder / "run.drover", "attempt")) == 3
    assert len(rows(folder / "run.drover", "run")) == 1


def test_a_record_changes_nothing_of_what_a_run_prints_but_the_last_line(run):
    def lines(*more):
        done = run("run", *more, "-k", "-j", "1", "--seed", "4", "--tag", "-c", "echo {#} {seed}; echo {} >&2; exit {}", ":::", "0", "3")
        assert done.status == 1
        return done.stdout, [line.partition(", in ")[0] for line in said(done)]

    bare, recorded = lines(), lines("--record", "r")
    assert recorded[0] == bare[0]
    assert recorded[1][:-1] == bare[1]
    assert recorded[1][-1].startswith("drover: repeat the failed with: drover run --resume-failed --record r ")


def test_folders_of_the_record_are_made(run, folder):
    assert run("run", "--record", "deep/er/run.drover", "true", ":::", "a").status == 0
    assert states(folder / "deep/er/run.drover") == {"a": "done"}
    assert os.listdir(folder / "deep/er") == ["run.drover"]


def test_a_record_that_cannot_be_made_is_an_error_before_any_task(run, folder):
    (folder / "file").touch()
    for name in ("file/run.drover", "/proc/none/run.drover"):
        done = run("run", "--record", name, "touch", ":::", "started")
        assert (done.status, done.stdout) == (255, b"")
        assert name.encode() in done.stderr and done.stderr.count(b"\n") == 1
    assert os.listdir(folder) == ["file"]


ODD_NAMES = ["my run.drover", "it's \"one\".drover", "100%.drover", "a?mode=ro", "a#b", "file:x", "%41", ":memory:", "tab\tnew\nline",
             "back\\slash", "-dash", "$(touch x)", "é", b"\xff.drover"]
CANNOT_BE_SHOWN = ["tab\tnew\nline", b"\xff.drover"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_a_records_name(run, pasted, folder, name):
    """SQLite itself would see more than a name in several of these."""
    option = b"--record=" + os.fsencode(name)
    done = run("run", option, "test", "-e", ":::", "there")
    assert (done.status, os.listdir(os.fsencode(folder))) == (1, [os.fsencode(name)]), done.stderr
    assert states(folder / os.fsdecode(name)) == {"there": "failed"}
    assert run("run", option, "true", ":::", "there").status == 255
    assert run("run", option, "--resume", "test", "-e", ":::", "there").status == 1
    (folder / "there").touch()
    if name in CANNOT_BE_SHOWN:
        assert said(done)[-1] == "drover: repeat the failed with: the same command line, with --resume-failed after `drover run`"
        repeated = run("run", "--resume-failed", option, "test", "-e", ":::", "there")
    else:
        repeated = pasted(last_command(done.stderr))
    assert repeated.status == 0, repeated.stderr
    assert states(folder / os.fsdecode(name)) == {"there": "done"}
    assert sorted(os.listdir(os.fsencode(folder))) == sorted([os.fsencode(name), b"there"])


@pytest.mark.parametrize(("arguments", "given"), [(["touch", ":::"], None), (["touch"], b""), (["-a", "/dev/null", "touch"], None),
                                                  (["--csv", "--header", ":", "touch"], b"a,b\n"), (["-a", "/dev/null"], None)])
@pytest.mark.parametrize("resume", [[], ["--resume"], ["--resume-failed"]])
def test_no_inputs_make_no_record(run, folder, arguments, given, resume):
    done = run("run", "--record", "run.drover", *resume, *arguments, input=given)
    assert (done.status, done.stdout) == (0, b"")
    assert b"no inputs" in done.stderr and b"nothing to do" in done.stderr
    assert os.listdir(folder) == []


def test_a_run_that_is_refused_makes_no_record(run, folder):
    for wrong in (["no-such-program-at-all"], ["--mem", "1000000T", "true"], ["-c", "echo `{}`"]):
        done = run("run", "--record", "run.drover", *wrong, ":::", "a")
        assert done.status == 255, wrong
        assert os.listdir(folder) == [], wrong


@pytest.mark.parametrize("words", [["--resume"], ["--resume-failed"], ["--record", ""], ["--record="], ["--record"],
                                   ["--resume", "--record", ""]])
def test_wrong_usage_is_one_message_before_any_task(run, folder, words):
    done = run("run", *words, *(["--"] if words[-1] != "--record" else []), "touch", ":::", "started")
    if words != ["--record"]:
        assert b"--record" in done.stderr
        assert (done.status, done.stdout, done.stderr.count(b"\n")) == (255, b"", 1)
        assert os.listdir(folder) == []


# A record that exists


def test_a_record_that_exists_is_not_touched_without_resume(run, folder):
    assert run("run", "--record", "run.drover", "true", ":::", "a").status == 0
    before = (folder / "run.drover").read_bytes()
    done = run("run", "--record", "run.drover", "touch", ":::", "started")
    assert (done.status, done.stdout, done.stderr.count(b"\n")) == (255, b"", 1)
    assert b"run.drover exists" in done.stderr and b"--resume" in done.stderr
    assert (folder / "run.drover").read_bytes() == before
    assert os.listdir(folder) == ["run.drover"]


@pytest.mark.parametrize("content", [b"", b"notes of mine\n", b"SQLite format 3\0" + bytes(4000), bytes(5000)])
@pytest.mark.parametrize("resume", [[], ["--resume"], ["--resume-failed"]])
def test_a_file_of_the_users_is_never_overwritten(run, folder, content, resume):
    (folder / "mine").write_bytes(content)
    done = run("run", "--record", "mine", *resume, "touch", ":::", "started")
    assert (done.status, done.stdout, done.stderr.count(b"\n")) == (255, b"", 1)
    assert b"mine" in done.stderr
    assert (folder / "mine").read_bytes() == content
    assert os.listdir(folder) == ["mine"]


def test_a_record_held_by_a_living_drover_is_an_error_that_names_it(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--record", "run.drover", gate.program, ":::", "a")
    gate.wait_for("a")
    for resume in ([], ["--resume"], ["--resume-failed"]):
        done = run("run", "--record", "run.drover", *resume, gate.program, ":::", "a")
        assert (done.status, done.stdout, done.stderr.count(b"\n")) == (255, b"", 1)
        assert os.uname().nodename.encode() in done.stderr and str(process.pid).encode() in done.stderr
    gate.release("a")
    process.communicate(timeout=60)
    assert gate.started() == ["a"] and states(folder / "run.drover") == {"a": "done"}
    assert run("run", "--record", "run.drover", "--resume", gate.program, ":::", "a").status == 0


def test_a_link_to_a_record_is_that_record(run, folder):
    """Two drovers on one record by two names would run everything twice."""
    gate = Gate(folder)
    (folder / "link").symlink_to("real")
    process = run.start("run", "--record", "real", gate.program, ":::", "a")
    gate.wait_for("a")
    done = run("run", "--record", "link", "--resume", gate.program, ":::", "a")
    assert (done.status, gate.started()) == (255, ["a"])
    assert b"held by a living drover" in done.stderr and str(process.pid).encode() in done.stderr
    gate.release("a")
    process.communicate(timeout=60)
    assert run("run", "--record", "link", "--resume", gate.program, ":::", "a").status == 0
    assert len(rows(folder / "real", "run")) == 2 and (folder / "link").is_symlink()


@pytest.mark.parametrize("log", ["r", "./r", "link"])
def test_a_record_is_no_job_log_as_well(run, folder, log):
    (folder / "link").symlink_to("r")
    assert run("run", "--record", "r", "-c", "touch {}; rm {}", ":::", "a").status == 0
    before = (folder / "r").read_bytes()
    done = run("run", "--record", "r", "--resume", "--joblog", log, "-c", "touch {}; rm {}", ":::", "a", "b")
    assert (done.status, done.stderr.count(b"\n")) == (255, 1)
    assert (folder / "r").read_bytes() == before
    assert run("run", "--record", "s", "--joblog", "s", "touch", ":::", "started").status == 255
    assert sorted(os.listdir(folder)) == ["link", "r"]


@pytest.mark.parametrize("other", [["echo", "x"], ["-c", "true"], ["-I", "@", "true"], ["-n", "2", "true"], []])
def test_another_command_is_an_error_that_shows_both(run, folder, other):
    assert run("run", "--record", "r", "true", ":::", "a").status == 0
    before = (folder / "r").read_bytes()
    done = run("run", "--record", "r", "--resume", *other, ":::", "a")
    assert (done.status, done.stdout, done.stderr.count(b"\n")) == (255, b"", 1)
    assert b"  true  and this is  " in done.stderr
    assert " ".join(other).encode() in done.stderr
    assert (folder / "r").read_bytes() == before and os.listdir(folder) == ["r"]


def test_another_seed_is_an_error_that_shows_both_and_the_same_one_is_none(run):
    assert run("run", "--record", "r", "--seed", "31", "true", ":::", "a").status == 0
    done = run("run", "--record", "r", "--resume", "--seed", "32", "true", ":::", "a")
    assert done.status == 255 and b"31" in done.stderr and b"32" in done.stderr
    assert run("run", "--record", "r", "--resume", "--seed", "31", "true", ":::", "a").status == 0


def test_how_a_run_is_done_may_differ_from_run_to_run(run, folder):
    assert run("run", "--record", "r", "-j", "1", "--timeout", "50", "test", "-e", "ok_{}", ":::", "a", "b").status == 2
    succeed(folder, "a", "b")
    done = run("run", "--resume-failed", "--record=r", "-j2", "--tag", "-k", "--retries", "3", "--scratch", "test", "-e", "ok_{}", ":::", "a", "b")
    assert done.status == 0, done.stderr


# Live


def test_while_a_run_lasts_a_file_beside_the_record_says_how_it_goes(run, folder):
    gate = Gate(folder)
    record = folder / "my run.drover"
    process = run.start("run", "--record", record.name, "-j", "1", gate.program, ":::", "a", "b")
    gate.wait_for("a")
    until(lambda: "my run.drover-status" in left_beside(record), what="the status file")
    assert run("status", record.name).status == 0
    gate.release("a")
    gate.release("b")
    process.communicate(timeout=60)
    assert (process.returncode, left_beside(record)) == (0, [])


def test_an_end_is_on_record_while_others_run(run, folder):
    gate = Gate(folder)
    process = run.start("run", "--record", "r", "-j", "2", gate.program, ":::", "a", "b", "c")
    gate.wait_for("a", "b")
    gate.release("a", status=3)
    gate.wait_for("c")
    until(lambda: states(folder / "r") == {"a": "failed", "b": "running", "c": "running"}, what="the end of a on record")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    process.communicate(timeout=60)
    gate.log.write_text("")
    again = run.start("run", "--record", "r", "--resume", "-j", "2", gate.program, ":::", "a", "b", "c")
    gate.wait_for("b", "c")
    gate.release("b")
    gate.release("c")
    _, errors = again.communicate(timeout=60)
    assert again.returncode == 1, errors  # a
    assert sorted(gate.started()) == ["b", "c"] and states(folder / "r") == {"a": "failed", "b": "done", "c": "done"}
    assert b"resuming r: 0 done, 1 failed, 2 left unfinished" in errors


def test_a_record_may_be_read_by_those_who_may_not_write(run, folder):
    assert run("run", "--record", "r", "true", ":::", "a").status == 0
    assert stat.S_IMODE((folder / "r").stat().st_mode) & 0o077 == 0o666 & ~current_umask() & 0o077


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
