"""The tally tells the truth: what passed, failed, was skipped, crashed or did not run at all."""

import json

import pytest

import tally


def gtest(*tests):
    """A report in GoogleTest's JSON format of one suite "Sum"; each test is (name, its further fields)."""
    cases = [{"name": name, "status": "RUN", "result": "COMPLETED", **more} for name, more in tests]
    return json.dumps({"tests": len(cases), "testsuites": [{"name": "Sum", "testsuite": cases}]})


def junit(cases):
    return f'<?xml version="1.0"?><testsuites><testsuite name="pytest">{cases}</testsuite></testsuites>'


@pytest.fixture
def judge(tmp_path, capsys):
    """judge(files, allowed) writes the files, runs the tally and gives (status, lines printed)."""

    def run(files, allowed=""):
        results = tmp_path / "results"
        results.mkdir()
        for name, text in files.items():
            (results / name).write_text(text)
        (tmp_path / "allowed").write_text(allowed)
        status = tally.main(["--allowed-skips", str(tmp_path / "allowed"), str(results)])
        return status, capsys.readouterr().out.splitlines()

    return run


def test_both_kinds_of_runner_are_added_up(judge):
    status, lines = judge({
        "a.status": "0", "a.json": gtest(("One", {}), ("Two", {})),
        "b.status": "0", "b.xml": junit('<testcase classname="b" name="one"/>')})
    assert (status, lines) == (0, ["3 passed, 0 failed"])


def test_failures_are_named_with_their_first_line(judge):
    status, lines = judge({
        "a.status": "1", "a.json": gtest(("One", {"failures": [{"failure": "sum.cpp:3\nnot equal"}]}), ("Two", {})),
        "b.status": "1", "b.xml": junit('<testcase classname="b" name="one"><failure message="no end&#10;more"/></testcase>')})
    assert status == 1
    assert lines == ["failed: Sum.One: sum.cpp:3 not equal", "failed: b.one: no end", "1 passed, 2 failed"]


def test_a_test_that_passes_and_fails_in_its_teardown_has_failed(judge):
    status, lines = judge({"b.status": "1", "b.xml": junit(
        '<testcase classname="b" name="one"/><testcase classname="b" name="one"><error message="left behind"/></testcase>')})
    assert (status, lines[-1]) == (1, "0 passed, 1 failed")


@pytest.mark.parametrize("files, says", [
    ({"a.status": "139"}, "ended with status 139 and left no result"),
    ({"a.status": "124", "a.json": "{\"tests\""}, "cannot be read"),
    ({"a.status": "66", "a.json": gtest(("One", {}))}, "ended with status 66 after its tests"),
    ({"a.status": "0", "a.json": gtest()}, "ran no test"),
    ({}, "no test program was run")])
def test_a_runner_that_did_not_do_its_work_is_a_failure(judge, files, says):
    status, lines = judge(files)
    assert status == 1
    assert any(says in line for line in lines)
    assert lines[-1].endswith(" 1 failed")


SKIPS = {
    "a.status": "0", "a.json": gtest(("One", {}), ("Two", {"result": "SKIPPED"})),
    "b.status": "0", "b.xml": junit(
        '<testcase classname="b" name="one"><skipped message="quota: no cgroup may be made"/></testcase>')}


def test_a_skip_fails_the_run(judge):
    status, lines = judge(SKIPS)
    assert status == 1
    assert lines[:2] == ["skipped: Sum.Two: no reason given", "skipped: quota: no cgroup may be made"]
    assert lines[-1] == "1 passed, 2 failed"


def test_a_skip_on_the_list_is_named_and_allowed(judge):
    status, lines = judge(SKIPS, "# why\nquota\tneeds a machine of its own\nSum.Two\tlikewise\n")
    assert (status, lines[-1]) == (0, "1 passed, 0 failed")
    assert lines[0] == "skipped: Sum.Two: no reason given"


def test_the_list_allows_nothing_without_a_reason(judge):
    status, _ = judge(SKIPS, "quota\nSum.Two\t\n")
    assert status == 1


def test_a_disabled_test_counts_as_skipped(judge):
    status, lines = judge({"a.status": "0", "a.json": gtest(("One", {}), ("Two", {"status": "NOTRUN"}))})
    assert (status, lines[0]) == (1, "skipped: Sum.Two: disabled")
