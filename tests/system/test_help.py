"""The pages of `drover help` and the manual name every option that the program takes, and none besides."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = {"drover": (), "run": ("src/cli/run_options.cpp",), "log": ("src/cli/log.cpp",), "status": ("src/cli/status.cpp",), "cores": ("src/cli/cores.cpp",)}
WITHOUT_DEFINITION = {"cores": {"-h", "--help"}}  # CLI11 brings these itself
# In a sentence about another program, or in the synopsis of one.
OTHERS = {"run": {"-print0", "--kT", "--metals", "-l"}, "cores": {"-j"}, "drover": {"-j", "-k", "--failed"},
          "log": {"-F", "--record", "--results", "--wd", "--scratch"}, "status": {"--record"}}
OPTION = re.compile(r"(?<![\w\]}-])(--?[A-Za-z0-9][\w-]*)")


def page_text(run, name):
    done = run("help", name)
    assert (done.status, done.stderr) == (0, b"")
    return done.stdout.decode()


def options_of_source(name):
    """What the parser is told: add_option("-a,--arg-file", …), add_flag("--progress{auto}", …)."""
    found = set(WITHOUT_DEFINITION.get(name, ()))
    for source in PAGES[name]:
        for words in re.findall(r'add_(?:option|flag)\("([^"]+)"', (ROOT / source).read_text()):
            found |= {re.sub(r"\{.*", "", word) for word in words.split(",") if word.startswith("-")}
    return found


def options_of_terms(text):
    """The options that the page explains: in lines that begin, indented by two, with an option."""
    terms = re.findall(r"^  (-.*)$", text, re.MULTILINE)
    return {option for term in terms for option in OPTION.findall(term)}


def left_out():
    return set(re.findall(r'\{"(-[^"]*)",', (ROOT / "src/cli/left_out.cpp").read_text()))


@pytest.mark.parametrize("name", ["run", "log", "status", "cores"])
def test_every_option_is_explained_and_every_explained_option_exists(run, name):
    assert len(options_of_source(name)) >= {"status": 2}.get(name, 4)
    assert options_of_terms(page_text(run, name)) == options_of_source(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_no_option_that_does_not_exist(run, name):
    named = set(OPTION.findall(page_text(run, name)))
    assert named <= options_of_source(name) | OTHERS[name]


@pytest.mark.parametrize("option", sorted(options_of_source("run")))
def test_the_program_knows_the_options_of_its_source(run, option):
    """With or without a value it is never called unknown; this ties the regular expression above to the program."""
    done = run("run", option)
    assert b"unknown option" not in done.stderr
    assert b"left out" not in done.stderr


@pytest.mark.parametrize("name", PAGES)
def test_no_line_is_wider_than_a_terminal(run, name):
    assert [line for line in page_text(run, name).splitlines() if len(line) > 80] == []


def test_help_of_run_is_the_page_on_run(run):
    assert run("run", "--help").stdout == run("help", "run").stdout


def test_the_manual_has_every_page_and_says_the_same(run, tmp_path):
    subprocess.run([sys.executable, ROOT / "docs/make_man.py", tmp_path / "man"], check=True, stdout=subprocess.DEVNULL)
    pages = {name: "drover.1" if name == "drover" else f"drover-{name}.1" for name in PAGES}
    assert {page.name for page in (tmp_path / "man").iterdir()} == set(pages.values())
    for name, page in pages.items():
        manual = (tmp_path / "man" / page).read_text()
        for escape, character in ((r"\-", "-"), (r"\(aq", "'"), (r"\(ga", "`"), (r"\(ha", "^"), (r"\(ti", "~"), (r"\&", ""), (r"\e", "\\")):
            manual = manual.replace(escape, character)
        words = page_text(run, name).split()
        assert set(words) <= set(manual.split()), page


def test_the_page_on_what_is_left_out_lists_what_the_program_lists():
    page = (ROOT / "docs/left-out.md").read_text()
    rows = re.findall(r"^\|([^|]*)\|", page, re.MULTILINE)
    named = {option for row in rows for option in re.findall(r"`(-[^`\s]*)`", row)}
    assert named == left_out()


@pytest.mark.parametrize("option", sorted(left_out()))
def test_an_option_that_is_left_out_is_answered_by_what_to_do_instead(run, option):
    done = run("run", option, "echo", ":::", "a")
    assert (done.status, done.stdout) == (255, b"")
    assert f"{option} is left out on purpose: ".encode() in done.stderr


@pytest.mark.parametrize("page", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")], key=str), ids=lambda page: page.name)
def test_no_guide_names_an_option_that_does_not_exist(page):
    """In `code` within the text; console blocks are run (test_docs.py)."""
    known = {option for name in PAGES for option in options_of_source(name)} | left_out() | {"--version"}
    prose = re.sub(r"^```.*\n(?:.*\n)*?```", "", page.read_text(), flags=re.MULTILINE)
    named = {option for code in re.findall(r"`([^`\n]+)`", prose) for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", code)}
    assert named <= known
