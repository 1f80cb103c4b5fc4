"""Adds up what several test programs say, in one last line: "N passed, N failed".

usage: tally.py [--allowed-skips FILE] FOLDER

For each runner FOLDER holds NAME.status (the exit status) and NAME.json (--gtest_output=json:) or NAME.xml
(pytest --junitxml). A runner that left no result, ran no test, or ended badly without a failed test counts as one
failure. Every skip is named, "skipped: NAME: reason", and is a failure unless FILE allows it: lines of
NAME<tab>why it is allowed, # begins a comment.
"""

import argparse
import json
import pathlib
import re
import sys
import xml.etree.ElementTree
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Names, with one line on each of the failures and the skips."""

    passed: int = 0
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)

    def __len__(self):
        return self.passed + len(self.failed) + len(self.skipped)


def first_line(text):
    return next((line.strip() for line in (text or "").splitlines() if line.strip()), "no message")


def add_gtest(tally, text):
    """Adds a GoogleTest JSON report."""
    for suite in json.loads(text)["testsuites"]:
        for test in suite["testsuite"]:
            name = f"{suite['name']}.{test['name']}"
            if test.get("failures"):
                tally.failed.append((name, " ".join(test["failures"][0]["failure"].split())))
            elif test.get("result") == "SKIPPED":
                said = test.get("skipped", [{}])[0].get("message", "")
                tally.skipped.append((name, " ".join(said.split()) or "no reason given"))
            elif test.get("status") == "RUN":
                tally.passed += 1
            else:
                tally.skipped.append((name, "disabled"))


def add_pytest(tally, text):
    """Adds a JUnit report of pytest. One test can have several elements: a failure in its teardown has its own."""
    failed, passed = {}, set()
    for number, case in enumerate(xml.etree.ElementTree.fromstring(text).iter("testcase")):
        name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".") or f"collection {number}"
        skip = case.find("skipped")
        trouble = [child for child in case if child.tag in ("failure", "error")]
        if trouble:
            failed.setdefault(name, first_line(trouble[0].get("message") or trouble[0].text))
        elif skip is not None:
            tally.skipped.append(named_skip(name, skip.get("message") or ""))
        else:
            passed.add(name)
    tally.passed += len(passed - set(failed))
    tally.failed += failed.items()


def named_skip(test, message):
    """A skip says "NAME: reason" (tests/system/skips.py); one that does not goes by the name of its test."""
    said = re.fullmatch(r"(?:skipped: )?([\w.-]+): (.+)", message.strip(), re.DOTALL | re.IGNORECASE)
    return (said[1], " ".join(said[2].split())) if said else (test, message or "no reason given")


def add_runner(tally, status_file):
    """Adds all of one runner; `status_file` is its NAME.status."""
    name, status = status_file.stem, status_file.read_text().strip()
    own = Tally()
    for suffix, add in ((".json", add_gtest), (".xml", add_pytest)):
        result = status_file.with_suffix(suffix)
        if result.exists():
            try:
                add(own, result.read_text(errors="replace"))
            except (ValueError, KeyError, xml.etree.ElementTree.ParseError) as error:
                own.failed.append((name, f"its result cannot be read: {error}"))
            break
    else:
        own.failed.append((name, f"ended with status {status} and left no result"))
    if status != "0" and not own.failed:
        own.failed.append((name, f"ended with status {status} after its tests"))
    if not len(own):
        own.failed.append((name, "ran no test"))
    tally.passed += own.passed
    tally.failed += own.failed
    tally.skipped += own.skipped


def allowed_skips(path):
    """The names in the list. A line without a reason allows nothing."""
    lines = path.read_text().splitlines() if path else []
    entries = (line.split("\t", 1) for line in lines if not line.startswith("#"))
    return {entry[0].strip() for entry in entries if len(entry) == 2 and entry[1].strip()}


def main(arguments):
    parser = argparse.ArgumentParser(description="add up the results of several test programs")
    parser.add_argument("--allowed-skips", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args(arguments)

    tally, allowed = Tally(), allowed_skips(options.allowed_skips)
    runners = sorted(options.folder.glob("*.status"))
    for runner in runners:
        add_runner(tally, runner)
    if not runners:
        tally.failed.append((str(options.folder), "no test program was run"))
    for name, reason in tally.skipped:
        print(f"skipped: {name}: {reason}")
        if name not in allowed:
            tally.failed.append((name, f"was skipped, and {options.allowed_skips} does not allow that"))
    for name, reason in tally.failed:
        print(f"failed: {name}: {reason[:300]}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
