"""Turns the help pages of src/cli/help into manual pages: drover.1, drover-run.1, drover-log.1 and so on.

usage: make_man.py FOLDER

A help page is plain text: a first line "NAME - what it is", the usage indented by two, then sections. By how far a line
is indented it is
    0  the heading of a section                 6  the text of the term before
    2  a term (an option), or a paragraph       8  an example, to be shown as it stands
A line at 2 is a term if the next line stands at 6. Man pages follow man(7), so man and mandoc both show them.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
HELP = TOP / "src/cli/help"
PAGES = {"drover.txt": "drover", "run.txt": "drover-run", "status.txt": "drover-status", "log.txt": "drover-log",
         "cores.txt": "drover-cores"}


def version():
    return re.search(r"project\(drover VERSION ([0-9.]+)", (TOP / "CMakeLists.txt").read_text())[1]


PASTED_AS_WRITTEN = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"})


def escaped(text):
    """Text that means nothing to troff, whose characters can be pasted into a shell."""
    text = text.translate(PASTED_AS_WRITTEN)
    return r"\&" + text if text.startswith(".") else text


def depth(line):
    return len(line) - len(line.lstrip(" "))


def example(lines):
    return [".nf", *(escaped(line) for line in lines), ".fi"]


def blocks(lines):
    """Runs of lines between empty ones, and where the depth changes."""
    block = []
    for line in lines:
        if block and (not line.strip() or min(depth(line), 8) != min(depth(block[-1]), 8)):
            yield block
            block = []
        if line.strip():
            block.append(line)
    if block:
        yield block


def body(lines):
    """The sections, as lines of man(7)."""
    out, parts = [], list(blocks(lines))
    for i, block in enumerate(parts):
        following = depth(parts[i + 1][0]) if i + 1 < len(parts) else 0
        text = [escaped(line.strip()) for line in block]
        match min(depth(block[0]), 8):
            case 0:
                out += [f".SH {line}" for line in text]
            case 2 if following == 6:
                out += [".TP", f".B {' '.join(text)}"]
            case 2:
                out += [".PP", *text]
            case 6:
                out += text
            case 8:
                out += [".RS", *example([line[8:] for line in block]), ".RE"]
            case other:
                raise SystemExit(f"make_man.py: a line indented by {other}: {block[0]}")
    return out


def man_page(name, text):
    title, *rest = text.splitlines()
    heads = [i for i, line in enumerate(rest) if line and not line.startswith(" ")]
    usage = [line.removeprefix("  ") for line in rest[: heads[0]] if line.strip()]
    what = title.partition(" - ")[2]
    lines = [f'.TH {name.upper()} 1 "" "drover {version()}"', ".SH NAME", f"{escaped(name)} \\- {escaped(what)}",
             ".SH SYNOPSIS", *example(usage), *body(rest[heads[0]:])]
    return "\n".join(lines) + "\n"


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for page, name in PAGES.items():
        (folder / f"{name}.1").write_text(man_page(name, (HELP / page).read_text()))
    print(f"manual pages: {', '.join(str(folder / name) + '.1' for name in PAGES.values())}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_man.py FOLDER")
    main(pathlib.Path(sys.argv[1]))
