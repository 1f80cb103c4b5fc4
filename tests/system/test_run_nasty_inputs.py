"""An input is data: it reaches the program byte for byte, and no shell ever acts upon it."""

import os

import pytest

NASTY = {
    "blanks": b"  a   b ", "newline": b"two\nlines\n", "single quote": b"it's", "double quote": b'say "hi"',
    "both quotes": b"'\"'\"'", "command substitution": b"$(touch owned)",
    "backquotes": b"`touch owned`", "semicolon": b"; touch owned", "ampersands": b"& touch owned && touch owned",
    "pipe": b"| tee owned", "redirection": b"> owned",
    "variable": b"$HOME ${PATH} $$", "arithmetic": b"$((1+1))", "glob": b"* ? [a-z]", "tilde": b"~root",
    "braces": b"{} {1} {#} {a,b}", "leading dash": b"-n", "long option": b"--help",
    "two dashes": b"--", "backslashes": b"\\ \\n \\\\", "backslash at the end": b"end\\", "hash": b"# no comment", "bang": b"!! !x",
    "equals": b"A=B", "tab and bell": b"\t\x07\x1b[2J",
    "invalid UTF-8": b"\xff\xfe\xc0\x80", "every byte": bytes(range(1, 256)), "empty": b"", "UTF-8": "µ → ☃".encode(),
    "here-document": b"<<EOF", "parentheses": b"() { :; }", "carriage return": b"a\rb",
    "percent": b"%s %d %%", "long": b"x'\"$(" * 2_000,
}
LIST = list(NASTY.values())


def arrived(run, *arguments):
    """The words that the tasks were given, by -0 from standard input: all bytes but NUL may be in them."""
    done = run("run", "-k", "-0", *arguments, input=b"".join(value + b"\0" for value in LIST))
    assert done.status == 0, done.stderr
    assert not (run.folder / "owned").exists()
    return done.stdout.split(b"\0")[:-1]


def test_appended_it_arrives_byte_for_byte(run):
    assert arrived(run, "printf", "%s\\0") == LIST


def test_as_a_word_and_inside_a_word_it_arrives_byte_for_byte(run):
    assert arrived(run, "printf", "%s\\0", "{}", "<{}>") == [word for value in LIST for word in (value, b"<" + value + b">")]


def test_an_empty_input_is_an_argument_of_its_own(run):
    done = run("run", "-k", "sh", "-c", 'echo $#', "name", "{}", ":::", "", "a b")
    assert done.lines == [b"1", b"1"]


SHELL_LINES = {
    "bare": ("printf '%s\\0' {}", b"%s"),
    "within a bare word": ("printf '%s\\0' x{}y", b"x%sy"),
    "in double quotes": ('printf "%%s\\\\0" "<{}>"'.replace("%%", "%"), b"<%s>"),
    "in single quotes": ("printf '%s\\0' '<{}>'", b"<%s>"),
    "in $(…)": ("printf '%s\\0' \"$(printf '%s.' {})\"", b"%s."),
    "in \"$(…)\" in quotes": ("printf '%s\\0' \"$(printf '%s.' \"{}\")\"", b"%s."),
    "appended": ("printf '%s\\0'", b"%s"),
    "in an assignment": ("x={}; printf '%s\\0' \"$x\"", b"%s"),
    "in a subshell after &&": ("true && (printf '%s\\0' {})", b"%s"),
    "as the default of a variable": ('printf "%s\\0" "${unset_by_nobody:-}"{}', b"%s"),
    "after another in the same word": ("printf '%s\\0' {}-{}", b"%s-%s"),
    "as a word of for": ("for x in {}; do printf '%s\\0' \"$x\"; done", b"%s"),
}


@pytest.mark.parametrize("place", SHELL_LINES)
def test_in_a_shell_line_it_arrives_byte_for_byte(run, place):
    line, wanted = SHELL_LINES[place]
    assert arrived(run, "-c", line) == [wanted.replace(b"%s", value) for value in LIST]


def test_a_case_and_a_redirection_take_it_as_a_name(run, folder):
    names = [value for value in LIST if value and b"/" not in value and len(value) < 200]
    done = run("run", "-0", "-c", "case {} in *) printf %s {} > out-{};; esac", input=b"\0".join(names))
    assert done.status == 0, done.stderr
    assert {name: (folder / os.fsdecode(b"out-" + name)).read_bytes() for name in names} == {name: name for name in names}
    assert not (folder / "owned").exists()


@pytest.mark.parametrize("line", ["echo `echo {}`", "cat <<EOF\n{}\nEOF", "echo $(( {} + 1 ))", "echo ${x:-`{}`}"])
def test_where_it_cannot_be_quoted_the_line_is_refused_before_any_task(run, folder, line):
    done = run("run", "-c", line + "; touch started", ":::", "$(touch owned)")
    assert (done.status, done.stdout) == (255, b"")
    assert b"{}" in done.stderr
    assert os.listdir(folder) == []


def test_a_second_word_of_a_shell_line_is_an_error(run, folder):
    done = run("run", "-c", "touch started", "{}", ":::", "a")
    assert (done.status, done.stdout) == (255, b"")
    assert b"-c" in done.stderr
    assert os.listdir(folder) == []


@pytest.mark.parametrize("options", [["--tag"], ["--tagstring", "<{}>"], ["--results", "out"], ["--joblog", "log"],
        ["--crash-report", "crash/{#}"], ["--wd", "in-{#}"], ["-t"], ["--line-buffer", "--tag"]])
def test_no_option_that_shows_an_input_lets_it_act(run, folder, options):
    done = run("run", "-0", *options, "-c", "printf %s {} > /dev/null; exit 1", input=b"\0".join(LIST))
    assert done.status == len(LIST)
    assert not [path for path in folder.rglob("owned")]


def test_replacement_strings_take_the_bytes_of_a_path_apart(run):
    done = run("run", "-k", "printf", "<%s>", "{}", "{.}", "{/}", "{//}", "{/.}", ":::", b"a b/\xff'c.d/-e.f.g")
    assert done.stdout == b"<a b/\xff'c.d/-e.f.g><a b/\xff'c.d/-e.f><-e.f.g><a b/\xff'c.d><-e.f>"


def test_a_text_in_an_input_that_looks_like_a_replacement_string_is_not_replaced(run):
    assert run("run", "echo", "{}", "{#}", ":::", "{#}{%}{seed}{.}").stdout == b"{#}{%}{seed}{.} 1\n"
    assert run("run", "echo", "{1}", "{2}", ":::", "{2}", ":::", "{1}").stdout == b"{2} {1}\n"


def test_another_replacement_string_can_be_chosen(run):
    assert run("run", "-I", "@@", "echo", "{}", "x@@y", ":::", "a").stdout == b"{} xay\n"
