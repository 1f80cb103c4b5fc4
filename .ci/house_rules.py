"""House rules that no compiler knows (CONTRIBUTING.md has them in words). Prints each breach; status 1 if there is one.

usage: house_rules.py [FOLDER]   (default: the repository that this file is in)
"""

import pathlib
import re
import sys

LONGEST_FILE = 400
# Longer files, each with its reason.
MAY_BE_LONGER = {}

CODE = {".cpp", ".hpp"}
TEXT = CODE | {".py", ".sh", ".md", ".txt", ".cmake", ".json", ".cff", ".csv", ""}
NOT_OURS = {".git", "build", "__pycache__", ".pytest_cache"}

NAMES_THAT_SAY_NOTHING = re.compile(r"util|helper|common|manager|misc", re.IGNORECASE)
RAW_OWNERSHIP = re.compile(r"(?<![\w.>:])(?:::)?(?:close|kill|waitpid|waitid|wait4|munmap|v?fork)\s*\(")
# What stands before the name of a function that is declared: its type. Before a call stands none of this.
TYPE_BEFORE = re.compile(r"(?:(?!\b(?:return|else|do|co_await)\b)\b\w+|[>*]|(?<!&)&)\s*$")
# src/schedule can only have methods of these names: it has no system header that would declare the functions.
OWNERS = ("src/machine/", "src/process/", "src/channel/", "src/schedule/")
SYSTEM_HEADER = re.compile(
    r"#\s*include\s*<(?:sys/|linux/|unistd|fcntl|signal|csignal|poll|spawn|sched|pthread|time\.h|ctime|thread|mutex"
    r"|condition_variable|future|filesystem|fstream|iostream)")
ONE_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
ARROWS = {  # what a part of src/ may include, besides include/drover and itself; arrows point downwards
    "units": set(),
    "schedule": {"units"},
    "machine": {"units"},
    "process": {"units", "machine", "schedule"},
    "progress": {"units", "machine", "schedule"},
    "record": {"units", "machine", "schedule"},
    "farm": {"units", "machine", "schedule", "process", "progress", "record"},
    "cli": {"units", "machine", "schedule", "process", "progress", "record", "farm"},
}


def files(top):
    """All text files of the repository, by their path below it."""
    for path in sorted(top.rglob("*")):
        inside = path.relative_to(top)
        if path.is_file() and not NOT_OURS & set(inside.parts) and path.suffix in TEXT:
            yield inside.as_posix(), path.read_text(errors="replace").splitlines()


def without_comment(line):
    """The code of a line: no // comment, nothing between double quotes."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', line).split("//", 1)[0]


def takes_ownership_raw(code):
    """True if the line calls close, kill and the like; a method of that name may be declared."""
    return any(not TYPE_BEFORE.search(code[: call.start()]) for call in RAW_OWNERSHIP.finditer(code))


def breaches_of_name(name):
    if NAMES_THAT_SAY_NOTHING.search(pathlib.PurePosixPath(name).stem) and not name.startswith("docs/"):
        yield 1, "the name says nothing about what is inside"


def breaches_of_size(name, lines):
    if pathlib.PurePosixPath(name).suffix in CODE | {".py", ".sh"} and len(lines) > MAY_BE_LONGER.get(name, LONGEST_FILE):
        yield LONGEST_FILE + 1, f"{len(lines)} lines; more than {LONGEST_FILE} want a split"


def breaches_of_part(name, lines):
    """Rules for the C++ below src/ and include/."""
    if not name.startswith(("src/", "include/")) or pathlib.PurePosixPath(name).suffix not in CODE:
        return
    part = name.split("/")[1] if name.startswith("src/") else ""
    for number, line in enumerate(lines, 1):
        code = without_comment(line)
        if not name.startswith(OWNERS) and takes_ownership_raw(code):
            yield number, "a raw system call of ownership; use an owner of src/machine, src/process or src/channel"
        if part == "schedule" and SYSTEM_HEADER.search(line):
            yield number, "a system header in src/schedule, which only decides"
        include = re.match(r'\s*#\s*include\s*"(\w+)/', line)
        if include and part in ARROWS and include[1] in ARROWS and include[1] != part and include[1] not in ARROWS[part]:
            yield number, f"{part} may not include {include[1]}: arrows point downwards (ARCHITECTURE.md)"


def breaches_of_text(name, lines):
    """Rules for every file: nothing of one machine, nothing unfinished."""
    if name == ".ci/house_rules.py":
        return
    for number, line in enumerate(lines, 1):
        if ONE_MACHINE.search(line):
            yield number, "a path of one machine"
        if UNFINISHED.search(line) and "XXXXXX" not in line:
            yield number, "unfinished"


def breaches(top):
    for name, lines in files(top):
        for rule in (breaches_of_size, breaches_of_part, breaches_of_text):
            for number, what in rule(name, lines):
                yield f"{name}:{number}: {what}"
        for number, what in breaches_of_name(name):
            yield f"{name}:{number}: {what}"


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    found = list(breaches(top))
    print("\n".join(found) if found else "no breach of the house rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
