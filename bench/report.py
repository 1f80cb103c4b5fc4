"""Writes what was measured: RESULTS.md for people, results.json with every single number."""

import datetime
import json
import os
import pathlib
import shlex
import subprocess


def first_line(words):
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.partition("\n")[0].strip() or "unknown"


def machine():
    """What the figures depend on."""
    model = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown")
    return {"cores": len(os.sched_getaffinity(0)), "cpu": model, "kernel": os.uname().release, "architecture": os.uname().machine,
            "compiler": first_line(["g++", "--version"]), "xargs": first_line(["xargs", "--version"]), "parallel": first_line(["parallel", "--version"]),
            "date": datetime.date.today().isoformat()}


def row(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def section(table, names):
    """One question with its table, goals and command lines; `names` shortens paths of this machine."""
    lines = [f"## {table.question}", "", table.method, "", row(table.head), row(["---"] * len(table.head)), *map(row, table.rows), ""]
    lines += [f"- {'met' if met else '**missed**'}: {asked}; measured {came}" for asked, came, met in table.goals]
    lines += ["", "```sh"]
    for name, words in table.commands.items():
        line = shlex.join(words).replace("'…'", "…")
        for path, short in names.items():
            line = line.replace(path, short)
        lines.append(f"{line}   # {name}")
    return [*lines, "```", ""]


def page(tables, here, names, quick):
    goals = [met for table in tables for _, _, met in table.goals]
    lines = ["# Benchmarks", "", "Written by `./dev bench`. Absolute figures drift from machine to machine and hour to hour; the ratios are what counts:",
             "both sides of each were measured in turn, in the same minutes.", "",
             f"{here['date']}: {here['cores']} cores, {here['cpu']}, {here['architecture']}, Linux {here['kernel']}, {here['compiler']}; {here['xargs']}, {here['parallel']}.", "",
             f"Goals met: {sum(goals)} of {len(goals)}.", ""]
    if quick:
        lines += ["**A quick run with few repetitions: not for comparing.**", ""]
    for table in tables:
        lines += section(table, names)
    return "\n".join(lines).rstrip() + "\n"


def write(folder, tables, names, quick):
    """RESULTS.md and results.json into `folder`."""
    here = machine()
    raw = {"machine": here, "quick": quick, "questions": {table.question: {"raw": table.raw, "goals": table.goals} for table in tables}}
    (folder / "RESULTS.md").write_text(page(tables, here, names, quick), encoding="utf-8")
    (folder / "results.json").write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
