"""gallery/greetings: twenty lines, one program, eight at a time."""

import pathlib
import time

import pytest
from gate import Gate, most_at_once

GREETINGS = pathlib.Path(__file__).resolve().parents[2] / "gallery" / "greetings"
NAMES = (GREETINGS / "greetings.txt").read_bytes().splitlines()
GREETED = [name + b" to you my friend!" for name in NAMES]

# The greeting between two marks: their order in the file is the order of the starts and ends.
MARKED = 'echo + >> marks; "$GREET" {}; echo - >> marks'


@pytest.fixture
def quick():
    return {"GREET_SECONDS": "0", "GREET": str(GREETINGS / "greet.sh")}


def test_the_page_has_twenty_greetings_and_some_are_of_two_words():
    assert len(NAMES) == len(set(NAMES)) == 20
    assert {b"Ni Hao", b"Guten Tag", b"Anyoung haseyo", b"Asalaam alaikum"} <= set(NAMES)


def test_every_line_is_greeted_once(run, quick):
    done = run("run", "-a", GREETINGS / "greetings.txt", "-j", "8", GREETINGS / "greet.sh", env=quick)
    assert done.status == 0, done.stderr
    assert sorted(done.lines) == sorted(GREETED)


def test_with_keep_order_the_greetings_come_in_the_order_of_the_file(run, quick):
    done = run("run", "-k", "-a", GREETINGS / "greetings.txt", "-j", "8", GREETINGS / "greet.sh", env=quick)
    assert (done.status, done.lines) == (0, GREETED)


def test_the_greetings_can_come_on_standard_input(run, quick):
    done = run("run", "-k", "-j", "8", GREETINGS / "greet.sh", env=quick, input=(GREETINGS / "greetings.txt").read_bytes())
    assert (done.status, done.lines) == (0, GREETED)


def test_at_one_second_each_eight_greet_at_a_time_and_never_nine(run, quick, folder):
    before = time.monotonic()
    done = run("run", "-a", GREETINGS / "greetings.txt", "-j", "8", "-c", MARKED, env=quick | {"GREET_SECONDS": "1"})
    assert done.status == 0, done.stderr
    assert sorted(done.lines) == sorted(GREETED)
    assert most_at_once((folder / "marks").read_text().splitlines()) == 8
    assert time.monotonic() - before >= 3  # 8 + 8 + 4 of a second each cannot be done in less
    assert b"20 tasks done" in done.stderr


def test_a_slot_is_refilled_as_soon_as_it_is_free_and_not_in_batches_of_eight(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "8", gate.program, "{}", ":::", *range(1, 21))
    gate.wait_for(*range(1, 9))
    for ended in range(1, 13):  # each end is followed by one start, while seven others go on
        gate.release(ended)
        gate.wait_for(ended + 8)
        assert sorted(map(int, gate.started())) == list(range(1, ended + 9))
    for ended in range(13, 21):
        gate.release(ended)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert most_at_once(gate.log.read_text().splitlines()) == 8


def test_a_refilled_slot_has_the_number_of_the_one_that_became_free(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "3", gate.program, "{}", ":::", *range(1, 6))
    gate.wait_for(1, 2, 3)
    gate.release(2)
    gate.wait_for(4)
    slots = {name: slot for what, name, slot, _ in gate.events() if what == "start"}
    assert sorted(slots[name] for name in ("1", "2", "3")) == [1, 2, 3]
    assert slots["4"] == slots["2"]
    for name in (1, 3, 4, 5):
        gate.release(name)
    process.communicate(timeout=60)
    assert process.returncode == 0
