"""Runs with a run record: tasks that log each execution, and what the record has to say when all is over."""

import contextlib
import os
import sqlite3
from collections import Counter

from herd import script

RECORD = "run.drover"
# Beside a record while drover lives; none of them after it has ended.
LEFT_BESIDE = ("-wal", "-shm", "-journal", "-lock", "-status", "-new")

# Appends "INPUT NUMBER SEED" to the file `executions` in one write.
NOTE = """#!/bin/sh
echo "$1 $2 $3" >> executions
"""


def noting(folder, first=1, last=12):
    """Makes the task and a list of inputs; gives back the words of `drover run` that run it for each."""
    write_inputs(folder, range(first, last + 1))
    return (script(folder, "note", NOTE), "{}", "{#}", "{seed}", "::::", "inputs")


def write_inputs(folder, inputs):
    (folder / "inputs").write_text("".join(f"{value}\n" for value in inputs))


def executions(folder):
    """(input, number, seed) of every execution so far, in their order."""
    try:
        return [tuple(line.split(" ")) for line in (folder / "executions").read_text().splitlines()]
    except FileNotFoundError:
        return []


def how_many(folder):
    """Executions so far, without reading them if none is longer than another: a look for a loop."""
    try:
        with open(folder / "executions", "rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(65536), b""))
    except FileNotFoundError:
        return 0


def ask(path, question, *values):
    """All rows of an SQL query, from a record that nobody writes to. Changes nothing."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(question, values).fetchall()


def states(path):
    """Input → state, of all tasks on record."""
    rows = ask(path, "SELECT input, state FROM task")
    assert len(rows) == len(dict(rows)), "an input is on record twice"
    return dict(rows)


def is_single_file(path):
    left = [end for end in LEFT_BESIDE if os.path.exists(f"{path}{end}")]
    assert not left, f"left beside the record: {left}"
    return True


def complete(folder, inputs, record=RECORD):
    """True if the record tells of each input that it is done, once; what it tells is what was executed."""
    path = folder / record
    inputs = [str(value) for value in inputs]
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    assert is_single_file(path)
    # As text, which a flipped bit can make a blob of the same bytes.
    tasks = ask(path, "SELECT CAST(input AS TEXT), number, seed, CAST(state AS TEXT) FROM task")
    assert Counter(task[0] for task in tasks) == Counter(inputs)
    assert {task[3] for task in tasks} == {"done"}
    assert len({task[1] for task in tasks}) == len({task[2] for task in tasks}) == len(tasks), "numbers and seeds are unique"
    ends = Counter(number for (number,) in ask(path, "SELECT task FROM attempt WHERE CAST(state AS TEXT) = 'done'"))
    assert ends == Counter(task[1] for task in tasks), "each has ended well exactly once"
    assert not ask(path, "SELECT * FROM attempt WHERE state = 'failed'")
    same = {(value, str(number), str(seed)) for value, number, seed, _ in tasks}
    assert set(executions(folder)) == same, "each execution had the number and the seed that are on record, and none is missing"
    return True
