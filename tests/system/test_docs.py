"""Every console block of the README, the guides and the gallery does what the page says (console_blocks.py)."""

import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest
from console_blocks import Page, agrees

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "gallery")
PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))]
LONGEST_SECONDS = 120  # a guard against a hang


def terminal_words(text, status, folder, environment):
    """What one command shows, and its status; $? at its begin is the status of the command before."""
    process = subprocess.Popen(["bash", "-c", f"(exit {status})\n{text}"], cwd=folder, env=environment,
                               start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    try:
        said, _ = process.communicate(timeout=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        said += b"\n(no end)"
    return said.decode(errors="replace").splitlines(), process.returncode


def run_page(page, folder, environment):
    """Runs the whole session; gives back what did not come out as the page says."""
    differences, status = [], 0
    for step in page.steps:
        if step.kind == "file":
            path = folder / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text)
            path.chmod(0o755 if step.text.startswith("#!") else 0o644)
        elif step.kind == "from":
            shutil.copytree(ROOT / step.text, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.md"))
        elif step.kind == "env":
            name, _, value = step.text.partition("=")
            environment[name] = value
        elif step.kind == "setup":
            subprocess.run(["bash", "-ec", step.text], cwd=folder, env=environment, check=True, stdin=subprocess.DEVNULL)
        else:
            said, status = terminal_words(step.text, status, folder, environment)
            if not agrees(step.expected, said, step.unordered):
                told = [f"line {step.line}: $ {step.text}", "-- the page says", *step.expected, "-- it was", *said]
                differences.append("\n".join(told))
    return differences


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_the_program_does(name, drover, folder, environment, request):
    page = Page((ROOT / name).read_text())
    programs = [drover]
    if any("cie-spectrum" in step.text for step in page.commands()):
        programs.append(request.getfixturevalue("cie_spectrum"))
    folders = [os.path.dirname(program) for program in programs]
    environment |= {"PATH": ":".join([*folders, environment["PATH"]]), "DROVER_PRETEND": "cores=8,mem=32G"}
    differences = run_page(page, folder, environment)
    assert not differences, "\n\n".join([name, *differences])


def test_only_commands_of_dev_are_shown_without_being_run():
    for name in PAGES:
        for line, kind, body in Page((ROOT / name).read_text()).not_run:
            assert re.fullmatch(r"console not-run: \S.*", kind), f"{name}:{line}: say why: console not-run: reason"
            assert all(text.startswith("$ ./dev ") for text in body if text.startswith("$ ")), f"{name}:{line}: this can be run"


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_a_command_in_a_block_that_would_not_be_run(name):
    """A sh or bash block would be shown untested; a page without any console block would pass for nothing."""
    text = (ROOT / name).read_text()
    block = r"```{kind}.*\n(?:.*\n)*?```"
    without_files = re.sub("<!-- file .*-->\n" + block.format(kind=""), "", text)
    untested = re.findall("^" + block.format(kind=r"(?:sh|bash|shell)\b"), without_files, re.MULTILINE)
    assert not untested, f"{name}: write ```console and what comes out"
    assert Page(text).commands()


def test_the_comparison_sees_a_difference():
    """A comparison that lets everything pass would make all pages right."""
    assert agrees(["drover: 2 tasks done in 7 ms"], ["drover: 2 tasks done in 1.3 s"], False)
    assert agrees(["a", "…", "z"], ["a", "m", "n", "z"], False)
    assert agrees(["b", "a"], ["a", "b"], True)
    assert not agrees(["b", "a"], ["a", "b"], False)
    assert not agrees(["drover: 2 tasks done in 7 ms"], ["drover: 3 tasks done in 7 ms"], False)
    assert not agrees([], ["something"], False)
    assert not agrees(["a…"], ["b"], False)
    assert not agrees(["…", "z"], ["z", "more"], False)
