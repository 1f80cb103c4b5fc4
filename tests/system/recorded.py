"""Reads a run record as anybody would who has SQLite: no line of drover's own code is between the test and the file.

    rows("run.drover", "task")        [{"number": 1, "input": "a", …}, …] in the order of the table's key
    inputs("run.drover")              {1: [b"a"], …}: the values of each task, as bytes
    left_beside("run.drover")         names of files that drover keeps there only while it runs
"""

import contextlib
import os
import pathlib
import sqlite3
import urllib.parse

from commands import Commands

ORDER = {"run": "id", "task": "number", "attempt": "task, run, attempt", "log": "number"}


def rows(path, table):
    """All rows as dictionaries. Text that is no UTF-8 has its bytes as os.fsdecode() would give them."""
    address = "file:" + urllib.parse.quote(os.fsencode(os.path.abspath(path))) + "?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=30)) as record:
        record.row_factory = sqlite3.Row
        record.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        return [dict(row) for row in record.execute(f"SELECT * FROM {table} ORDER BY {ORDER[table]}")]


def values(text):
    """The values of one text of the record: between tabs, with \\t, \\n, \\0 and \\\\ in them."""
    found = []
    for value in os.fsencode(text).split(b"\t"):
        parts = value.split(b"\\\\")
        found.append(b"\\".join(part.replace(b"\\t", b"\t").replace(b"\\n", b"\n").replace(b"\\0", b"\0") for part in parts))
    return found


def inputs(path):
    return {row["number"]: values(row["input"]) for row in rows(path, "task")}


def states(path):
    """{"a": "done", …} of tasks with one value each."""
    return {row["input"]: row["state"] for row in rows(path, "task")}


def numbers(path):
    return {row["input"]: row["number"] for row in rows(path, "task")}


def left_beside(path):
    path = pathlib.Path(path)
    return sorted(name for name in os.listdir(path.parent or ".") if name.startswith(path.name) and name != path.name)


# Commands of the tests, and what drover says of them

# Succeeds once the file ok_INPUT is there; says who it is.
TRY = 'echo "{} {#} {seed}"; [ -e ok_{} ]'

# Inputs with every byte that something on the way could take for its own.
NASTY = [b"two\nlines", b"a\ttab", b"\xff\xfe no UTF-8", b"it's \"two\"", b"back\\slash", b"\\n", b"\\", b"\\t\t\\", b" ", b"", b"-k", b"{}", b"%s",
         "é".encode(), "e\u0301".encode(), b"A", b"a"]


def succeed(folder, *names):
    for name in names:
        (folder / f"ok_{name}").touch()


def said(done):
    return done.stderr.decode(errors="surrogateescape").splitlines()


def last_command(errors):
    """The command of the last line that drover said."""
    lead, _, command = errors.decode(errors="surrogateescape").rpartition(" with: ")
    assert lead.splitlines()[-1] in ("drover: repeat the failed", "drover: go on"), errors
    return command.removesuffix("\n")


class Pasted:
    """pasted(line): what happens to a user who pastes the line into sh; drover is found by its name."""

    def __init__(self, run, drover, folder):
        (folder / "bin").mkdir()
        (folder / "bin/drover").symlink_to(drover)
        path = f"{folder}/bin:{run.environment['PATH']}"
        self.sh = Commands("/bin/sh", run.folder, run.environment | {"PATH": path})

    def __call__(self, line):
        return self.sh("-c", os.fsencode(line))
