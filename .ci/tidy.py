"""Runs clang-tidy over what is ours in a build folder's compile_commands.json; one process a core.

usage: tidy.py BUILD-FOLDER

The folder is configured without precompiled headers, which clang cannot read where GCC wrote them; the header itself is
included in their place.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
OURS = ("src", "include", "gallery")
TIDY = "clang-tidy-19"
LIKE_GCC = ["--extra-arg=-include", f"--extra-arg={TOP}/cmake/precompiled.hpp", "--extra-arg=-w"]  # warnings are GCC's to give
HANG_SECONDS = 240


def sources(build):
    """The sources that are ours, the biggest first so that no long one is left for the end."""
    commands = json.loads((build / "compile_commands.json").read_text())
    files = {pathlib.Path(command["directory"], command["file"]).resolve() for command in commands}
    ours = (file for file in files if any(file.is_relative_to(TOP / folder) for folder in OURS))
    return sorted(ours, key=lambda file: -file.stat().st_size)


def tidy(build, source):
    """(source, whether it is clean, what clang-tidy says)."""
    command = [TIDY, "-p", str(build), "--quiet", *LIKE_GCC, str(source)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=HANG_SECONDS)
    except subprocess.TimeoutExpired:
        return source, False, f"no end after {HANG_SECONDS} s"
    return source, done.returncode == 0, done.stdout.strip() or done.stderr.strip()


def main():
    build = pathlib.Path(sys.argv[1])
    found = sources(build)
    if not found:
        print(f"{build}/compile_commands.json names none of our sources")
        return 1
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as cores:
        for source, clean, said in cores.map(lambda source: tidy(build, source), found):
            if not clean:
                bad += 1
                print(f"{source.relative_to(TOP)}:\n{said}", flush=True)
    print(f"clang-tidy: {len(found)} files, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
