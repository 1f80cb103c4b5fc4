"""The questions, one a function. Each says what a good answer would be and why, asks, and gives a Table."""

import os
import statistics

import record_questions
from cpu import own_cpu
from pairs import alternate, run, seconds
from table import Table


def tasks_a_second(place):
    """How fast are short commands started, two at a time, with their output captured and grouped?

    A good answer: not slower than `xargs -P2 -n1`, which captures nothing and loses track of what failed; at least
    5 times GNU parallel, which captures as we do; and at least 0.85 of bare_loop.cpp, the least work that any program
    must do to capture two streams. The floor is the kernel's exec and dynamic linking, so more than 1.0 cannot be had.
    """
    count = 2000 if not place.quick else 500
    inputs = place.numbers(count)
    ours = [place.drover, "run", "-j", "2", "-a", inputs, "/bin/true"]
    peers = {
        "xargs -P2 -n1": (["xargs", "-a", inputs, "-P2", "-n1", "/bin/true"], 1.0),
        "GNU parallel -j2": (["/usr/bin/parallel", "--will-cite", "-j2", "-a", inputs, "/bin/true"], 5.0),
        "moreutils parallel -j2": (["/usr/bin/parallel.moreutils", "-j2", "/bin/true", "--", *map(str, range(1, count + 1))], None),
        "bare loop": ([place.tool("bare_loop"), str(count), "2", "/bin/true"], 0.85),
    }
    table = Table(
        f"Starting {count} × /bin/true, 2 at a time", f"{place.pairs} pairs a peer, A B A B; wall time of the whole command; ratios pair by pair.",
        ["against", "drover, µs a task", "peer, µs a task", "times as fast as the peer (median; least–most)", "goal"])
    table.commands["drover"] = ours
    for name, (theirs, goal) in peers.items():
        if not os.path.exists(theirs[0]) and theirs[0].startswith("/"):
            continue
        measured = alternate(ours, theirs, place.pairs)
        ratio, (least, most) = measured.times_faster(), measured.spread()
        us = [f"{statistics.median(side) / count * 1e6:.0f}" for side in (measured.ours, measured.theirs)]
        table.rows.append([name, *us, f"{ratio:.2f} ({least:.2f}–{most:.2f})", f"≥ {goal}" if goal else "–"])
        table.commands[name] = theirs if len(theirs) < 20 else [*theirs[:5], "…", theirs[-1]]
        table.raw[name] = {"drover_s": measured.ours, "peer_s": measured.theirs}
        if goal:
            table.goal(f"at least {goal} × {name}", f"{ratio:.2f} ×", ratio >= goal)
    return table


def own_cpu_a_task(place):
    """How much CPU does drover itself take for a task, that the task then does not have?

    A good answer: at most 100 µs. The start of a process costs some 300 µs of CPU whoever does it; a farm that adds a
    third to that is not what slows a run down. The bare loop's own share shows what part of it nobody can save.
    """
    count = 5000 if not place.quick else 1000
    inputs = place.numbers(count)
    commands = {"drover": [place.drover, "run", "-j", "2", "-a", inputs, "/bin/true"],
                "bare loop": [place.tool("bare_loop"), str(count), "2", "/bin/true"]}
    samples = {name: [] for name in commands}
    for _ in range(place.pairs):
        for name, words in commands.items():
            samples[name].append(own_cpu(words) / count * 1e6)
    table = Table(f"Own CPU time a task, {count} × /bin/true", f"{place.pairs} runs each, in turn; user + system time of the program and its guardian, "
                  "without the commands (bench/cpu.py); median.", ["program", "µs a task", "goal"], commands=commands, raw=samples)
    medians = {name: statistics.median(values) for name, values in samples.items()}
    for name, median in medians.items():
        table.rows.append([name, f"{median:.0f}", "≤ 100" if name == "drover" else "–"])
    table.goal("at most 100 µs a task", f"{medians['drover']:.0f} µs", medians["drover"] <= 100)
    return table


def dry_run_lines_a_second(place):
    """How fast does drover read inputs, fill in the command and quote it?

    A good answer: a million lines a second, so that a dry run of the largest sweep is a matter of seconds and the
    reading of inputs is never what a run waits for. sed, which puts a word before each line, shows what a plain
    text tool does here.
    """
    count = 5_000_000 if not place.quick else 500_000
    inputs = place.numbers(count)
    ours, theirs = [place.drover, "run", "--dry-run", "-a", inputs, "echo"], ["sed", "s/^/echo /", inputs]
    measured = alternate(ours, theirs, place.pairs)
    table = Table(f"--dry-run of {count:,} inputs from a file", f"{place.pairs} pairs, A B A B, to /dev/null; median.",
                  ["program", "million lines a second", "goal"], commands={"drover": ours, "sed": theirs},
                  raw={"drover_s": measured.ours, "sed_s": measured.theirs})
    rates = {name: count / statistics.median(side) for name, side in (("drover", measured.ours), ("sed", measured.theirs))}
    table.rows = [["drover", f"{rates['drover'] / 1e6:.2f}", "≥ 1"], ["sed", f"{rates['sed'] / 1e6:.2f}", "–"]]
    table.goal("at least 1,000,000 lines a second", f"{rates['drover']:,.0f}", rates["drover"] >= 1e6)
    return table


def start_to_first_exec(place):
    """How long does a user of one small run wait before the first task runs?

    A good answer: at most 5 ms with warm caches; below what a person or a loop in a script notices. It is why drover
    links neither hwloc nor CFITSIO. The clock starts just before drover is executed and stops in the task's main().
    """
    task = place.tool("first_exec")
    commands = {"drover": [place.tool("start_latency"), place.drover, "run", task, ":::", "1"],
                "the task alone": [place.tool("start_latency"), task]}
    samples = {name: [] for name in commands}
    for _ in range(place.pairs * 5 + 1):
        for name, words in commands.items():
            samples[name].append(int(run(words, stdout=-1)) / 1e6)
    table = Table("From the start of drover to its first task", f"{place.pairs * 5} runs each, in turn, after one to warm caches; median and 90 %.",
                  ["program", "ms, median", "ms, 90 %", "goal"], commands=commands, raw=samples)
    for name in commands:
        values = sorted(samples[name][1:])
        table.rows.append([name, f"{statistics.median(values):.2f}", f"{values[len(values) * 9 // 10]:.2f}", "≤ 5" if name == "drover" else "–"])
    median = statistics.median(samples["drover"][1:])
    table.goal("at most 5 ms", f"{median:.2f} ms", median <= 5)
    return table


def peak_memory(place):
    """Does memory stay flat, however many inputs there are?

    A good answer: at most 32 MiB, and the same within 10 % for 20,000 and for 10,000,000 inputs: inputs are read as
    they are needed, never kept. (GNU parallel with --eta holds 588 MiB for a million of them.)
    """
    counts = (20_000, 10_000_000) if not place.quick else (20_000, 1_000_000)
    table = Table("Peak memory of --dry-run", "/usr/bin/time, the largest resident size of any of its processes.", ["inputs", "MiB", "seconds", "goal"])
    peaks = []
    for count in counts:
        report = place.scratch / "peak.txt"
        words = [place.drover, "run", "--dry-run", "-a", place.numbers(count), "echo"]
        took = seconds(["/usr/bin/time", "-f", "%M", "-o", str(report), *words])
        peaks.append(int(report.read_text()) / 1024)
        table.rows.append([f"{count:,}", f"{peaks[-1]:.1f}", f"{took:.1f}", "≤ 32"])
        table.commands[f"{count:,} inputs"] = words
    table.raw["peaks_mib"] = peaks
    table.goal("at most 32 MiB", f"{max(peaks):.1f} MiB", max(peaks) <= 32)
    table.goal("the same within 10 %", f"{peaks[1] / peaks[0]:.3f} ×", max(peaks) <= 1.1 * min(peaks))
    return table


ALL = (tasks_a_second, own_cpu_a_task, dry_run_lines_a_second, start_to_first_exec, peak_memory, *record_questions.ALL)
