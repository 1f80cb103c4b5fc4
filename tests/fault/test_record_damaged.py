"""A record that is damaged, foreign, or may not be written to: a clear error and not a byte changed, or nothing is lost."""

import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile

import pytest
from skips import skip

from herd import children, end_of, state_of
from recorded_runs import NOTE, RECORD, complete, how_many, noting, script, states, write_inputs
from waiting import until

SEED = 20250302
PAGE = 1024
TASKS = 60


def bytes_of(folder):
    """The record and everything of its name, to be compared."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("run.drover*")) if path.is_file() and not path.name.endswith("-shm")}


@pytest.fixture
def resume(run, folder):
    """A finished record of 60 tasks, and the line that goes on with it."""
    words = ("run", "-j2", "--record", RECORD, "--resume", *noting(folder, last=TASKS))
    assert run(*words).status == 0
    return lambda **how: run(*words, **how)


def refuses(folder, done, *words):
    """A clear error that names the file; nothing ran and nothing was changed."""
    assert done.status == 255, done
    text = done.stderr.decode()
    assert RECORD in text and all(word in text for word in words), text
    assert how_many(folder) == TASKS
    return True


def all_refuse(run, folder, resume, *words):
    """run, log and status alike."""
    before = bytes_of(folder)
    assert refuses(folder, resume(), *words)
    for command in ("log", "status"):
        assert refuses(folder, run(command, RECORD), *words)
    assert bytes_of(folder) == before
    return True


def with_page(whole, number, content):
    return whole[: number * PAGE] + content + whole[(number + 1) * PAGE :]


def test_a_page_of_zeros_is_found_wherever_it_is(resume, folder):
    whole = (folder / RECORD).read_bytes()
    assert len(whole) >= 10 * PAGE
    for number in range(len(whole) // PAGE):
        damaged = with_page(whole, number, bytes(PAGE))
        (folder / RECORD).write_bytes(damaged)
        assert refuses(folder, resume(), "no run record" if number == 0 else "is damaged"), number
        assert bytes_of(folder) == {RECORD: damaged}, number


def test_two_pages_that_changed_places_are_found(resume, folder):
    whole = (folder / RECORD).read_bytes()
    pages = [whole[at : at + PAGE] for at in range(0, len(whole), PAGE)]
    for number in range(1, len(pages) - 1):
        damaged = with_page(with_page(whole, number, pages[number + 1]), number + 1, pages[number])
        (folder / RECORD).write_bytes(damaged)
        assert refuses(folder, resume(), "is damaged", "sqlite3 run.drover"), number
        assert bytes_of(folder) == {RECORD: damaged}, number


@pytest.mark.parametrize("kept", [10, PAGE, 3 * PAGE + 500, -PAGE, -1])
def test_a_record_that_was_cut_off_is_found(run, resume, folder, kept):
    whole = (folder / RECORD).read_bytes()
    (folder / RECORD).write_bytes(whole[:kept])
    before = bytes_of(folder)
    assert refuses(folder, resume())
    assert refuses(folder, run("log", RECORD))
    assert bytes_of(folder) == before


def test_a_flipped_bit_is_found_or_does_no_harm(resume, folder):
    draw = random.Random(SEED)
    whole = (folder / RECORD).read_bytes()
    found = 0
    for _ in range(100):
        at, bit = draw.randrange(len(whole)), draw.randrange(8)
        damaged = bytearray(whole)
        damaged[at] ^= 1 << bit
        (folder / RECORD).write_bytes(damaged)
        done = resume()
        if done.status == 255:
            assert refuses(folder, done), (at, bit)
            assert bytes_of(folder) == {RECORD: bytes(damaged)}, (at, bit)
            found += 1
        else:
            assert (done.status, how_many(folder)) == (0, TASKS), (at, bit, "nothing that was done is done again", done)
            assert complete(folder, range(1, TASKS + 1)), (at, bit)
    assert found > 50, "most of a record is what was recorded"


# What is not a record of this drover.
def foreign_text(path):
    path.write_text("Fe XXV 6.7 keV\n" * 100)


def foreign_database(path):
    subprocess.run(["sqlite3", path, "CREATE TABLE spectrum(energy, flux)"], check=True)


def newer(path):
    subprocess.run(["sqlite3", path, "PRAGMA user_version = 2"], check=True)


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("make, words", [
    (foreign_text, ("is no run record of drover", "another file")), (foreign_database, ("is no run record of drover", "another file")),
    (newer, ("format 2", "newer")), (empty, ("is no run record of drover", "another file"))])
def test_what_is_no_record_is_refused(run, resume, folder, make, words):
    if make is not newer:
        (folder / RECORD).unlink()
    make(folder / RECORD)
    assert all_refuse(run, folder, resume, *words)
    assert sorted(bytes_of(folder)) == [RECORD], "and no lock or log is left beside it"


def test_a_folder_of_that_name_is_refused(run, resume, folder):
    (folder / RECORD).unlink()
    (folder / RECORD).mkdir()
    assert all_refuse(run, folder, resume, "is a folder")
    assert os.listdir(folder / RECORD) == []


def test_a_fifo_of_that_name_is_refused(run, resume, folder):
    (folder / RECORD).unlink()
    os.mkfifo(folder / RECORD)
    assert all_refuse(run, folder, resume, "no file")


def test_a_missing_folder_is_made_for_a_new_record_and_told_by_the_others(run, folder):
    done = run("run", "--record", "of/the/run.drover", *noting(folder))
    assert done.status == 0
    assert complete(folder, range(1, 13), "of/the/run.drover")
    for command in ("log", "status"):
        done = run(command, "not/there/run.drover")
        assert done.status == 255 and b"not/there/run.drover" in done.stderr
    assert not (folder / "not").exists()


def test_a_file_where_a_folder_is_asked_for(run, folder):
    (folder / "of").touch()
    done = run("run", "--record", "of/run.drover", *noting(folder))
    assert done.status == 255 and b"of/run.drover" in done.stderr and b"Not a directory" in done.stderr
    assert how_many(folder) == 0


def test_the_advice_for_a_damaged_record_saves_it(run, resume, folder):
    """The line of the message, as it stands there."""
    whole = (folder / RECORD).read_bytes()
    (folder / RECORD).write_bytes(with_page(whole, len(whole) // PAGE - 1, bytes(PAGE)))
    before = set(os.listdir(folder))
    advice = resume().stderr.decode().split("`")[1]
    subprocess.run(["sh", "-c", advice], cwd=folder, check=False)
    (saved,) = set(os.listdir(folder)) - before
    if run("log", saved).status == 0:
        assert len(states(folder / saved)) > TASKS // 2
    else:
        rows = re.findall(r"INSERT INTO task VALUES\((\d+),'(\d+)',", (folder / saved).read_text())
        assert len(rows) > TASKS // 2 and all(number == value for number, value in rows)


# A log that waits beside a record whose drover was killed.
ENDLESS = NOTE + '[ "$1" != 40 ] || [ -e go ] || exec sleep 1000\n'


def told_status(folder):
    try:
        return (folder / "run.drover-status").read_bytes().replace(b" ", b"")
    except FileNotFoundError:
        return b""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the files of a killed run are kept: one is enough for all tests."""
    return tmp_path_factory.mktemp("kept") / "cwd"


@pytest.fixture
def broken_off(run, folder, census, kept):
    """A run killed at its fortieth task; gives back the line that resumes it."""
    words = ("run", "-j1", "--record", RECORD, "--resume", "./note", "{}", "{#}", "{seed}", "::::", "inputs")
    if not kept.exists():
        script(folder, "note", ENDLESS)
        write_inputs(folder, range(1, TASKS + 1))
        kill_at_forty(run, folder, census, words)
        shutil.copytree(folder, kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    (folder / "go").touch()
    return lambda: run(*words)


def kill_at_forty(run, folder, census, words):
    before = census.processes()
    process = run.start(*words)
    until(lambda: how_many(folder) == 40, what="the fortieth task")
    until(lambda: b'"done":39' in told_status(folder), what="the status file")
    pids = [process.pid, *children(process.pid)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: all(state_of(pid) == "T" for pid in pids), what="both to be stopped")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    end_of(process)
    until(lambda: census.processes() == before, what="the task to end")


def check_log(folder, done, log_is_whole=False):
    """Refused without a change, or recovered so far that nothing is missing; what runs again is told."""
    if done.status == 255:
        assert RECORD in done.stderr.decode()
        assert how_many(folder) == 40
        return
    assert done.status == 0, done
    assert complete(folder, range(1, TASKS + 1))
    if how_many(folder) > TASKS + 1:
        assert not log_is_whole
        assert b"run.drover-wal" in done.stderr or b"damaged" in done.stderr, "a loss that nobody is told of"


def test_a_whole_log_loses_nothing(broken_off, folder):
    done = broken_off()
    assert b"39 done" in done.stderr and b"1 left unfinished" in done.stderr
    check_log(folder, done, log_is_whole=True)
    assert how_many(folder) == TASKS + 1


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.6, 0.95])
def test_a_log_that_was_cut_off_is_recovered(broken_off, folder, part):
    """As a power cut leaves it: what was cut off runs again."""
    log = folder / "run.drover-wal"
    os.truncate(log, int(log.stat().st_size * part))
    done = broken_off()
    assert done.status == 0
    assert complete(folder, range(1, TASKS + 1))


def test_a_log_that_is_missing_is_told(broken_off, folder):
    """A record that was copied without what lies beside it."""
    (folder / "run.drover-wal").unlink()
    check_log(folder, broken_off())


@pytest.mark.parametrize("part", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_log_that_was_flipped_is_told(broken_off, folder, part):
    log = folder / "run.drover-wal"
    whole = bytearray(log.read_bytes())
    whole[int(len(whole) * part) + 9] ^= 4
    log.write_bytes(whole)
    check_log(folder, broken_off())


def test_a_shared_index_that_was_scrambled_is_made_anew(broken_off, folder):
    """The -shm file can be rebuilt from the log."""
    index = folder / "run.drover-shm"
    index.write_bytes(random.Random(SEED).randbytes(index.stat().st_size))
    check_log(folder, broken_off(), log_is_whole=True)
    assert how_many(folder) == TASKS + 1


# Records that may be read and not written.
@pytest.fixture
def read_only_disk(small_disk):
    """read_only_disk(record) gives the path of a copy on a disk that nobody may write to."""
    disk = small_disk(512)
    if disk is None:
        skip("read-only-disk", "mounting a file system needs root")

    def copied(*files):
        for file in files:
            shutil.copy(file, disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        return disk / RECORD

    return copied


def test_a_record_on_a_read_only_disk_can_be_read_and_not_resumed(run, resume, folder, read_only_disk):
    plain = run("log", RECORD)
    record = read_only_disk(folder / RECORD)
    for command, status in (("log", 0), ("status", 0)):
        done = run(command, record)
        assert done.status == status and done.stderr == b"", done
        if command == "log":
            assert done.stdout == plain.stdout
    done = run("run", "--record", record, "--resume", *noting(folder, last=TASKS))
    assert done.status == 255 and os.fsencode(record) in done.stderr and b"ead-only" in done.stderr, done
    assert how_many(folder) == TASKS


def test_a_broken_off_record_on_a_read_only_disk(run, broken_off, folder, read_only_disk):
    """With its log it is read, or it is said what to do; never as if the log did not exist."""
    record = read_only_disk(*folder.glob("run.drover*"))
    done = run("log", record)
    if done.status == 0:
        assert done.stdout.count(b" done ") == 39
    else:
        assert done.status == 255 and os.fsencode(record) in done.stderr and b"copy" in done.stderr, done
    assert broken_off().status == 0


@pytest.fixture
def somebody(drover, environment, census):
    """somebody(arguments…) runs a copy of drover as a user without rights, in a folder that is open to all."""
    if os.getuid() != 0:
        skip("another-user", "changing the user needs root")
    del census
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fault-"))
    folder.chmod(0o777)
    shutil.copy(drover, folder / "drover")
    (folder / "tmp").mkdir()

    def run(*arguments):
        order = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", folder / "drover", *arguments]
        return subprocess.run(order, cwd=folder, env={**environment, "TMPDIR": str(folder / "tmp")}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=False)

    run.folder = folder
    yield run
    shutil.rmtree(folder)


def test_a_record_of_somebody_else_can_be_read_and_not_resumed(run, resume, folder, somebody):
    plain = run("log", RECORD).stdout
    for name in (RECORD, "note", "inputs"):
        shutil.copy(folder / name, somebody.folder)
    (somebody.folder / RECORD).chmod(0o444)
    before = (somebody.folder / RECORD).read_bytes()
    for mode in (0o755, 0o777):
        somebody.folder.chmod(mode)
        shown = somebody("log", RECORD)
        assert (shown.returncode, shown.stdout, shown.stderr) == (0, plain, b""), oct(mode)
        done = somebody("run", "--record", RECORD, "--resume", "./note", "{}", "{#}", "{seed}", "::::", "inputs")
        assert done.returncode == 255 and b"run.drover" in done.stderr and b"permission" in done.stderr.lower(), (oct(mode), done)
        assert sorted(os.listdir(somebody.folder)) == sorted(["drover", "inputs", "note", RECORD, "tmp"]), oct(mode)
    somebody.folder.chmod(0o777)
    (somebody.folder / RECORD).chmod(0)
    shown = somebody("log", RECORD)
    assert shown.returncode == 255 and b"run.drover" in shown.stderr and b"permission" in shown.stderr.lower(), shown
    assert (somebody.folder / RECORD).read_bytes() == before
