"""The job logs of GNU parallel and of drover, column for column: what reads theirs reads ours."""

import re

import pytest
from differential import Case, as_case, both, words_of  # noqa: F401  (a fixture)

HEADER = b"Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n"
SECONDS = re.compile(rb"\d+\.\d{3}")
TEN_WIDE = re.compile(rb"(?=.{10}) *\d+\.\d{3}")

# All with -j1: a job log has the tasks in the order in which they ended.
SAME = {what: as_case(case) for what, case in {
    "exit statuses": "-c 'echo {}; exit {}' ::: 0 1 2 127 255",
    "signals": "-c 'kill -{} $$' ::: TERM KILL USR1",
    "bytes of standard output": "-c 'printf %s {}' ::: '' abc 'long text' ü",
    "standard error is not received": "-c 'echo {} >&2' ::: a",
    "commands with odd inputs":
        "./args {} ::: 'a b' \"it's\" '$x' '' 'a;b' ü '~/x' '*' a=b -x 'back\\slash' '#c' '!x' '\"' 'tab\there' 'a\x01b'",
    "inputs inside words": "./args pre{}post --x={} ::: 'a b'",
    "two sources": "./args {1} {2} ::: a b ::: 1 2",
    "appended inputs": "./args ::: a 'b  c'",
    "columns": "--colsep , ./args {2} {1} ::: a,b c,d",
    "-N": "-N2 ./args ::: 1 2 3",
    "--header": "--header : ./args {k} ::: k a b",
    "another replacement string": "-I @@ ./args @@ ::: a",
    "task and slot numbers": "./args {#} {%} ::: a b",
    "a tag is not part of the output": "--tag ./args ::: a",
    "--line-buffer": "--line-buffer echo ::: abc",
    "-u receives nothing": "-u echo ::: abc",
    "-k": "-k -c 'echo {}; exit {}' ::: 3 2 1",
    "commands as inputs": "-a jobs",
    "commands as values": "::: 'echo a;  echo b' 'exit 4'",
    "a command of two lines": "-c 'echo {}\necho 2' ::: 1",
    "no inputs: the header alone": "-k ./args {} :::: empty",
    "--dry-run writes none": "--dry-run echo ::: a b",
    "--wd": "--wd sub -c 'basename $PWD; : {}' ::: 1",
    "what a halt did not start is not there": "--halt now,fail=1 -c 'exit {}' ::: 0 3 4",
    "a task out of time": "--timeout 2 -c 'echo {}; sleep {}' ::: 0 60",
    "only the last attempt": Case("--retries 2 -c 'echo x >> {}; wc -l < {}; test $(wc -l < {}) -ge 2' ::: t u",
                                  "--retries 3 'echo x >> {}; wc -l < {}; test $(wc -l < {}) -ge 2' ::: t u"),
    "an attempt that failed to the end": Case("--retries 1 -c 'exit {}' ::: 1 2", "--retries 2 'exit {}' ::: 1 2"),
}.items()}


def rows_of(path):
    """(Seq, Host, Send, Receive, Exitval, Signal, words of Command) of each line; the times are numbers in their format.
    None without a job log."""
    if not path.exists():
        return None
    header, *lines = path.read_bytes().splitlines(keepends=True)
    assert header == HEADER
    rows = [line.removesuffix(b"\n").split(b"\t", 8) for line in lines]
    for _, _, start, seconds, *_ in rows:
        assert SECONDS.fullmatch(start), start
        assert TEN_WIDE.fullmatch(seconds), seconds
    return [(*row[:2], *row[4:8], words_of(row[8])) for row in rows]


@pytest.mark.parametrize("what", SAME)
def test_both_write_the_same_job_log(both, what):
    theirs, ours = both.run(SAME[what], "-j1", "--joblog", "log")
    assert rows_of(both.drover.folder / "log") == rows_of(both.parallel.folder / "log"), ours.stderr
    assert ours.stdout == theirs.stdout


def test_an_existing_job_log_is_emptied_by_both(both):
    for folder in (both.drover.folder, both.parallel.folder):
        (folder / "log").write_text("of another run\n")
    both.run(Case("echo ::: a"), "--joblog", "log")
    assert rows_of(both.drover.folder / "log") == rows_of(both.parallel.folder / "log") != []
