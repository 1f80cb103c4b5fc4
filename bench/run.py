"""Asks all questions of questions.py and writes RESULTS.md and results.json. ./dev bench builds what it needs first.

usage: run.py --build FOLDER [--quick] [--only NAME] [--out FOLDER]
"""

import argparse
import pathlib
import tempfile

import questions
import report
from table import Place

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description="measure drover beside its peers and the bare limit")
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build" / "bench", help="the build to measure")
    parser.add_argument("--quick", action="store_true", help="two pairs and small inputs: does it work, not how fast")
    parser.add_argument("--only", choices=[question.__name__ for question in questions.ALL], help="ask this question alone")
    parser.add_argument("--out", type=pathlib.Path, default=None, help="folder for the results (default: bench/; build/ with --quick or --only)")
    options = parser.parse_args()

    build = options.build.resolve()
    with tempfile.TemporaryDirectory(prefix="drover-bench-") as scratch:
        place = Place(build, pathlib.Path(scratch), 2 if options.quick else 9, options.quick)
        tables = []
        for question in questions.ALL:
            if options.only in (None, question.__name__):
                print(f"{question.__name__} …", flush=True)
                tables.append(question(place))
                for asked, came, met in tables[-1].goals:
                    print(f"  {'met   ' if met else 'MISSED'}  {asked}: {came}", flush=True)
    out = options.out or (build if options.quick or options.only else HERE)
    names = {str(build / "src" / "drover"): "drover", str(build / "bench") + "/": "", scratch + "/": ""}
    report.write(out, tables, names, options.quick)
    print(f"written: {out / 'RESULTS.md'}, {out / 'results.json'}")


if __name__ == "__main__":
    main()
