"""The same command line with GNU parallel and with drover, each in a folder of its own with the same files.

    def test_base_names(both):                  # the fixture, imported from here
        theirs, ours = both.run(Case("-k ./args {/} ::: a/b c/d"))
        assert ours.stdout == theirs.stdout

A line is written as for a shell; nothing in it is expanded. The first word -c is drover's alone: GNU parallel always
uses a shell, drover where -c says so.
"""

import functools
import shlex
import shutil
import subprocess
from dataclasses import dataclass

import pytest
from commands import Commands, Done

# Prints each of its words in brackets: it shows where a word begins and ends, and which one is missing.
ARGS = '#!/bin/sh\nfor word; do printf "[%s]" "$word"; done; echo\n'

FILES = {
    "abc": "a\nb\nc\n",
    "12": "1\n2\n",
    "12345": "1\n2\n3\n4\n5\n",
    "empty": "",
    "gaps": "a\n\nb\n\n",
    "one_gap": "\n",
    "no_end": "a\nb",
    "blanks": "  lead\ntrail  \nin  ner\n\t\n",
    "crlf": "a\r\nb\r\n",
    "nul": "a\0b c\0d\ne\0",
    "semicolons": "a;b;;c",
    "pairs": "a,b;c,d",
    "columns": "x y z\n1 2 3\n4 5 6\n",
    "tabs": "name\tval.ue\na b\t1\nc\t2.5\n",
    "commas": "name,size\na,1\nb,\n",
    "quoted.csv": 'name,text\na,"x, y"\nb,"say ""hi"""\n',
    "lines.csv": 'a,"x\ny"\nb,c\n',
    "ragged": "1,2,3\n4\n5,6\n",
    "names": "k\nv1\nv2\n",
    "jobs": "echo one; echo two\nfalse\necho {}; exit 3\necho 'a  b' | tr a-z A-Z\n",
    "100": "".join(f"{n}\n" for n in range(100)),
    "102": "".join(f"{n}\n" for n in range(102)),
}


@dataclass(frozen=True)
class Case:
    """`theirs` is GNU parallel's line where it is another; `input` is given to both on standard input."""

    line: str
    theirs: str | None = None
    input: bytes | None = None

    @property
    def our_words(self):
        return shlex.split(self.line)

    @property
    def their_words(self):
        words = shlex.split(self.line if self.theirs is None else self.theirs)
        if self.theirs is None and "-c" in words:
            words.remove("-c")
        return words

    @property
    def in_order(self):
        """Both put the tasks' output out in one order, the same one."""
        return bool({"-k", "-j1"} & set(self.our_words))


def as_case(case):
    return case if isinstance(case, Case) else Case(case)


class Both:
    def __init__(self, drover, parallel):
        self.drover, self.parallel = drover, parallel
        for folder in (drover.folder, parallel.folder):
            fill(folder)

    def run(self, case, *options):
        """GNU parallel's end and drover's; they run at the same time."""
        theirs = self.parallel.start("--will-cite", *options, *case.their_words, stdin=subprocess.PIPE)
        ours = self.drover("run", *options, *case.our_words, input=case.input or b"")
        out, err = theirs.communicate(case.input or b"", timeout=60)
        return Done(theirs.returncode, out, err), ours


def fill(folder):
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode())
    (folder / "args").write_text(ARGS)
    (folder / "args").chmod(0o755)


@functools.cache
def gnu_parallel():
    """Its path. moreutils has another program of that name: this must be GNU's."""
    path = shutil.which("parallel")
    assert path, "GNU parallel is missing: apt-get install parallel"
    version = subprocess.run([path, "--version"], capture_output=True, check=False).stdout
    assert version.startswith(b"GNU parallel"), f"{path} is not GNU parallel: apt-get install parallel"
    return path


@pytest.fixture
def both(run, tmp_path, tmp_path_factory):
    """A Both with fresh folders. GNU parallel has an empty home for the session (it keeps profiles and measurements
    there) and the shell that drover uses."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    folder = tmp_path / "parallel"
    folder.mkdir()
    environment = {name: value for name, value in run.environment.items() if not name.startswith("PARALLEL")}
    parallel = Commands(gnu_parallel(), folder, environment | {"HOME": str(home), "PARALLEL_SHELL": "/bin/sh"})
    return Both(run, parallel)


def output_of(case, done):
    """Standard output in the form in which it is compared.

    Commands of --dry-run are compared as words: two ways to quote one word, a\\ b and 'a b', are the same command."""
    lines = done.stdout.splitlines(keepends=True)
    if "--dry-run" in case.our_words:
        return [words_of(line) for line in lines]
    return lines if case.in_order else sorted(lines)


def words_of(command):
    """The words of a shell command. A newline in a job log's command is a NUL byte."""
    return shlex.split(command.decode().replace("\0", "\n"))
