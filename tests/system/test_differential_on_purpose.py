"""Where drover differs from GNU parallel on purpose: the reason, and what each of them does.

Both are run, so a page that tells people what to mind when they come from GNU parallel can be read off this one.
"""

import re
from dataclasses import dataclass

import pytest
from differential import Case, both  # noqa: F401  (a fixture)

WRONG_USAGE = 255


@dataclass(frozen=True)
class Differs:
    """`theirs` and `ours`: exit status, standard output. `says`: what drover's message has in it."""

    case: str | Case
    theirs: tuple
    ours: tuple
    says: bytes = b""
    is_left_out: bool = False


def refused(line, theirs, says):
    """An error of drover's before any task."""
    return Differs(line, theirs, (WRONG_USAGE, b""), says)


def left_out(line, theirs, says):
    """An option that GNU parallel has; drover says what to write."""
    return Differs(line, theirs, (WRONG_USAGE, b""), says, is_left_out=True)


DIFFERENCES = {
    # A word is a word, and an input is data.
    "several values never become one word": refused(
        "-k ./args x{} ::: a b ::: 1 2", (0, b"[xa][1]\n[xa][2]\n[xb][1]\n[xb][2]\n"), b"{1}, {2}"),
    "several inputs a task never become one word": refused("-k -N2 ./args x{} ::: a b", (0, b"[xa][xb]\n"), b"{1}, {2}"),
    "several columns never become one word": refused("-k --colsep , ./args x{} ::: a,b", (0, b"[xa][b]\n"), b"{1}, {2}"),
    "nor in a shell line": refused("-k -c 'echo x{} | cat' ::: a ::: 1", (0, b"xa 1\n"), b"{1}, {2}"),
    "a word of the command with blanks stays one word": Differs("-k ./args 'a  b' {} ::: c", (0, b"[a][b][c]\n"), (0, b"[a  b][c]\n")),
    "two replacements in one word stay one word": Differs("-k ./args '{1} {2}' ::: a ::: b", (0, b"[a][b]\n"), (0, b"[a b]\n")),
    "without -c no shell sees the command": Differs("-k ./args '$((1+1))' '|' cat ::: c", (1, b""), (0, b"[$((1+1))][|][cat][c]\n")),
    "a shell line needs -c, and a message says so": refused("-k 'echo {} | tr a b' ::: a", (0, b"b\n"), b"for a shell line add -c"),
    "the same without a replacement string": refused("-k 'echo x; echo' ::: a", (0, b"x\na\n"), b"for a shell line add -c"),
    "a replacement in double quotes is quoted for that place": Differs(
        "-k -c 'echo \"x{}\"' ::: 'a  b' '$HOSTNAME'", (0, b"x'a  b'\nx''\n"), (0, b"xa  b\nx$HOSTNAME\n")),
    "a value may hold a newline": Differs("-k ./args {} ::: 'a\nb'", (0, b"[a]\n[b]\n"), (0, b"[a\nb]\n")),
    "a program that is not there is found out before any task": refused("nosuchprogram ::: 1 2", (2, b""), b"no such program: nosuchprogram"),
    # Replacement strings.
    "a number beyond the sources is an error": refused("-k ./args {2} {1} ::: a", (0, b"[a]\n"), b"{2} asks for value 2"),
    "an unknown name is an error that lists the names": refused(
        "-k --header : ./args {j} ::: k a", (0, b"[{j}][a]\n"), b"the names are {k}"),
    "two inputs of one name are an error": refused(
        "-k --header : ./args {k} :::: names ::::+ names", (0, b"[v1]\n[v2]\n"), b"the name 'k' occurs twice"),
    "doubled braces stand for themselves": Differs("-k ./args '{{1}}' '{{}}' {} ::: a", (0, b"[{a}][{a}][a]\n"), (0, b"[{1}][{}][a]\n")),
    "braces with a blank between them are text": Differs("-k ./args '{ }' ::: a", (0, b"[{][}][a]\n"), (0, b"[{ }][a]\n")),
    "-I replaces {} and nothing else": Differs("-k -I @ ./args @ {1} ::: a", (0, b"[a][{1}]\n"), (0, b"[a][a]\n")),
    "sources are not counted from the end": Differs("-k ./args {-1} {} ::: a ::: b", (0, b"[b][a][b]\n"), (0, b"[{-1}][a][b]\n")),
    "no Perl in the command": Differs("-k ./args '{= s/a/b/ =}' {} ::: a", (0, b"[b][a]\n"), (0, b"[{= s/a/b/ =}][a]\n")),
    # Inputs.
    "zipped values of unequal length are an error": refused(
        "-k ./args {1} {2} ::: a b c :::+ 1 2", (0, b"[a][1]\n[b][2]\n"), b"differ in length"),
    "zipped values of unequal length the other way": refused(
        "-k ./args {1} {2} ::: a b :::+ 1 2 3", (0, b"[a][1]\n[b][2]\n"), b"differ in length"),
    "zipped files of unequal length": refused("-k ./args {1} {2} :::: 12 ::::+ abc", (0, b"[1][a]\n[2][b]\n"), b"differ in length"),
    "values can be zipped with -a": Differs(
        "-k -a 12 ./args {1} {2} :::+ x y", (0, b"[1][x]\n[1][y]\n[2][x]\n[2][y]\n"), (0, b"[1][x]\n[2][y]\n")),
    "an empty source makes no combination": Differs("-k ./args {1} {2} :::: empty 12", (0, b"[][1]\n[][2]\n"), (0, b"")),
    "nor does an empty group": Differs("-k ./args {} ::: a b :::", (0, b"[a][]\n[b][]\n"), (0, b"")),
    ":::: needs a file": refused("-k ./args {} ::::", (0, b""), b":::: names no file"),
    "standard input can be read once": refused("./args :::: - -", (0, b""), b"standard input is named twice"),
    "-d ends the lines of files and cuts no values": Differs("-d , -k ./args {} ::: a,b", (0, b"[a]\n[b]\n"), (0, b"[a,b]\n")),
    "-d is one character": refused("-k -d ab ./args {} ::: x", (0, b"[x]\n"), b"not one character"),
    "an empty -d is no character": refused("-k -d '' ./args {} ::: x", (0, b"[x]\n"), b"empty value"),
    "a column that is not there fails the task": Differs(
        "-k --colsep , ./args {1} {3} :::: ragged", (0, b"[1][3]\n[4]\n[5]\n"), (2, b"[1][3]\n"), b"this input has 1"),
    "groups of --colsep are no columns": Differs("-k --colsep '(x|y)+' ./args {1} {2} ::: axyb", (0, b"[a][y]\n"), (0, b"[a][b]\n")),
    "--header knows one form": refused("-k --header 2 ./args {} ::: k a", (0, b"[a]\n"), b"--header :"),
    "an input that -N lacks in the last task is an empty word": Differs(
        "-k -N2 ./args {1} {2} ::: a b c", (0, b"[a][b]\n[c]\n"), (0, b"[a][b]\n[c][]\n")),
    "-N is for one source": refused("-k -N2 ./args ::: a b ::: 1 2", (0, b"[a][1][a][2]\n[b][1][b][2]\n"), b"-n"),
    "-N is without columns": refused("-k -N2 --colsep , ./args ::: a,b c,d", (0, b"[a][b][c][d]\n"), b"-n"),
    "-N is at least 1": refused("-k -N0 ./args x ::: a b", (0, b"[x]\n[x]\n"), b"from 1 on"),
    # Running.
    "--retries counts the attempts after the first": Differs(
        "-j1 --retries 2 -c 'echo x >> t; wc -l < t; exit 1; : {}' ::: a", (1, b"2\n"), (1, b"3\n")),
    "--halt leaves the count of the failed as the status": Differs(
        "-j1 --halt now,fail=1 -c 'echo {}; exit {}' ::: 0 3 0", (3, b"0\n3\n"), (1, b"0\n3\n")),
    "also with a share": Differs("-j1 --halt soon,fail=50% -c 'echo {}; exit {}' ::: 1 1 1 1 1 1", (50, b"1\n1\n1\n"), (3, b"1\n1\n1\n")),
    "what --halt did not start is not counted": Differs(
        "-j1 --halt soon,done=2 -c 'echo {}; exit {}' ::: 0 0 0 3", (101, b"0\n0\n"), (0, b"0\n0\n")),
    "a share of --halt needs three tasks, successes too": Differs(
        "-j1 --halt soon,success=1% -c 'echo {}; exit {}' ::: 0 0 0 0", (0, b"0\n"), (0, b"0\n0\n0\n")),
    "--halt has one form": refused("-j1 --halt 2 -c 'exit {}' ::: 0", (0, b""), b"now,fail=1"),
    "as many as possible is not a number of jobs": refused("-j 0 -k ./args ::: a", (0, b"[a]\n"), b"half"),
    "nor is one more than the cores": refused("-j +1 -k ./args ::: a", (0, b"[a]\n"), b"half"),
    "nor twice the cores": refused("-j 200% -k ./args ::: a", (0, b"[a]\n"), b"100%"),
    # Output.
    "a tagged line always ends": Differs("-k --tag -c 'printf {}' ::: a b", (0, b"a\tab\tb"), (0, b"a\ta\nb\tb\n")),
    "with --line-buffer a line always ends": Differs("-j1 --line-buffer -c 'printf {}' ::: a b", (0, b"ab"), (0, b"a\nb\n")),
    "--dry-run prints what can be pasted, without a tag": Differs("-j1 --dry-run --tag echo ::: a", (0, b"a\techo a\n"), (0, b"echo a\n")),
    "-u with what it cannot do is an error": refused("-k -u ./args ::: a", (0, b"[a]\n"), b"leave out --ungroup"),
    "--tag with -u too": refused("-j1 --tag -u ./args ::: a", (0, b"[a]\n"), b"leave out --ungroup"),
    "--results prints the output as well": Differs("-k --results r ./args ::: a", (0, b""), (0, b"[a]\n")),
    # Left out.
    "--link": left_out("-k --link ./args {1} {2} ::: a b ::: 1 2", (0, b"[a][1]\n[b][2]\n"), b"use :::+"),
    "--xapply": left_out("-k --xapply ./args {1} {2} ::: a b ::: 1 2", (0, b"[a][1]\n[b][2]\n"), b"use :::+"),
    "-X": left_out("-j1 -X ./args ::: a b", (0, b"[a][b]\n"), b"-n N"),
    "-m": left_out("-j1 -m ./args x{}y ::: a b", (0, b"[xa][by]\n"), b"-n N"),
    "-L with its number in the same word": left_out("-j1 -L2 ./args ::: a b", (0, b"[a][b]\n"), b"-n N"),
    "-s": left_out("-j1 -s 100 ./args ::: a", (0, b"[a]\n"), b"-n N"),
    "-q": left_out("-k -q ./args 'a  b' ::: c", (0, b"[a  b][c]\n"), b"no shell"),
    "--plus": left_out("-k --plus ./args {..} ::: a.b.c", (0, b"[a]\n"), b"use -c"),
    "--pipe": left_out(Case("-j1 --pipe cat", input=b"a\n"), (0, b"a\n"), b"split(1)"),
    "-S": left_out("-j1 -S : ./args ::: a", (0, b"[a]\n"), b"this machine"),
    "--nice": left_out("-j1 --nice 1 ./args ::: a", (0, b"[a]\n"), b"nice drover run"),
    "--trim": left_out("-k --trim lr ./args ::: ' a '", (0, b"[a]\n"), b"use -c"),
    "-r": left_out("-k -r ./args ::: a", (0, b"[a]\n"), b"always so"),
}


@pytest.mark.parametrize("reason", DIFFERENCES)
def test_they_differ_on_purpose(both, reason):
    differs = DIFFERENCES[reason]
    case = differs.case if isinstance(differs.case, Case) else Case(differs.case)
    theirs, ours = both.run(case)
    assert (theirs.status, theirs.stdout) == differs.theirs, theirs.stderr
    assert (ours.status, ours.stdout) == differs.ours, ours.stderr
    assert differs.says in ours.stderr
    assert (b"left out on purpose: " in ours.stderr) == differs.is_left_out
    if differs.ours[0] == WRONG_USAGE:
        assert ours.stderr.count(b"\n") == 1


def test_shuffled_tasks_keep_their_numbers_here_and_are_counted_anew_there(both):
    values = " ".join(map(str, range(1, 31)))  # in their order by chance: once in 30! runs
    theirs, ours = both.run(Case(f"-j1 --shuf ./args {{#}} {{}} ::: {values}"))
    numbered = {line: re.findall(rb"\[(\d+)\]", line) for line in {*theirs.lines, *ours.lines}}
    assert all(numbered[line][0] == numbered[line][1] for line in ours.lines)
    assert [int(numbered[line][0]) for line in theirs.lines] == list(range(1, 31))
    assert {numbered[line][1] for line in ours.lines} == {numbered[line][1] for line in theirs.lines}
    assert not all(numbered[line][0] == numbered[line][1] for line in theirs.lines)


def test_results_have_a_folder_for_each_task_here_and_for_each_value_there(both):
    both.run(Case("-j1 --results r ./args ::: a b"))
    made = [{path.relative_to(folder / "r").as_posix() for path in (folder / "r").rglob("*") if path.is_file()}
            for folder in (both.parallel.folder, both.drover.folder)]
    assert made == [{f"1/{value}/{name}" for value in "ab" for name in ("stdout", "stderr", "seq")},
                    {f"{number}/{name}" for number in (1, 2) for name in ("stdout", "stderr", "task.json")}]


def test_a_job_log_on_standard_output_is_refused(both):
    theirs, ours = both.run(Case("-j1 --joblog - echo ::: a"))
    assert theirs.lines[1] == b"a" and len(theirs.lines) == 3
    assert (ours.status, ours.stdout) == (WRONG_USAGE, b"") and b"name a file" in ours.stderr


@pytest.mark.parametrize(("line", "recorded"), [
    ("--csv -k ./args {1} {2} :::: quoted.csv", b'[name][text]\n[a][x, y]\n[b][say "hi"]\n'),
    ("--csv -k ./args :::: quoted.csv", b'[name][text]\n[a][x, y]\n[b][say "hi"]\n'),
    ("--csv --header : -k ./args {text} {name} :::: quoted.csv", b'[x, y][a]\n[say "hi"][b]\n'),
    ("--csv -k ./args {1} {2} :::: lines.csv", b"[a][x\ny]\n[b][c]\n"),
    ("--csv -k ./args {2} ::: 'a,\"b, c\"' 'd,\"e\"\"f\"' 'a, b' ',x'", b'[b, c]\n[e"f]\n[ b]\n[x]\n'),
    ("--csv -k ./args {3} {1} ::: a,b ::: c,d", b"[c][a]\n"),
    ("--csv --colsep ';' -k ./args {1} {2} ::: 'a;\"b;c\"'", b"[a][b;c]\n"),
    ("--csv --header : -k ./args {b} {a} ::: 'a,b' '1,\"2,3\"'", b"[2,3][1]\n")])
def test_quoted_csv_is_read_as_gnu_parallel_reads_it_that_has_text_csv(both, line, recorded):
    """Debian's parallel does without libtext-csv-perl, which it needs for --csv. `recorded` is what 20221122 printed
    with Text::CSV 2.02; it is compared again where that is installed."""
    theirs, ours = both.run(Case(line))
    assert (ours.status, ours.stdout) == (0, recorded), ours.stderr
    assert (theirs.status, theirs.stdout) == (0, recorded) or b"Text::CSV is not installed" in theirs.stderr


def test_ragged_csv_fails_the_ragged_rows(both):
    ours = both.drover("run", "--csv", "-k", "./args", "{1}", "{3}", "::::", "ragged")
    assert (ours.status, ours.stdout) == (2, b"[1][3]\n")
    assert b"row 2 of ragged has 1 column, the first row has 3" in ours.stderr
