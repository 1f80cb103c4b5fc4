"""Puts the table of speeds into README.md, from what ./dev bench wrote to bench/RESULTS.md. No figure is typed by hand.

usage: speed_table.py
"""

import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- note: docs/speed_table.py writes from here -->", "<!-- note: to here -->"
GOAL = re.compile(r"^- (met|\*\*missed\*\*): (.*); measured (.*)$")


def table(results):
    """A row for each goal: the question, what was asked for, what came."""
    rows, question = ["| measured | asked for | came out |", "| --- | --- | --- |"], ""
    for line in results.splitlines():
        if line.startswith("## "):
            question = line[3:]
        elif goal := GOAL.match(line):
            verdict, asked, came = goal.groups()
            rows.append(f"| {question} | {asked} | {came}{'' if verdict == 'met' else ' (missed)'} |")
    return rows


def machine(results):
    """The line that says where and when: it begins with a date."""
    return next(line for line in results.splitlines() if re.match(r"\d{4}-\d\d-\d\d: ", line))


def main():
    results, readme = (TOP / "bench/RESULTS.md").read_text(), TOP / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text("\n".join([before + BEGIN, *table(results), "", machine(results), END]) + after)


if __name__ == "__main__":
    main()
