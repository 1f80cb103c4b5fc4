"""How tasks and runs end: exit status, retries, timeouts, halt rules, delay."""

import signal
import subprocess
import time

import pytest
from gate import Gate
from waiting import until


def last_line(errors):
    return errors.decode().splitlines()[-1]


def finish(process, gate=None, *names):
    for name in names:
        gate.release(name)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


# exit status

@pytest.mark.parametrize(("failing", "status"), [(0, 0), (1, 1), (2, 2), (99, 99), (100, 100), (101, 101), (150, 101)])
def test_the_exit_status_counts_the_failed_tasks_up_to_101(run, failing, status):
    done = run("run", "-j", "4", "-c", f"[ {{}} -gt {failing} ]", ":::", *range(1, 155))
    assert done.status == status


@pytest.mark.parametrize("how", ["exit 1", "exit 255", "kill -KILL $$", "kill -SEGV $$", "no-such-program-at-all"])
def test_every_way_to_fail_counts_as_one_and_stops_no_other_task(run, how):
    done = run("run", "-k", "-j", "2", "-c", f"if [ {{}} -eq 2 ]; then {how}; else echo {{}}; fi", ":::", "1", "2", "3")
    assert (done.status, done.lines) == (1, [b"1", b"3"])


def test_no_inputs_are_no_failure_and_a_line_says_so(run):
    for arguments, given in ((["touch"], b""), (["touch", ":::"], None), (["-a", "/dev/null", "touch"], None),
            (["-a", "/dev/null"], None), (["--csv", "--header", ":", "touch"], b"a,b\n")):
        done = run("run", *arguments, input=given)
        assert (done.status, done.stdout) == (0, b""), arguments
        assert done.stderr.startswith(b"drover: no inputs") and b"nothing to do" in done.stderr, arguments
        assert done.stderr.count(b"\n") == 1, arguments


@pytest.mark.parametrize("wrong", [["--no-such-option"], ["-j"], ["--retries", "many"], ["--timeout", "soon"], ["--timeout", "0"],
                                   ["--delay", "1x"], ["--seed", "x"], ["--threads", "0"], ["-n", "0"], ["--halt", "now"],
                                   ["--grace", "-1s"], ["--progress=loud"], ["--group", "-u"]])
def test_wrong_usage_is_255_and_one_message_before_any_task(run, folder, wrong):
    done = run("run", *wrong, "touch", ":::", "started")
    assert (done.status, done.stdout) == (255, b"")
    assert done.stderr.startswith(b"drover: ") and done.stderr.count(b"\n") == 1
    assert not (folder / "started").exists()


@pytest.mark.parametrize("option", ["--jobs", "-j", "--halt", "--timeout", "--seed", "--retries", "--mem", "--wd", "--results",
        "--joblog", "--crash-report", "-n", "-d", "--colsep", "-a"])
def test_an_empty_value_is_refused_as_a_variable_that_was_never_set(run, folder, option):
    done = run("run", option, "", "touch", ":::", "started")
    assert (done.status, done.stdout) == (255, b"")
    assert b"empty" in done.stderr and done.stderr.count(b"\n") == 1
    assert not (folder / "started").exists()


def test_a_missing_program_is_named_before_any_task(run, folder):
    done = run("run", "no-such-program", ":::", "a", "b")
    assert done.status == 255
    assert b"no-such-program" in done.stderr and done.stderr.count(b"\n") == 1


def test_a_program_without_permission_to_run_is_named(run, folder):
    (folder / "sim").write_text("#!/bin/sh\n")
    done = run("run", "./sim", ":::", "a")
    assert done.status == 255
    assert b"./sim" in done.stderr and (b"ermission" in done.stderr or b"execut" in done.stderr)


def test_a_program_named_by_the_input_that_is_missing_fails_its_task_alone(run):
    done = run("run", "-k", "{}", "x", ":::", "echo", "no-such-program", "echo")
    assert (done.status, done.lines) == (1, [b"x", b"x"])
    assert b"no-such-program" in done.stderr


# a shell line without -c

@pytest.mark.parametrize("line", ["echo {} | cat", "echo hello", "gzip -c x > y", "a;b", "echo $HOME", "ls *.fits"])
def test_a_one_word_shell_line_without_c_is_refused_before_any_task(run, folder, line):
    done = run("run", line, ":::", "a", "b")
    assert (done.status, done.stdout) == (255, b"")
    assert b"-c" in done.stderr and done.stderr.count(b"\n") == 1


def test_a_program_whose_name_has_a_blank_is_run_all_the_same(run, folder):
    (folder / "my program").write_text('#!/bin/sh\necho "got $1"\n')
    (folder / "my program").chmod(0o755)
    assert run("run", "./my program", ":::", "a").stdout == b"got a\n"


# retries

def test_retries_count_the_attempts_after_the_first(run, folder):
    done = run("run", "--retries", "2", "--retry-delay", "0.01", "-c", "echo $DROVER_ATTEMPT >> attempts; exit 1{}", ":::", "")
    assert done.status == 1
    assert (folder / "attempts").read_text() == "1\n2\n3\n"


def test_a_task_that_succeeds_in_a_later_attempt_is_no_failure(run, folder):
    done = run("run", "-k", "--retries", "5", "--retry-delay", "0.01", "-c", "[ $DROVER_ATTEMPT -ge {} ] && echo {}", ":::", "1", "2", "3")
    assert (done.status, done.lines) == (0, [b"1", b"2", b"3"])
    assert b"3 attempts repeated" in done.stderr


def test_others_run_while_a_task_waits_for_its_next_attempt(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "1", "--retries", "1", "--retry-delay", "1h", gate.program, ":::", "a", "b")
    gate.wait_for("a")
    gate.release("a", status=1)
    gate.wait_for("b")
    process.send_signal(signal.SIGTERM)
    assert finish(process)[0] == 143


def test_the_retry_delay_doubles(run, folder):
    # 0.4 s, then 0.8 s, each with a quarter of jitter at most: not before 0.3 and 0.6 s.
    done = run("run", "--retries", "2", "--retry-delay", "0.4", "-c", "date +%s.%N >> times; exit 1{}", ":::", "")
    times = [float(line) for line in (folder / "times").read_text().split()]
    assert done.status == 1
    assert times[1] - times[0] >= 0.29 and times[2] - times[1] >= 0.59


# timeouts

def test_a_task_over_its_time_is_ended_and_failed_with_the_cause(run):
    done = run("run", "--timeout", "1", "-j", "2", "-k", "-c", "echo begun {}; [ {} = 1 ] || exec sleep 600", ":::", "1", "2")
    assert done.status == 1
    assert done.lines == [b"begun 1", b"begun 2"]
    assert b"timed out" in done.stderr


def test_a_task_that_ignores_term_is_killed_after_the_grace(run, folder):
    # What is ignored is so in the sleep too: only KILL ends them.
    done = run("run", "--timeout", "1", "--grace", "0.2", "sh", "-c", "trap '' TERM; while :; do sleep 600; done", ":::", "x")
    assert done.status == 1
    assert b"KILL" in done.stderr


def test_a_task_may_clean_up_on_term_within_the_grace(run, folder):
    (folder / "task").write_text("#!/bin/sh\ntrap 'echo clean > cleaned; exit 0' TERM\nmkfifo never; read x < never\n")
    (folder / "task").chmod(0o755)
    done = run("run", "--timeout", "1", "--grace", "60", "./task", ":::", "x")
    assert (folder / "cleaned").read_text() == "clean\n"
    assert done.status == 1  # it did not do what it was to do, whatever it exits with


def test_the_whole_tree_of_a_timed_out_task_is_ended(run, census):
    before = census.now()
    done = run("run", "--timeout", "0.3", "-c", "sleep 600 & (sleep 601 & sleep 602) & wait; : {}", ":::", "x")
    assert done.status == 1
    census.settles(before)


def test_each_attempt_has_its_own_time(run, folder):
    line = 'echo $DROVER_ATTEMPT >> attempts; [ $DROVER_ATTEMPT = 2 ] || exec sleep 600; echo {}'
    done = run("run", "--timeout", "1", "--retries", "1", "--retry-delay", "0.01", "-c", line, ":::", "x")
    assert (done.status, done.stdout) == (0, b"x\n")


def test_a_share_of_the_median_ends_what_takes_far_longer_than_the_others(run):
    done = run("run", "-k", "-j", "2", "--timeout", "1000%", "-c", "echo {}; sleep {}", ":::", "600", "0.1", "0.1", "0.1")
    assert done.status == 1
    assert done.lines == [b"600", b"0.1", b"0.1", b"0.1"]
    assert b"timed out" in done.stderr


def test_a_share_of_the_median_ends_nothing_before_three_tasks_have_finished(run):
    done = run("run", "-j", "1", "--timeout", "100%", "sleep", ":::", "0", "0", "0.5")
    assert done.status == 0, done.stderr


# --halt

def test_now_fail_ends_the_running_and_starts_no_more(run, folder, census):
    gate, before = Gate(folder), census.now()
    process = run.start("run", "-j", "2", "--halt", "now,fail=1", gate.program, ":::", "a", "b", "c", "d")
    gate.wait_for("a", "b")
    gate.release("a", status=1)
    status, _, err = finish(process)
    assert status == 1  # only a has failed: b was ended by the rule
    assert sorted(gate.started()) == ["a", "b"] and gate.ended() == ["a"]
    assert last_line(err) == "drover: 3 tasks were not run"
    census.settles(before)


def test_soon_fail_lets_the_running_end_and_starts_no_more(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "2", "--halt", "soon,fail=1", gate.program, "{}", "%s\\n", "{}", ":::", "a", "b", "c", "d")
    gate.wait_for("a", "b")
    gate.release("a", status=1)
    until(lambda: gate.ended() == ["a"])
    status, out, err = finish(process, gate, "b")
    assert (status, out) == (1, b"a\nb\n")
    assert sorted(gate.started()) == ["a", "b"]
    assert last_line(err) == "drover: 2 tasks were not run"


def test_now_success_is_a_success_although_others_failed_or_were_ended(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "2", "--halt", "now,success=1", gate.program, ":::", "a", "b", "c", "d")
    gate.wait_for("a", "b")
    gate.release("a", status=1)
    gate.wait_for("c")
    gate.release("b")
    status, _, err = finish(process)
    assert status == 0
    assert sorted(gate.started()) == ["a", "b", "c"]
    assert last_line(err) == "drover: 2 tasks were not run"


def test_a_success_that_never_comes_gives_the_number_of_failed(run):
    assert run("run", "--halt", "now,success=1", "false", ":::", "1", "2", "3").status == 3
    assert run("run", "-j", "1", "--halt", "now,success=2", "-c", "exit {}", ":::", "1", "0", "1").status == 2


@pytest.mark.parametrize("when", ["now", "soon"])
@pytest.mark.parametrize(("rule", "printed", "status"), [
    ("fail=2", [1, 2, 3, 4], 2),        # 2 and 4 fail
    ("success=2", [1, 2, 3], 0),
    ("done=5", [1, 2, 3, 4, 5], 2),
    ("fail=6", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5),  # never met: five of ten fail
    ("fail=1%", [1, 2, 3, 4, 5, 6], 3),     # a share needs three failures at least
    ("fail=30%", [1, 2, 3, 4, 5, 6], 3),
    ("fail=60%", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5),  # one half is less
])
def test_one_at_a_time_a_rule_stops_exactly_where_it_is_met(run, when, rule, printed, status):
    # Odd tasks succeed, even ones fail.
    done = run("run", "-k", "-j", "1", "--halt", f"{when},{rule}", "-c", "echo {}; exit $(( ({#} + 1) % 2 ))", ":::", *range(1, 11))
    assert ([int(line) for line in done.lines], done.status) == (printed, status), done.stderr
    if len(printed) < 10:
        assert last_line(done.stderr) == f"drover: {10 - len(printed)} tasks were not run"
    else:
        assert b"not run" not in done.stderr


def test_never_is_the_default(run):
    assert run("run", "--halt", "never", "false", ":::", *range(9)).status == run("run", "false", ":::", *range(9)).status == 9


def test_a_failed_attempt_that_is_tried_again_does_not_meet_the_rule(run):
    done = run("run", "-k", "-j", "1", "--halt", "now,fail=1", "--retries", "1", "--retry-delay", "0.01", "-c",
            "[ $DROVER_ATTEMPT = 2 ] && echo {}", ":::", "a", "b")
    assert (done.status, done.lines) == (0, [b"a", b"b"])


@pytest.mark.parametrize("rule", ["1", "now", "now,fail", "now,fail=", "now,fail=0", "now,fail=-1", "now,fail=1.5", "now,fail=101%",
        "later,fail=1", "now,ok=1", "now fail=1"])
def test_other_halt_rules_are_errors_that_show_a_right_one(run, folder, rule):
    done = run("run", "--halt", rule, "touch", ":::", "started")
    assert done.status == 255
    assert b"now" in done.stderr and b"fail=" in done.stderr
    assert not (folder / "started").exists()


def test_what_a_halt_ended_is_not_run_in_the_job_log_either(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "2", "--joblog", "log", "--results", "out", "--halt", "now,fail=1", gate.program, ":::", "a", "b", "c")
    gate.wait_for("a", "b")
    gate.release("a", status=7)
    assert finish(process)[0] == 1
    rows = [line.split("\t") for line in (folder / "log").read_text().splitlines()[1:]]
    assert ["1", "7"] in [[row[0], row[6]] for row in rows]
    assert "3" not in [row[0] for row in rows]


# signals and the last line

@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_after_a_signal_the_last_line_says_how_many_were_not_run(run, folder, census, number, status):
    gate, before = Gate(folder), census.now()
    process = run.start("run", "-j", "2", gate.program, ":::", *"abcde")
    gate.wait_for("a", "b")
    gate.release("a")
    gate.wait_for("c")
    process.send_signal(number)
    ended, _, err = finish(process)
    assert ended == status
    *_, not_run, how_to_go_on = err.decode().splitlines()
    assert not_run == "drover: 4 tasks were not run"
    assert how_to_go_on == "drover: with --record FILE this run could go on from here"
    census.settles(before)


# --delay

def test_starts_are_spaced_by_the_delay(run):
    before = time.monotonic()
    done = run("run", "-j", "4", "--delay", "0.2", "true", ":::", *range(4))
    assert done.status == 0
    assert time.monotonic() - before >= 0.6
    before = time.monotonic()
    assert run("run", "-j", "4", "--delay", "600", "true", ":::", "one").status == 0  # nothing to wait for after the last


def test_an_interrupted_delay_does_not_wait_for_its_end(run, folder):
    gate = Gate(folder)
    process = run.start("run", "-j", "4", "--delay", "1h", gate.program, ":::", "a", "b")
    gate.wait_for("a")
    gate.release("a")
    until(lambda: gate.ended() == ["a"])
    process.send_signal(signal.SIGTERM)
    assert finish(process)[0] == 143


def test_drover_ends_when_its_tasks_have_although_a_reader_of_its_errors_is_slow(run):
    """A reader that looks at nothing until the end: the summary is still there, nothing hangs."""
    process = run.start("run", "-j", "2", "true", ":::", *range(50), stdout=subprocess.DEVNULL)
    assert process.wait(timeout=60) == 0
    assert b"50 tasks done" in process.communicate()[1]
