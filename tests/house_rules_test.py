"""The house rules are kept by a program; here is what it must see and what it must let pass."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / ".ci"))
import house_rules  # noqa: E402


@pytest.mark.parametrize("line", ["close(fd);", "  ::kill(pid, 9);", "return kill(pid, SIGTERM);", "if (a && close(fd) != 0) {", "x = fork();"])
def test_a_raw_call_of_ownership_is_seen(line):
    assert list(house_rules.breaches_of_part("src/farm/a.cpp", [line]))
    assert not list(house_rules.breaches_of_part("src/process/a.cpp", [line]))


@pytest.mark.parametrize("line", [
    "void kill(Slot slot);", "void Tasks::kill(Slot slot) {", "pipe.close();", "tasks->kill(slot);", "Result<void> close(int fd);",
    "// close(fd) is elsewhere", 'fmt::print("kill(1)");', "disclose(fd);"])
def test_other_uses_of_the_names_pass(line):
    assert not list(house_rules.breaches_of_part("src/farm/a.cpp", [line]))


@pytest.mark.parametrize("name, line", [
    ("src/schedule/a.hpp", "#include <unistd.h>"), ("src/schedule/a.hpp", "#include <thread>"),
    ("src/process/a.cpp", '#include "farm/input.hpp"'), ("src/schedule/a.cpp", '#include "machine/usable.hpp"')])
def test_an_include_upwards_is_seen(name, line):
    assert list(house_rules.breaches_of_part(name, [line]))


@pytest.mark.parametrize("name, line", [
    ("src/schedule/a.hpp", "#include <chrono>"), ("src/farm/a.cpp", '#include "process/spawn.hpp"'),
    ("src/farm/a.cpp", '#include "farm/input.hpp"'), ("src/units/a.cpp", '#include "drover/bytes.hpp"')])
def test_an_include_downwards_passes(name, line):
    assert not list(house_rules.breaches_of_part(name, [line]))


def test_a_long_file_and_an_empty_name_are_seen():
    assert list(house_rules.breaches_of_size("src/farm/a.cpp", [""] * 401))
    assert not list(house_rules.breaches_of_size("src/farm/a.cpp", [""] * 400))
    assert list(house_rules.breaches_of_name("src/farm/string_utils.cpp"))


def test_a_path_of_one_machine_is_seen():
    assert list(house_rules.breaches_of_text("a.md", ["see /" + "work/main"]))
    assert not list(house_rules.breaches_of_text("a.md", ["see src/farm/input.hpp and frame" + "work/x"]))
