"""GNU parallel and drover do the same with the same command line: standard output and exit status.

Where they differ it is on purpose: test_differential_on_purpose.py. Job logs: test_differential_job_log.py.
"""

import pytest
from differential import Case, as_case, both, output_of  # noqa: F401  (a fixture)

ODD_PATHS = (
    "a.b/c.d.e /x/y/ plain .hidden dir.d/noext a/b.tar.gz 'sp ace/f ile.t xt' ./x ../y.z / // a//b.c x. a/.b a/b/ "
    ".. . /a.b/ /a '' a.b.c/ ...")
ODD_CHARACTERS = (
    "\"it's/a\\\"b.c\" '$HOME/`x`.y' '*' '?[a]' -n --help '{}' '{.}' ä/ö.ü 'back\\slash.x' '!b' '~/x' 'a;b' 'a&b|c' '<x>' "
    "'#c' % =a=b '(x)' 'a b  c' ' lead' 'trail ' 'tab\there.x' 'a\x01b' '\x7f.x' '\\n' '%s' '$(id)' '&&' \"''\" '\"\"' '\\'")

REPLACEMENTS = {
    "the endings of odd paths": f"-k ./args {{}} {{.}} {{/}} {{//}} {{/.}} ::: {ODD_PATHS}",
    "the endings of paths with odd characters": f"-k ./args {{}} {{.}} {{/}} {{//}} {{/.}} ::: {ODD_CHARACTERS}",
    "the endings of the first source by its number": f"-k ./args {{1}} {{1.}} {{1/}} {{1//}} {{1/.}} ::: {ODD_PATHS}",
    "the endings of the second source": f"-k ./args {{2}} {{2.}} {{2/}} {{2//}} {{2/.}} {{1}} ::: 1 ::: {ODD_PATHS}",
    "inputs inside a word": f"-k ./args pre{{}}post {{}}{{}} {{.}}{{.}} ::: a.x {ODD_CHARACTERS}",
    "a path put together of two endings": "-k ./args {//}/{/.}.new ::: a/b.c c.d",
    "no replacement string appends": f"-k ./args fixed ::: {ODD_CHARACTERS}",
    "the number of the task": "-k ./args {#} {} ::: a b c",
    "a number of the task alone counts as a replacement": "-k ./args fixed {#} ::: a b",
    "the number of the slot": "-j1 ./args {%} {} ::: a b c",
    "two slots at once have different numbers":
        "-j2 -c 'touch s{}; until [ -e s1 ] && [ -e s2 ]; do sleep 0.01; done; echo {%}' ::: 1 2",
    "the number of the task counts combinations": "-k ./args {#}.{1} ::: a b ::: 1 2",
    "one input several times": "-k ./args {} {} {1} ::: 'a  b'",
    "only the second source is used": "-k ./args {2} ::: a b ::: 1 2",
    "only the first source is used": "-k ./args {1} ::: a b ::: 1 2",
    "four sources backwards in one word": "-k ./args {4}{3}{2}{1} ::: 1 2 ::: a b ::: x y ::: P Q",
    "endings without a number take every source": "-k ./args {.} {/} ::: a.x b.y ::: c/d",
    "a leading zero": "-k ./args {01} ::: a",
    "what looks like a replacement string and is none": "-k ./args {./} {.//} {+/} ::: a/b.c",
    "half a pair of braces beside the input": "-k ./args '{}}' '{{}' ::: a",
    "another string for the whole input": "-I @@ -k ./args @@ x@@y ::: a b",
    "braces are text when another string is given": "-I ,, -k ./args ,, {} ::: a b",
    "the other string is attached to its option": "-I% -k ./args % ::: a b",
    "the endings stay when another string is given": "-I @ -k ./args @ {.} {/} {#} ::: a/b.c",
    "the task is told its number": Case("-k -c 'echo $DROVER_TASK {}' ::: a b", "-k 'echo $PARALLEL_SEQ {}' ::: a b"),
    "the task is told its slot": Case("-j1 -c 'echo $DROVER_SLOT {}' ::: a b", "-j1 'echo $PARALLEL_JOBSLOT {}' ::: a b"),
}

INPUTS = {
    "one group": "-k ./args ::: a 'b c'",
    "two groups": "-k ./args ::: a b ::: 1 2",
    "the last of three groups is the fastest": "-k ./args {3} {2} {1} ::: 1 2 ::: a b ::: x y",
    "four groups are appended": "-k ./args ::: 1 2 ::: a ::: x y ::: P Q",
    "the whole input of two groups is two words": "-k ./args {} ::: a 'b  c' ::: 1 2",
    "zipped groups": "-k ./args {1} {2} ::: a b :::+ 1 2",
    "zipped groups as the whole input": "-k ./args {} ::: a b :::+ 1 2",
    "a zipped pair, then a group": "-k ./args {1} {2} {3} ::: a b :::+ 1 2 ::: x y",
    "a group, then a zipped pair": "-k ./args {1} {2} {3} ::: a b ::: x y :::+ 1 2",
    "three zipped groups": "-k ./args {1} {2} {3} ::: a b :::+ x y :::+ 1 2",
    "a file": "-k ./args :::: abc",
    "each file is a group": "-k ./args {1} {2} :::: abc 12",
    "files marked one by one": "-k ./args {1} {2} :::: abc :::: 12",
    "a file, then values": "-k ./args {1} {2} :::: abc ::: x y",
    "values, then a file": "-k ./args {1} {2} ::: x y :::: abc",
    "values zipped with a file": "-k ./args {1} {2} ::: x y z ::::+ abc",
    "a file zipped with values": "-k ./args {1} {2} :::: 12 :::+ x y",
    "a file zipped with itself": "-k ./args {1} {2} :::: 12 ::::+ 12",
    "a file between two groups": "-k ./args {} ::: a :::: abc ::: b",
    "-a": "-k -a abc ./args {}",
    "-a appended": "-k -a abc ./args",
    "--arg-file": "-k --arg-file abc ./args {}",
    "several -a": "-k -a abc -a 12 ./args {1} {2}",
    "-a comes before the values": "-k -a abc ./args {1} {2} ::: x y",
    "-a comes before other files": "-k -a abc ./args {1} {2} :::: 12",
    "standard input by default": Case("-k ./args {}", input=b"a\nb\n"),
    "-a - is standard input": Case("-k -a - ./args {}", input=b"a\nb\n"),
    ":::: - is standard input": Case("-k ./args {} :::: -", input=b"a\nb\n"),
    "standard input combined with a file": Case("-k ./args {1} {2} :::: - 12", input=b"a\nb\n"),
    "a file combined with standard input": Case("-k ./args {1} {2} :::: 12 -", input=b"a\nb\n"),
    "a last line without an end": "-k ./args {} :::: no_end",
    "empty lines are inputs": "-k ./args {#} {} :::: gaps",
    "empty lines appended": "-k ./args x :::: gaps",
    "one empty line": "-k ./args {#} {} :::: one_gap",
    "an empty value": "-k ./args {} ::: a '' b",
    "blanks at the ends of lines": "-k ./args {} :::: blanks",
    "lines that end with CR LF": "-k ./args {} :::: crlf",
    "no values": "-k ./args {} :::",
    "an empty file": "-k ./args {} :::: empty",
    "empty standard input": Case("-k ./args {}", input=b""),
    "a file that is not there": "-k ./args {} :::: nosuchfile",
    "an option after ::: is a value": "-k ./args ::: -k --tag -- -j",
    "-0": "-0 -k ./args {} :::: nul",
    "--null": Case("--null -k ./args {}", input=b"a\0b\nc\0\0d"),
    "-0 with a newline in a value": "-0 -k ./args {} ::: a 'b\nc'",
    "-d": "-d ';' -k ./args {} :::: semicolons",
    "-d with an escape": r"-d '\t' -k ./args {} :::: tabs",
    "-d with a NUL byte": r"-d '\0' -k ./args {} :::: nul",
    "-d newline": r"-d '\n' -k ./args {} :::: abc",
    "--delimiter that does not occur": "--delimiter x -k ./args {} :::: abc",
    "-d on standard input": Case("-d ';' -k ./args {}", input=b"a;b;;c;"),
}

COLUMNS = {
    "--colsep": "--colsep ' ' -k ./args {3} {1} :::: columns",
    "the whole input is all columns": "--colsep ' ' -k ./args {} :::: columns",
    "columns appended": "--colsep ' ' -k ./args :::: columns",
    "columns of values": "--colsep , -k ./args {2} {1} ::: 1,2 3,4",
    "empty columns": "--colsep , -k ./args {1}-{2} ::: ,b a, ,",
    "empty columns at the end": "--colsep , -k ./args ::: a,b,, a,,b ''",
    "a set of characters": "--colsep '[,;]' -k ./args {1} {2} {3} ::: 'a,b;c' 'd;e,f'",
    "a repetition": "--colsep ' +' -k ./args {1} {2} ::: 'a   b' 'c d'",
    "a class": "--colsep '[[:space:]]+' -k ./args {1} {2} ::: 'a   b' 'c \td'",
    "a class as Perl writes it": r"--colsep '\s+' -k ./args {1} {2} ::: 'a   b' 'c \td'",
    "a counted repetition": "--colsep 'x{2}' -k ./args {1} {2} ::: axxb",
    "anchors": "--colsep '^a|b$' -k ./args {1} {2} ::: axb",
    "a quoted bar": r"--colsep '\|' -k ./args {1} {2} ::: 'a|b'",
    "a tab as an escape": r"--colsep '\t' -k ./args {1} {2.} :::: tabs",
    "a tab as it is": "--colsep '\t' -k ./args {1} {2.} :::: tabs",
    "endings of columns": "--colsep , -k ./args {1/} {2//} {2/.} ::: a/b,c/d.e",
    "columns of two sources count on": "--colsep , -k ./args {1} {2} {3} {4} ::: a,b ::: c,d",
    "columns and a plain source": "--colsep , -k ./args {1} {2} {3} ::: a,b ::: c",
    "columns of records that end with another character": "-k -d ';' --colsep , ./args {2} {1} :::: pairs",
    "--header of a file": "--header : -k ./args {k} :::: names",
    "--header of values": "--header : -k ./args {k} {1} ::: k a b",
    "--header of two groups": "--header : -k ./args {k.} {j/} ::: k a.x b.y ::: j p/q r/s",
    "--header of zipped groups": "--header : -k ./args {j}{k} ::: k a b :::+ j 1 2",
    "--header of a file and of values": "--header : -k ./args {k} {j} :::: names ::: j 1 2",
    "--header and numbers": "--header : -k ./args {1} {2} ::: a 1 2 ::: b x y",
    "--header appended": "--header : -k ./args ::: k a b",
    "--header is no task": "--header : -k ./args {#} {k} ::: k a b",
    "--header and nothing more": "--header : -k ./args {k} ::: k",
    "--header of columns": "--header : --colsep ' ' -k ./args {y} {x} {z} :::: columns",
    "--header of columns between tabs, a name with a dot": r"--header : --colsep '\t' -k ./args {name} {val.ue} {2.} :::: tabs",
    "--header of columns of values": "--header : --colsep , -k ./args {b} {a} ::: a,b 1,2 3,4",
    "a column called seed": "--header : -k ./args {seed} ::: seed 1 2",
    "CSV without quotes is columns between commas":
        Case("--csv --header : -k ./args {size} {name/} {2} :::: commas", "--colsep , --header : -k ./args {size} {name/} {2} :::: commas"),
    "CSV with another separator": Case("--csv --colsep ';' -k ./args {1} {2} ::: 'a;b,c'", "--colsep ';' -k ./args {1} {2} ::: 'a;b,c'"),
    "-N": "-N2 -k ./args {1} {2} ::: 1 2 3 4",
    "-n": "-n2 -k ./args {2}{1} ::: 1 2 3 4",
    "--max-args": "--max-args=2 -k ./args {2} {1} ::: 1 2 3 4",
    "the last of -N has fewer": "-N 2 -k ./args {} :::: 12345",
    "-N appended": "-N 3 -k ./args :::: 12345",
    "-N 1": "-N1 -k ./args {} ::: a b",
    "endings with -N": "-N2 -k ./args {1/} {2.} {#} ::: a/b c.d e/f g.h",
    "endings without a number with -N": "-N2 -k ./args {.} {/} ::: a.x b/y",
    "the whole input of -N twice": "-N2 -k ./args {} {} ::: a b",
    "--header with -N": "--header : -N2 -k ./args {a} {1} {2} ::: a 1 2 3 4",
}

RUNNING = {
    "a pipe": "-k -c 'echo {} | tr a-z A-Z' ::: a b",
    "inputs are data for the shell too": f"-k -c 'printf \"[%s]\\n\" {{}} a{{}}b' ::: {ODD_CHARACTERS}",
    "an input in single quotes": "-k -c \"echo '{}'\" ::: 'a b'",
    "an input in a substitution": "-k -c 'echo $(echo {})' ::: 'a  b'",
    "an input in an assignment": "-k -c 'x={}; echo \"${x%.c}\"' ::: 'a  b.c'",
    "an input in a loop": "-k -c 'for i in 1 2; do echo $i {}; done' ::: a b",
    "an input names a file": "-k -c 'echo {} > out{#}; cat out{#}' ::: 'a b' c",
    "two sources in a shell line": "-k -c 'echo {1} {2} | cat' ::: a b ::: 1 2",
    "the whole input of two sources in a shell line": "-k -c 'echo {} | cat' ::: 'a  b' c ::: 1 2",
    "the whole input of -N in a shell line": "-k -N2 -c 'echo {} | cat' ::: 'a  b' c d",
    "the shell and its arguments": "-j1 -c 'echo $0 $# {}' ::: a",
    "a shell line of two lines": "-k -c 'echo {}\necho 2' ::: a b",
    "a task reads nothing": "-c 'cat; echo {}' ::: a",
    "a task does not read the inputs": Case("-j1 -c 'cat; echo {}'", input=b"a\n"),
    "the inputs are commands": "-k -a jobs",
    "the values are commands": "-k ::: 'echo a; echo b' 'exit 3'",
    "standard input is commands": Case("-k", input=b"echo a\necho b; exit 4\n"),
    "no task": Case("-k echo", input=b""),
    "-- before the command": "-k -- ./args {} ::: a b",
    "options after the command are its own": "-k ./args -k --tag -j --seed {} ::: a b",
    "status 0": "true ::: 1 2",
    "status 1": "false ::: 1",
    "several failures": "-k -c 'echo {}; exit {}' ::: 0 1 2 0 7",
    "a status of 255 is one failure": "-c 'exit {}' ::: 1 255 0",
    "a task ended by a signal is a failure": "-c 'kill -{} $$' ::: TERM KILL",
    "100 failures": "-j4 false :::: 100",
    "more failures than can be told": "-j4 false :::: 102",
    "-j": "-j 2 -k ./args {} ::: a b c",
    "-P": "-P 2 -k ./args {} ::: a b c",
    "--jobs": "--jobs 50% -k ./args {} ::: a b c",
    "--max-procs": "--max-procs=100% -k ./args {} ::: a b c",
    "--halt never": "-j1 --halt never -c 'echo {}; exit {}' ::: 1 0 1",
    "--halt now,fail": "-j1 --halt now,fail=1 -c 'echo {}; exit {}' ::: 0 1 0 0",
    "--halt soon,fail": "-j1 --halt soon,fail=1 -c 'echo {}; exit {}' ::: 0 1 0 0",
    "--halt now,fail=2": "-j1 --halt now,fail=2 -c 'echo {}; exit {}' ::: 1 0 4 1 1 1",
    "--halt soon,fail=3": "-j1 --halt soon,fail=3 -c 'echo {}; exit {}' ::: 1 1 0 1 0",
    "--halt now,success": "-j1 --halt now,success=1 -c 'echo {}; exit {}' ::: 1 0 1 1",
    "--halt soon,success=2": "-j1 --halt soon,success=2 -c 'echo {}; exit {}' ::: 1 0 1 0 7 7",
    "--halt now,done": "-j1 --halt now,done=2 -c 'echo {}; exit {}' ::: 0 3 0 0",
    "--halt soon,done": "-j1 --halt soon,done=1 -c 'echo {}; exit {}' ::: 1 1",
    "--halt soon,success=50%": "-j1 --halt soon,success=50% -c 'echo {}; exit {}' ::: 0 0 0 0 0 0",
    "--halt that is not met": "-j1 --halt soon,success=3 -c 'echo {}; exit {}' ::: 0 1",
    "--halt now ends what runs": "-j2 --halt now,fail=1 -c 'sleep {}; exit 1' ::: 0 60",
    "--halt now,success ends what runs": "-j2 --halt now,success=1 -c 'sleep {}' ::: 0 60",
    "--retries: two failures, then success":
        Case("-j1 --retries 2 -c 'echo x >> {}; wc -l < {}; test $(wc -l < {}) -ge 3' ::: t u",
             "-j1 --retries 3 'echo x >> {}; wc -l < {}; test $(wc -l < {}) -ge 3' ::: t u"),
    "--retries: no success": Case("-j1 --retries 1 -c 'echo x >> t; wc -l < t; exit 1; : {}' ::: a",
                                  "-j1 --retries 2 'echo x >> t; wc -l < t; exit 1; : {}' ::: a"),
    "--timeout": "-j2 --timeout 2 -c 'echo {}; sleep {}; echo end {}' ::: 0 60",
    "--timeout with a unit": "-k --timeout 1d ./args ::: a",
    "--timeout as a share of the median": "-k --timeout 1000000% ./args ::: a b c d",
    "--shuf": "--shuf ./args {} ::: 1 2 3 4 5",
    "--delay": "--delay 0.05 ./args {} ::: 1 2 3",
    "--wd": "-k --wd / pwd ::: 1",
    "--wd makes a folder": "-k --wd sub -c 'basename $PWD; : {}' ::: 1",
    "--wd with replacement strings": "-k --wd 'w/{/.}_{#}' -c 'basename $PWD; : {}' ::: a/x.y b",
}

OUTPUT = {
    "-k": "-k -j4 -c 'sleep 0.{}; echo {}' ::: 3 2 1",
    "--keep-order": "--keep-order -j1 ./args {} ::: c b a",
    "output without an end of line": "-k -c 'printf {}' ::: a b",
    "--group": "--group ./args {} ::: a b",
    "-u": "-u -j1 ./args {} ::: a b",
    "--ungroup": "--ungroup -j1 ./args {} ::: a b",
    "--line-buffer": "--line-buffer -c 'echo {}; echo {}' ::: a b",
    "--lb": "--lb -j1 -c 'echo {}; echo {}' ::: a b",
    "--linebuffer and --tag": "--linebuffer --tag -j1 -c 'echo {}; echo {}' ::: a b",
    "--tag": "-k --tag ./args x{}y ::: a 'b c'",
    "--tag on every line": "-k --tag -c 'printf \"\\n\\n%s\\n\" {}' ::: a b",
    "--tag with several sources": "-k --tag ./args ::: a b ::: 1 2",
    "--tag with columns": "-k --tag --colsep , ./args {2} ::: a,b c,d",
    "--tag with -N": "-k --tag -N2 ./args ::: 1 2 3",
    "--tag with --header": "-k --tag --header : ./args {k} ::: k a b",
    "--tag without output": "-k --tag true ::: a b",
    "--tagstring": "-k --tagstring t{} ./args {} ::: a b",
    "--tagstring without a replacement string": "-k --tagstring fixed ./args {} ::: a b",
    "--tagstring with endings": "-k --tagstring '{#}:{/.}' ./args {} ::: a/b.c d",
    "--tagstring with sources": "-k --tagstring '{2}-{1}' ./args {} ::: a b ::: 1 2",
    "--tagstring with -N": "-k --tagstring {2} -N2 ./args {1} ::: a b c d",
    "--tagstring with a name": "-k --tagstring {k} --header : ./args {k} ::: k a b",
    "--dry-run": f"-k --dry-run ./args {{}} {{.}} {{#}} ::: {ODD_CHARACTERS}",
    "--dry-run of a shell line": "-k --dry-run -c 'echo {} | wc > {.}.n' ::: a.b 'c d'",
    "--dry-run of combinations": "-k --dry-run echo ::: a b ::: 1 2",
    "--dry-run of -N": "-k --dry-run -N2 echo ::: 1 2 3",
    "--dry-run of commands": "-k --dry-run -a jobs",
    "--dry-run starts nothing": "-k --dry-run touch {} ::: a b",
}

SAME = {f"{part}: {what}": as_case(case) for part, cases in {
    "replacement": REPLACEMENTS, "input": INPUTS, "columns": COLUMNS, "running": RUNNING, "output": OUTPUT}.items() for what, case in cases.items()}


@pytest.mark.parametrize("what", SAME)
def test_both_do_the_same(both, what):
    theirs, ours = both.run(SAME[what])
    assert output_of(SAME[what], ours) == output_of(SAME[what], theirs), ours.stderr
    assert ours.status == theirs.status, ours.stderr


@pytest.mark.parametrize("line", [
    "-k -c 'echo out {}; echo err {} >&2' ::: a b", "-k --tag -c 'echo err {} >&2' ::: a b", "-u -j1 -c 'echo err {} >&2' ::: a b",
    "-k -t ./args {} ::: a b", "-j1 --verbose ./args {} ::: a b"])
def test_both_say_the_same_on_standard_error(both, line):
    theirs, ours = both.run(Case("--progress=none " + line, line.replace("-c ", "", 1)))
    assert (ours.status, ours.stdout) == (theirs.status, theirs.stdout)
    assert sorted(ours.stderr.splitlines()) == sorted(theirs.stderr.splitlines()) != []


def test_dry_run_starts_nothing(both):
    both.run(Case("--dry-run touch made_{} ::: a b"))
    assert not [*both.drover.folder.glob("made_*"), *both.parallel.folder.glob("made_*")]
