"""Reads a Markdown page as a session at a terminal. How a page is written so that it can be run:

    ```console                    a block that is run: lines that begin with "$ " are commands, "> " goes on with one,
    $ drover run echo ::: a       everything else is what then appears, standard output and standard error together
    a
    ```
    …                             in an expected line: any text; as a line of its own: any lines, or none
    ```console not-run: why       a block that is not run; for commands of ./dev only
    <!-- unordered -->            before a block: the lines of an output may come in any order
    <!-- file NAME -->            before a block of any language: the block becomes the file NAME (#! makes it executable)
    <!-- from FOLDER -->          copies the files of a folder of this repository
    <!-- env NAME=VALUE -->       sets a variable from here on
    <!-- setup                    shell lines that the reader need not see
    touch a.fits
    -->
    <!-- note: … -->              means nothing

A page is one session in one folder. Times, seeds and dates differ from run to run: they are compared as "a time", "a
seed", "a date". What drover says only of runs that last longer than a second is left out on both sides.
"""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^(`{3,})(.*)$")
SAID_OF_SLOW_RUNS = re.compile(r"core-(?:seconds|hours) used|^  slowest:|^ {11}T  task \d|^drover: starting a task took")
CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "a date"),
    (re.compile(r"\bseed \d+"), "seed N"),
    (re.compile(r"\b\d+(?:\.\d+)? (?:ns|µs|ms|s|min|h)\b(?: \d+ (?:s|min)\b)?"), "T"),
)


@dataclass
class Step:
    """One thing to do: `kind` is command, file, from, env or setup."""

    kind: str
    line: int
    text: str
    expected: list = field(default_factory=list)
    name: str = ""
    unordered: bool = False


class Page:
    def __init__(self, text):
        self.lines = text.splitlines()
        self.steps, self.not_run = [], []
        self.at = 0
        self.file, self.unordered = "", False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith("<!--"):
                self._comment()
            elif fence := FENCE.match(line):
                self._block(*fence.groups())
            else:
                self.at += 1

    def _comment(self):
        first, text = self.at, []
        while "-->" not in self.lines[self.at]:
            text.append(self.lines[self.at])
            self.at += 1
        text.append(self.lines[self.at])
        self.at += 1
        word, _, rest = "\n".join(text).removeprefix("<!--").partition("-->")[0].strip().partition(" ")
        word, _, more = word.partition("\n")
        if word == "file":
            self.file = rest.strip()
        elif word == "unordered":
            self.unordered = True
        elif word in ("from", "env"):
            self.steps.append(Step(word, first + 1, rest.strip()))
        elif word == "setup":
            self.steps.append(Step("setup", first + 1, f"{more} {rest}"))
        elif word != "note:":
            raise ValueError(f"line {first + 1}: a comment that means nothing here: {word}")

    def _block(self, fence, kind):
        first = self.at + 1
        end = next(i for i in range(first, len(self.lines)) if self.lines[i].startswith(fence))
        body, self.at = self.lines[first:end], end + 1
        if self.file:
            self.steps.append(Step("file", first, "\n".join(body) + "\n", name=self.file))
        elif kind == "console":
            self._commands(first + 1, body)
        elif kind.startswith("console"):
            self.not_run.append((first, kind, body))
        self.file, self.unordered = "", False

    def _commands(self, number, body):
        step = None
        for offset, line in enumerate(body):
            if line.startswith("$ "):
                step = Step("command", number + offset, line[2:], unordered=self.unordered)
                self.steps.append(step)
            elif step is None:
                raise ValueError(f"line {number + offset}: a console block begins with a command")
            elif line.startswith("> ") and not step.expected:
                step.text += "\n" + line[2:]
            else:
                step.expected.append(line)

    def commands(self):
        return [step for step in self.steps if step.kind == "command"]


def comparable(lines):
    """The lines without what changes from run to run."""
    result = []
    for line in lines:
        for pattern, word in CHANGING:
            line = pattern.sub(word, line)
        if not SAID_OF_SLOW_RUNS.search(line):
            result.append(line.rstrip())
    while result and not result[-1]:
        result.pop()
    return result


def agrees(expected, said, unordered):
    """Does the output `said` look as the page says?"""
    expected, said = comparable(expected), comparable(said)
    if unordered:
        expected, said = sorted(expected), sorted(said)
    pattern = ""
    for line in expected:
        pattern += r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in said)) is not None
