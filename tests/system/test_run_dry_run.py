"""--dry-run prints what can be pasted; --verbose says each command as it starts."""

import os
import subprocess

import pytest
from fifo import is_full
from gate import Gate
from waiting import until

NASTY = [b"a b", b"it's", b'say "hi"', b"$(touch owned)", b"`touch owned`", b"; touch owned", b"*", b"~", b"-n", b"--", b"", b"new\nline",
         b"\xff\xfe", b"a\\b", b"tab\there", b"!!", b"#no", b"&", b"|cat", b"{}", b"x=y", b"\x01\x7f", "µ".encode()]


def pasted(lines, folder, environment):
    """What a shell makes of the lines that --dry-run printed."""
    return subprocess.run(["sh"], input=lines, stdout=subprocess.PIPE, cwd=folder, env=environment, check=True).stdout


def test_it_prints_each_command_in_the_order_of_the_inputs_and_starts_nothing(run, folder):
    done = run("run", "--dry-run", "-j", "4", "touch", ":::", "a", "b", "c")
    assert (done.status, done.stdout) == (0, b"touch a\ntouch b\ntouch c\n")
    assert os.listdir(folder) == []


def test_it_writes_none_of_the_files_that_a_run_would(run, folder):
    done = run("run", "--dry-run", "--results", "r", "--joblog", "l", "--crash-report", "c", "--wd", "w", "--scratch", "-k",
            "touch", ":::", "a")
    assert (done.status, done.stdout) == (0, b"touch a\n")
    assert os.listdir(folder) == []


@pytest.mark.parametrize("options", [[], ["-k"], ["--tag"], ["--shuf", "--seed", "1"]])
def test_other_options_change_nothing_in_what_is_printed_but_the_order_asked_for(run, options):
    lines = run("run", "--dry-run", *options, "echo", "{#}", "{}", ":::", "a", "b").lines
    assert sorted(lines) == [b"echo 1 a", b"echo 2 b"]


def test_pasted_into_a_shell_the_lines_do_what_the_run_does(run, folder, environment):
    command = ["printf", "[%s]\\n", "<{}>", "{}", "{/}", "{#}"]
    ran = run("run", "-k", *command, ":::", *NASTY)
    printed = run("run", "--dry-run", *command, ":::", *NASTY)
    assert (ran.status, printed.status) == (0, 0)
    assert pasted(printed.stdout, folder, environment) == ran.stdout
    assert not (folder / "owned").exists()


@pytest.mark.parametrize("line", ["printf '[%s]\\n' {}", "printf '[%s]\\n' \"-{}-\"", "printf '[%s]\\n' '<{}>'",
        "x=$(printf '%s' {}); printf '[%s]\\n' \"$x\"",
                                  "printf '[%s]\\n' \"$(printf %s {}) and {/}\""])
def test_pasted_shell_lines_do_what_the_run_does(run, folder, environment, line):
    ran = run("run", "-k", "-c", line, ":::", *NASTY)
    printed = run("run", "--dry-run", "-c", line, ":::", *NASTY)
    assert (ran.status, printed.status) == (0, 0), ran.stderr
    assert pasted(printed.stdout, folder, environment) == ran.stdout
    assert not (folder / "owned").exists()


def test_a_file_of_commands_is_printed_as_it_is(run, folder):
    (folder / "jobs").write_text("echo {} $((1+1))\nls | wc -l > n\n")
    assert run("run", "--dry-run", "-a", "jobs").stdout == b"echo {} $((1+1))\nls | wc -l > n\n"
    assert os.listdir(folder) == ["jobs"]


def test_the_seeds_it_prints_are_those_of_the_run(run):
    words = ["--seed", "11", "echo", "{}", "{seed}", ":::", "a", "b", "c"]
    printed = run("run", "--dry-run", *words)
    assert printed.stdout == b"".join(b"echo " + line + b"\n" for line in run("run", "-k", *words).lines)


def test_wrong_usage_is_an_error_in_a_dry_run_too(run):
    done = run("run", "--dry-run", "echo", ":::", "a", "b", ":::+", "1")
    assert (done.status, done.stdout) == (255, b"")


def test_no_inputs_print_nothing(run):
    done = run("run", "--dry-run", "echo", input=b"")
    assert (done.status, done.stdout) == (0, b"")


@pytest.mark.parametrize("option", ["-t", "--verbose"])
def test_verbose_says_each_command_as_it_starts(run, folder, option):
    gate = Gate(folder)
    process = run.start("run", option, "-j", "1", gate.program, ":::", "a", "b")
    said = b""
    while gate.program.encode() + b" a\n" not in said:
        block = os.read(process.stderr.fileno(), 4096)
        assert block, said
        said += block
    assert b" b\n" not in said  # b has not started
    gate.release("a")
    gate.release("b")
    _, rest = process.communicate(timeout=60)
    assert gate.program.encode() + b" b\n" in rest


def test_verbose_quotes_as_dry_run_does_and_stays_off_standard_output(run):
    done = run("run", "-t", "--progress=none", "echo", ":::", "a b", "it's")
    assert sorted(done.lines) == [b"a b", b"it's"]
    assert sorted(done.stderr.splitlines()) == sorted(run("run", "--dry-run", "echo", ":::", "a b", "it's").lines)


def test_a_standard_output_that_does_not_block_gets_all_lines(run, folder):
    """As under ssh or node, which set O_NONBLOCK for whoever shares the pipe."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    (folder / "numbers").write_bytes(b"".join(b"%d\n" % number for number in range(100_000)))
    process = run.start("run", "--dry-run", "echo", "::::", "numbers", stdout=writer)
    until(lambda: is_full(writer) or process.poll() is not None, what="the pipe to be full")
    os.close(writer)
    with open(reader, "rb") as pipe:
        lines = pipe.read().splitlines()
    assert process.wait(timeout=60) == 0, process.stderr.read()
    process.stderr.close()
    assert lines == [b"echo %d" % number for number in range(100_000)]
