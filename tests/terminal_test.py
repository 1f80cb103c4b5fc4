"""The terminal and the census that other tests rely on are themselves right: tried with programs of the system."""

import signal
import sys

import pytest

from census import Census
from commands import Commands
from terminal import Terminal
from waiting import until


@pytest.fixture
def at_keyboard(folder, environment, census):
    del census
    opened = []

    def start(*words):
        opened.append(Terminal(words, environment, folder))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.end()


def test_typed_text_reaches_the_program_and_its_answer_the_screen(at_keyboard):
    screen = at_keyboard("sh", "-c", "printf 'name? '; read name; echo \"hello $name\"; exit 3")
    screen.read_until(b"name? ")
    screen.type(b"Ada\n")
    screen.read_until(b"hello Ada")
    assert screen.wait() == ("exited", 3)


@pytest.mark.parametrize("key, number", [(Terminal.CTRL_C, signal.SIGINT), (Terminal.CTRL_BACKSLASH, signal.SIGQUIT)])
def test_a_key_ends_the_program_by_its_signal(at_keyboard, key, number):
    screen = at_keyboard("sh", "-c", "ulimit -c 0; echo ready; exec sleep 100")
    screen.read_until(b"ready")
    screen.type(key)
    assert screen.wait() == ("signalled", number)


def test_a_stopped_program_goes_on_in_the_foreground(at_keyboard):
    screen = at_keyboard("sh", "-c", "echo ready; read line; echo got $line")
    screen.read_until(b"ready")
    screen.type(Terminal.CTRL_Z)
    assert screen.wait_stopped() == signal.SIGTSTP
    screen.resume()
    screen.type(b"more\n")
    screen.read_until(b"got more")
    assert screen.wait() == ("exited", 0)


def test_a_closed_terminal_hangs_up(at_keyboard):
    screen = at_keyboard("sh", "-c", "echo ready; exec sleep 100")
    screen.read_until(b"ready")
    screen.close()
    assert screen.wait() == ("signalled", signal.SIGHUP)


def test_the_census_sees_a_grandchild_that_left_its_session(folder, environment, census):
    before = census.now()
    Commands("setsid", folder, environment)("-f", "sleep", "100", stdout=None, stderr=None)
    left = until(lambda: census.now().processes - before.processes)
    assert len(left) == 1
    with pytest.raises(AssertionError, match="sleep 100"):
        census.settles(before, seconds=0.1)
    census.end_everything()
    census.settles(before)


def test_the_census_sees_files_and_shared_memory_left(environment, tmp_path):
    census = Census(environment["CENSUS_MARK"], environment["TMPDIR"])
    before = census.now()
    (tmp_path / "tmp" / "left").touch()
    with pytest.raises(AssertionError, match="temporary files .'left'."):
        census.settles(before, seconds=0.1)


def test_a_run_gives_back_bytes_and_status(folder, environment):
    python = Commands(sys.executable, folder, environment)
    done = python("-c", "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.exit(7)", input=b"\xff\0")
    assert (done.status, done.stdout, done.stderr) == (7, b"\xff\0", b"")


def test_a_hang_becomes_a_failure(folder, environment):
    with pytest.raises(AssertionError, match="no end after"):
        Commands("sleep", folder, environment)("100", timeout=0.1)
