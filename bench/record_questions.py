"""The questions about the run record."""

import os
import statistics

from pairs import alternate, run, seconds
from table import Table


def recorded_tasks_a_second(place):
    """What does a run pay for its record?

    A good answer: at least 0.95 of the throughput without one, for the shortest tasks there are, and at most 150 bytes
    a task on disk. Each end is committed in the turn of the event loop that learns of it.
    """
    count = 2000 if not place.quick else 500
    inputs, record = place.numbers(count), str(place.scratch / "bench.drover")
    plain = f"{place.drover} run -j 2 -a {inputs} /bin/true"
    recorded = plain.replace(" run ", f" run --record {record} ")
    ours, theirs = ([["sh", "-c", f"rm -f {record}; exec {line}"] for line in (recorded, plain)])
    measured = alternate(ours, theirs, 2 * place.pairs)  # twice the pairs: five per cent are asked for
    bytes_a_task = run(["stat", "-c", "%s", _recorded(place, recorded, record)], stdout=-1)
    size = int(bytes_a_task) / count
    ratio, (least, most) = measured.times_faster(), measured.spread()
    table = Table(f"Starting {count} × /bin/true with a record", f"{2 * place.pairs} pairs, with and without, A B A B; wall time of the whole command.",
                  ["against", "with record, µs a task", "without, µs a task", "times as fast (median; least–most)", "bytes a task", "goal"],
                  commands={"with": ours, "without": theirs}, raw={"with_s": measured.ours, "without_s": measured.theirs, "bytes": size})
    us = [f"{statistics.median(side) / count * 1e6:.0f}" for side in (measured.ours, measured.theirs)]
    table.rows.append(["no record", *us, f"{ratio:.2f} ({least:.2f}–{most:.2f})", f"{size:.0f}", "≥ 0.95, ≤ 150"])
    table.goal("at least 0.95 × the same run without a record", f"{ratio:.2f} ×", ratio >= 0.95)
    table.goal("at most 150 bytes a task on disk", f"{size:.0f} bytes", size <= 150)
    return table


def _recorded(place, line, record):
    """One more record, closed and left behind."""
    run(["sh", "-c", f"rm -f {record}; exec {line}"])
    return record


def log_of_a_million(place):
    """How long does somebody wait for the failed tasks of a large run?

    A good answer: half a second for a million tasks, a hundredth of which has failed. sqlite3, which only counts
    them in the same file, shows what reading it costs.
    """
    count = 1_000_000 if not place.quick else 50_000
    record = str(place.scratch / "million.drover")
    if not os.path.exists(record):
        run([place.tool("make_record"), record, str(count)])
    ours = [place.drover, "log", "--failed", record]
    theirs = ["sqlite3", record, "SELECT count(*) FROM task WHERE state = 'failed'"]
    measured = alternate(ours, theirs, place.pairs)
    table = Table(f"drover log --failed of {count:,} tasks", f"{place.pairs} pairs, A B A B, to /dev/null; median.", ["program", "seconds", "goal"],
                  commands={"drover": ours, "sqlite3": theirs}, raw={"drover_s": measured.ours, "sqlite3_s": measured.theirs})
    ours_s, theirs_s = (statistics.median(side) for side in (measured.ours, measured.theirs))
    table.rows = [["drover", f"{ours_s:.2f}", "≤ 0.5"], ["sqlite3, counting", f"{theirs_s:.2f}", "–"]]
    table.rows.append(["drover log, all tasks", f"{seconds([place.drover, 'log', record]):.2f}", "–"])
    table.goal("at most 0.5 s", f"{ours_s:.2f} s", ours_s <= 0.5)
    return table


ALL = (recorded_tasks_a_second, log_of_a_million)
