"""Where inputs come from: :::, ::::, -a, standard input, columns, CSV, --grid, --glob, files of commands."""

import os
import subprocess

import pytest
from fifo import open_when_read, unread
from waiting import until


def echoed(run, *arguments, status=0, **how):
    """The lines of a run with -k."""
    done = run("run", "-k", *arguments, **how)
    assert done.status == status, done.stderr
    return done.lines


def refused(run, folder, *arguments, **how):
    """The one message of a run that must end with 255 before any task: the command is `touch started…`."""
    before = sorted(os.listdir(folder))
    done = run("run", *arguments, **how)
    assert (done.status, done.stdout) == (255, b""), done
    assert done.stderr.startswith(b"drover: ") and done.stderr.count(b"\n") == 1, done.stderr
    assert sorted(os.listdir(folder)) == before
    return done.stderr.decode()


# ::: and :::+

def test_several_groups_make_every_combination_with_the_last_fastest(run):
    assert echoed(run, "echo", ":::", "1", "2", ":::", "a", "b") == [b"1 a", b"1 b", b"2 a", b"2 b"]


def test_zipped_groups_go_together(run):
    assert echoed(run, "echo", "{1}{2}", ":::", "a", "b", ":::+", "1", "2", ":::", "x", "y") == [b"a1", b"a1", b"b2", b"b2"]


@pytest.mark.parametrize("groups", [[":::", "1", "2", "3", ":::+", "a", "b"], [":::", "1", "2", ":::+", "a", "b", "c"],
        [":::", "1", ":::", "x", "y", ":::+", "a"],
                                    [":::", "1", "2", "::::+", "three"], ["::::", "three", ":::+", "a"], [":::", "1", ":::+"]])
def test_zipped_groups_of_unequal_length_are_an_error_before_any_task(run, folder, groups):
    (folder / "three").write_text("x\ny\nz\n")
    assert "length" in refused(run, folder, "touch", "started", *groups)


def test_drovers_options_behind_the_command_are_the_commands(run):
    assert echoed(run, "echo", "-k", "--seed", "-j", ":::", "a") == [b"-k --seed -j a"]
    assert echoed(run, "--", "echo", "--", "-k", ":::", "a") == [b"-- -k a"]


# files

def test_lines_of_a_file_are_inputs_with_their_blanks_quotes_and_backslashes(run, folder):
    (folder / "in").write_bytes(b" a  b \nit's\n\"q\"\nback\\slash\n\n#x\nlast without newline")
    assert echoed(run, "-a", "in", "printf", "<%s>\\n") == [
        b"< a  b >", b"<it's>", b'<"q">', b"<back\\slash>", b"<>", b"<#x>", b"<last without newline>"]


def test_each_file_is_a_source_of_its_own(run, folder):
    (folder / "x").write_text("1\n2\n")
    (folder / "y").write_text("a\nb\n")
    both = [b"1 a", b"1 b", b"2 a", b"2 b"]
    assert echoed(run, "-a", "x", "-a", "y", "echo") == both
    assert echoed(run, "--arg-file", "x", "--arg-file=y", "echo") == both
    assert echoed(run, "echo", "::::", "x", "y") == both
    assert echoed(run, "echo", "::::", "x", "::::+", "y") == [b"1 a", b"2 b"]
    assert echoed(run, "-a", "x", "echo", ":::", "a", "b") == both


def test_a_dash_is_standard_input_among_other_sources(run):
    assert echoed(run, "-a", "-", "echo", ":::", "a", "b", input=b"1\n2\n") == [b"1 a", b"1 b", b"2 a", b"2 b"]
    assert echoed(run, "echo", ":::", "a", "::::", "-", input=b"1\n2\n") == [b"a 1", b"a 2"]


def test_a_file_that_is_missing_is_named_before_any_task(run, folder):
    assert "no-such-file" in refused(run, folder, "-a", "no-such-file", "touch")
    assert "no-such-file" in refused(run, folder, "touch", "::::", "no-such-file")


def test_a_folder_in_place_of_a_file_is_an_error(run, folder):
    (folder / "sub").mkdir()
    done = run("run", "-a", "sub", "echo")
    assert (done.status, done.stdout, b"sub" in done.stderr) == (255, b"", True)


def test_a_hundred_thousand_lines_arrive_in_order(run, folder):
    lines = [b"line %d of many" % number for number in range(100_000)]
    (folder / "in").write_bytes(b"\n".join(lines) + b"\n")
    assert echoed(run, "-a", "in", "-n", "1000", "printf", "%s\\n") == lines


# standard input

def test_tasks_start_as_lines_arrive_on_a_slow_pipe(run, folder):
    """The next line is given only when the task of the one before has been seen to work."""
    process = run.start("run", "-j", "4", "touch", stdin=subprocess.PIPE)
    for name in ("a", "b", "c"):
        process.stdin.write(name.encode() + b"\n")
        process.stdin.flush()
        until((folder / name).exists, what=f"the task of line {name}")
    process.stdin.write(b"d")  # no end of line: the end of the pipe is its end
    process.stdin.close()
    process.stdin = None
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert sorted(os.listdir(folder)) == ["a", "b", "c", "d"]


def test_output_is_not_held_back_while_drover_waits_for_a_line(run, folder):
    process = run.start("run", "-j", "4", "-k", "echo", stdin=subprocess.PIPE)
    process.stdin.write(b"one\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"one\n"
    process.stdin.write(b"two\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"two\n"
    process.stdin.close()
    process.stdin = None
    assert process.communicate(timeout=60)[0] == b"" and process.returncode == 0


@pytest.mark.parametrize(("arguments", "wanted"), [
    (["echo", ":::", "a", "b", "::::", "pipe"], [b"a x", b"a y", b"b x", b"b y"]), (["echo", ":::", "a", "b", "::::+", "pipe"], [b"a x", b"b y"]),
    (["-a", "pipe", "echo", ":::", "a", "b"], [b"x a", b"x b", b"y a", b"y b"]), (["echo", "::::", "pipe", "::::+", "two"], [b"x 1", b"y 2"])])
def test_a_slow_pipe_may_be_one_of_several_sources(run, folder, arguments, wanted):
    os.mkfifo(folder / "pipe")
    (folder / "two").write_text("1\n2\n")
    process = run.start("run", "-k", *arguments)
    with open_when_read(folder / "pipe") as pipe:
        for piece in (b"x", b"\n", b"y", b"\n"):
            pipe.write(piece)
            until(lambda: not unread(pipe), what=f"{piece} to be read")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out.splitlines()) == (0, wanted), err


def test_a_line_that_comes_in_pieces_is_one_input(run, folder):
    process = run.start("run", "echo", "{}", ".", stdin=subprocess.PIPE)
    for piece in (b"first\nin ", b"three ", b"pieces\n"):
        process.stdin.write(piece)
        process.stdin.flush()
        if piece.startswith(b"first"):
            assert process.stdout.readline() == b"first .\n"
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, b"in three pieces .\n")


def test_a_dry_run_prints_as_lines_arrive_too(run):
    process = run.start("run", "--dry-run", "echo", stdin=subprocess.PIPE)
    process.stdin.write(b"one\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"echo one\n"
    process.stdin.close()
    process.stdin = None
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_reading_from_a_terminal_is_announced(pty_run, folder):
    screen = pty_run("run", "--progress=plain", "echo", "got")
    screen.read_until(b"Ctrl-D")
    screen.type(b"typed\n")
    screen.read_until(b"got typed")
    screen.type(screen.CTRL_D)
    assert screen.wait() == ("exited", 0)


# -0, -d

def test_nul_ends_inputs_and_newlines_are_their_own(run):
    assert run("run", "-k", "-0", "printf", "<%s>", input=b"a\nb\0c d\0\0last").stdout == b"<a\nb><c d><><last>"
    assert run("run", "-k", "--null", "printf", "<%s>", input=b"a\0").stdout == b"<a>"


@pytest.mark.parametrize(("delimiter", "between"), [(",", b","), ("\\t", b"\t"), ("\\0", b"\0"), ("\\x3b", b";"), (";", b";"),
        ("\\n", b"\n"), ("\\\\", b"\\")])
def test_another_character_can_end_inputs(run, delimiter, between):
    for option in (["-d", delimiter], [f"--delimiter={delimiter}"]):
        assert run("run", "-k", *option, "printf", "<%s>", input=between.join([b"a b", b"c", b""])).stdout == b"<a b><c>"


def test_a_delimiter_of_several_characters_is_an_error(run, folder):
    refused(run, folder, "-d", "ab", "touch", ":::", "started")


# columns

def test_columns_are_parted_by_a_regular_expression(run, folder):
    (folder / "in").write_text("a, 1\nb ,2\n")
    assert echoed(run, "-a", "in", "--colsep", " *, *", "echo", "{2}-{1}") == [b"1-a", b"2-b"]
    assert echoed(run, "-a", "in", "--colsep", ",", "printf", "<%s>\\n") == [b"<a>", b"< 1>", b"<b >", b"<2>"]


def test_columns_of_values_on_the_command_line(run):
    assert echoed(run, "--colsep", ":", "echo", "{2/.}", ":::", "a:x/b.c", "d:e.f") == [b"b", b"e"]


def test_a_wrong_regular_expression_is_an_error(run, folder):
    assert "colsep" in refused(run, folder, "--colsep", "(", "touch", ":::", "started")


def test_the_first_row_names_the_columns(run, folder):
    (folder / "in").write_text("kT\tname\n0.5\tcool\n4\thot\n")
    assert echoed(run, "-a", "in", "--colsep", "\\t", "--header", ":", "echo", "{name}={kT}", "{1}") == [b"cool=0.5 0.5", b"hot=4 4"]


def test_the_first_value_of_every_source_is_its_name(run):
    assert echoed(run, "--header", ":", "echo", "{x}{y}", ":::", "x", "1", "2", ":::", "y", "a") == [b"1a", b"2a"]


def test_an_unknown_name_is_an_error_that_lists_the_names(run, folder):
    said = refused(run, folder, "--header", ":", "touch", "{kt}", ":::", "kT", "1", ":::", "nH", "2")
    assert "{kt}" in said and "kT" in said and "nH" in said
    said = refused(run, folder, "--grid", "kT=1,2", "touch", "{temperature.}")
    assert "temperature" in said and "kT" in said


def test_names_in_braces_stay_as_they_are_where_nothing_is_named(run):
    assert echoed(run, "echo", "{name}", "{print}", "{", "}", "{ }", "{0x}", ":::", "a") == [b"{name} {print} { } { } {0x} a"]


def test_doubled_braces_stand_for_themselves(run):
    assert echoed(run, "--header", ":", "echo", "{{print}}", "{x}", ":::", "x", "1") == [b"{print} 1"]


# CSV

CSV = b'name,note\r\nplain,1\r\n"quoted, with comma","said ""hi"""\r\n"two\nlines",\r\n,empty\r\n'


def test_csv_records_may_hold_commas_quotes_and_newlines(run, folder):
    (folder / "in.csv").write_bytes(CSV)
    done = run("run", "-k", "--csv", "--header", ":", "-a", "in.csv", "printf", "<%s|%s>", "{name}", "{note}")
    assert done.status == 0, done.stderr
    assert done.stdout == b'<plain|1><quoted, with comma|said "hi"><two\nlines|><|empty>'


def test_csv_comes_on_standard_input_too_and_the_record_counts(run):
    done = run("run", "-k", "--csv", "printf", "<%s|%s|%s>", "{#}", "{2}", "{1}", input=CSV)
    assert done.stdout == b'<1|note|name><2|1|plain><3|said "hi"|quoted, with comma><4||two\nlines><5|empty|>'


def test_another_separator_of_csv_is_given_by_colsep(run):
    assert echoed(run, "--csv", "--colsep", ";", "echo", "{2}", input=b'"a;b";1\nc,d;2\n') == [b"1", b"2"]


def test_a_byte_order_mark_is_no_part_of_the_first_name(run):
    assert echoed(run, "--csv", "--header", ":", "echo", "{kT}", input=b"\xef\xbb\xbfkT,n\n4,1\n") == [b"4"]


@pytest.mark.parametrize("template", [["--tagstring", "{kt}"], ["--wd", "{kt}"], ["--results", "out/{kt}"], ["--crash-report", "{kt}.txt"]])
def test_an_unknown_name_in_any_template_is_an_error(run, folder, template):
    said = refused(run, folder, *template, "--grid", "kT=1,2", "touch", "started")
    assert "{kt}" in said and "kT" in said


def test_a_column_that_there_is_not_is_an_error(run, folder):
    assert "{3}" in refused(run, folder, "touch", "{3}", ":::", "a", ":::", "b")


def test_a_row_of_a_ragged_csv_fails_alone_and_is_named(run, folder):
    (folder / "in.csv").write_text("a,b\n1,2\n3\n4,5,6\n7,8\n")
    done = run("run", "-k", "--csv", "--header", ":", "-a", "in.csv", "echo", "{a}-{b}")
    assert (done.status, done.lines) == (2, [b"1-2", b"7-8"])
    errors = done.stderr.decode()
    assert "row 3 of in.csv has 1 column" in errors and "row 4 of in.csv has 3 columns" in errors


def test_a_quote_that_is_never_closed_does_not_swallow_the_file_in_silence(run, folder):
    (folder / "in.csv").write_text('a,b\n1,"2\n3,4\n')
    done = run("run", "--csv", "--header", ":", "-a", "in.csv", "echo", "{a}")
    assert done.status not in (0,)
    assert b"in.csv" in done.stderr and b"quot" in done.stderr


# --grid

@pytest.mark.parametrize(("grid", "values"), [
    ("x=1,2,4", "1 2 4"), ("x=1..4", "1 2 3 4"), ("x=1..9..2", "1 3 5 7 9"), ("x=1..10..4", "1 5 9"),
    ("x=0.1..0.5..0.1", "0.1 0.2 0.3 0.4 0.5"),
    ("x=5..1..-2", "5 3 1"), ("x=0..1..0.25", "0.00 0.25 0.50 0.75 1.00"), ("x=-1..1", "-1 0 1"), ("x=a,b", "a b"), ("x=7", "7"),
])
def test_a_grid_lists_values_or_counts(run, grid, values):
    assert b" ".join(echoed(run, "--grid", grid, "echo", "{x}")).decode() == values


def test_several_grids_and_other_sources_combine_in_order(run, folder):
    (folder / "in").write_text("f\ng\n")
    (folder / "p1").touch()
    combined = echoed(run, "--glob", "p*", "--grid", "x=1,2", "-a", "in", "echo", "{}", ":::", "z")
    assert combined == [b"f 1 p1 z", b"f 2 p1 z", b"g 1 p1 z", b"g 2 p1 z"]
    assert echoed(run, "--grid", "x=1,2", "--grid", "y=a,b", "echo", "{y}{x}") == [b"a1", b"b1", b"a2", b"b2"]


@pytest.mark.parametrize("grid", ["x", "=1", "x=", "x=1..", "x=1..5..0", "x=a..c", "x=1..5..-1x", ""])
def test_a_grid_that_means_nothing_is_an_error(run, folder, grid):
    refused(run, folder, "--grid", grid, "touch", "started")


def test_a_name_that_is_given_twice_is_an_error(run, folder):
    assert "x" in refused(run, folder, "--grid", "x=1,2", "--grid", "x=3", "touch", "started")


# --glob

def test_matching_files_come_in_natural_order(run, folder):
    for name in ("f10", "f9", "f1", "f2b", "g1", ".f3"):
        (folder / name).touch()
    assert echoed(run, "--glob", "f*", "echo") == [b"f1", b"f2b", b"f9", b"f10"]
    assert echoed(run, "--glob", "g*", "--glob", "f1*", "echo", "{/}") == [b"g1", b"f1", b"f10"]


def test_two_stars_descend(run, folder):
    for name in ("a.fits", "x/b.fits", "x/y/c.fits", "x/y/d.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert sorted(echoed(run, "--glob", "**/*.fits", "echo")) == [b"a.fits", b"x/b.fits", b"x/y/c.fits"]


def test_a_pattern_that_matches_nothing_is_an_error_even_among_others(run, folder):
    (folder / "a.txt").touch()
    assert "*.fits" in refused(run, folder, "--glob", "*.fits", "touch", "started")
    assert "*.fits" in refused(run, folder, "--glob", "*.txt", "--glob", "*.fits", "touch", "started")


def test_nasty_file_names_are_matched_whole(run, folder):
    names = [b"new\nline", b"-n", b"$(touch owned)", b"\xff.x", b"it's", b" "]
    for name in names:
        os.close(os.open(os.path.join(os.fsencode(folder), name), os.O_CREAT | os.O_WRONLY))
    done = run("run", "--glob", "*", "printf", "%s\\0")
    assert sorted(done.stdout.split(b"\0")[:-1]) == sorted(names)


def test_fifty_thousand_files_are_no_trouble_for_the_length_of_a_command_line(run, folder):
    for number in range(50_000):
        os.close(os.open(folder / f"a-name-of-an-ordinary-length-for-an-observation-{number}", os.O_CREAT | os.O_WRONLY))
    lines = echoed(run, "--glob", "a-name-*", "-n", "1000", "printf", "%s\\n")
    assert lines == [b"a-name-of-an-ordinary-length-for-an-observation-%d" % number for number in range(50_000)]


# a file of commands

def test_without_a_command_every_line_is_a_shell_line(run, folder):
    (folder / "jobs").write_text("echo one | tr a-z A-Z\necho {} $((1+1))\nexit 3\n\n# a remark\nprintf '%s\\n' \"a  b\"\n")
    done = run("run", "-k", "-a", "jobs")
    assert (done.status, done.lines) == (1, [b"ONE", b"{} 2", b"a  b"])


def test_shell_lines_come_on_standard_input_and_as_values_too(run):
    assert echoed(run, input=b"echo a\necho b\n") == [b"a", b"b"]
    assert echoed(run, ":::", "echo a | cat", "echo b") == [b"a", b"b"]


# limits

def test_a_line_of_a_megabyte_fails_its_task_alone_with_one_clear_message(run, folder):
    (folder / "in").write_bytes(b"short\n" + b"x" * 1_000_000 + b"\nlast\n")
    for shell in ([], ["-c"]):
        done = run("run", "-k", "-a", "in", *shell, "echo {}" if shell else "echo")
        assert (done.status, done.lines) == (1, [b"short", b"last"])
        assert b"task 2" in done.stderr and b"argument list" in done.stderr
        assert len(done.stderr) < 2000  # the line itself is not printed
    assert len(echoed(run, "--dry-run", "-a", "in", "echo")[1]) == 1_000_005


def test_a_line_of_a_hundred_kilobytes_is_an_argument_like_any_other(run, folder):
    (folder / "in").write_bytes(b"x" * 100_000 + b"\n")
    assert echoed(run, "-a", "in", "echo") == [b"x" * 100_000]


@pytest.mark.parametrize("shell", [[], ["-c"]])
def test_a_nul_byte_in_a_line_fails_its_task_alone_and_is_named(run, shell):
    done = run("run", "-k", *shell, *(["echo {}"] if shell else ["echo"]), input=b"a\nb\0c\nd\n")
    assert (done.status, done.lines) == (1, [b"a", b"d"])
    assert b"task 2" in done.stderr and b"NUL" in done.stderr and b"-0" in done.stderr
