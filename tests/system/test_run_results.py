"""What a run leaves in files: --results, --joblog, --crash-report."""

import json
import os
import re

import pytest


def tree(path):
    """All files below, relative."""
    return sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())


# --results

def test_results_have_a_folder_for_each_task_and_are_printed_as_well(run, folder):
    done = run("run", "-k", "--progress=none", "--results", "out", "-c", "echo o{}; echo e{} >&2", ":::", "a", "b")
    assert (done.status, done.stdout, done.stderr) == (0, b"oa\nob\n", b"ea\neb\n")
    assert tree(folder / "out") == [f"{task}/{file}" for task in "12" for file in ("stderr", "stdout", "task.json")]
    assert (folder / "out/2/stdout").read_bytes() == b"ob\n"
    assert (folder / "out/2/stderr").read_bytes() == b"eb\n"


def test_task_json_says_what_ran_how_it_ended_and_what_it_took(run, folder):
    assert run("run", "--seed", "7", "--results", "out", "-c", "exit {}", ":::", "0", "3").status == 1
    task = json.loads((folder / "out/2/task.json").read_text())
    told = {key: task[key] for key in ("task", "inputs", "attempt", "verdict", "exit", "signal")}
    assert told == {"task": 2, "inputs": ["3"], "attempt": 1, "verdict": "failed", "exit": 3, "signal": None}
    assert task["command"] == "exit '3'"
    assert task["seconds"] >= 0 and task["peak_memory_bytes"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", task["start"])
    assert json.loads((folder / "out/1/task.json").read_text())["verdict"] == "succeeded"


def test_task_json_is_json_whatever_the_input_is(run, folder):
    nasty = [b'quote " backslash \\', b"new\nline", b"\xff\xfe", b"\x01tab\t", "µ".encode()]
    assert run("run", "--results", "out", "true", ":::", *nasty).status == 0
    inputs = [json.loads((folder / f"out/{task}/task.json").read_bytes())["inputs"] for task in range(1, 6)]
    assert inputs[0] == ['quote " backslash \\']
    assert inputs[1] == ["new\nline"]
    assert inputs[3:] == [["\x01tab\t"], ["µ"]]


def test_a_killed_task_is_told_in_its_json(run, folder):
    assert run("run", "--results", "out", "-c", "kill -{} $$", ":::", "KILL").status == 1
    task = json.loads((folder / "out/1/task.json").read_text())
    assert (task["exit"], task["signal"], task["verdict"]) == (None, 9, "failed")


def test_replacement_strings_name_the_folders(run, folder):
    assert run("run", "--results", "out/{/.}", "echo", ":::", "x/a.fits", "y/b.fits").status == 0
    assert tree(folder / "out") == [f"{task}/{file}" for task in "ab" for file in ("stderr", "stdout", "task.json")]
    assert (folder / "out/b/stdout").read_bytes() == b"y/b.fits\n"


def test_two_tasks_of_the_same_folder_name_do_not_overwrite_each_other(run, folder):
    assert run("run", "-j", "2", "--results", "out/{/.}", "echo", ":::", "x/a.fits", "y/a.fits").status == 0
    written = {(folder / "out" / name / "stdout").read_text() for name in os.listdir(folder / "out")}
    assert written == {"x/a.fits\n", "y/a.fits\n"}
    assert "2" in next(name for name in os.listdir(folder / "out") if name != "a")


def test_two_spellings_of_one_folder_name_do_not_overwrite_each_other(run, folder):
    assert run("run", "-j", "1", "--results", "out/{}", "echo", ":::", "a", "a/", "./a", "b//../a").status == 0
    written = sorted(path.read_text() for path in (folder / "out").rglob("stdout"))
    assert written == sorted(["a\n", "a/\n", "./a\n", "b//../a\n"])


def test_files_of_a_run_are_named_from_the_start_folder_wherever_its_tasks_work(run, folder):
    done = run("run", "--wd", "work", "--results", "out", "--joblog", "log", "--crash-report", "crash.txt", "false", ":::", "a")
    assert done.status == 1
    assert tree(folder) == ["crash.txt", "log", "out/1/stderr", "out/1/stdout", "out/1/task.json"]


def test_a_task_that_never_started_touches_nothing_of_the_task_before_it_in_its_slot(run, folder):
    """The second row is a column short: no command can be made of it."""
    (folder / "rows.csv").write_text("a,b\n1,2\n3\n")
    done = run("run", "-j", "1", "--results", "out", "--wd", "work_{a}", "--crash-report", "crash_{#}.txt", "--csv", "--header", ":",
               "echo", "{a}", "::::", "rows.csv")
    assert (done.status, done.stdout) == (1, b"1\n")
    task = json.loads((folder / "out/1/task.json").read_text())
    assert (task["task"], task["verdict"], task["exit"]) == (1, "succeeded", 0)
    assert [file for file in tree(folder) if file.endswith("task.json")] == ["out/1/task.json"]
    assert "work_1" not in (folder / "crash_2.txt").read_text()


def test_the_results_of_the_last_attempt_are_kept(run, folder):
    line = "echo try $DROVER_ATTEMPT {}; [ $DROVER_ATTEMPT = 2 ]"
    assert run("run", "--retries", "3", "--retry-delay", "0.01", "--results", "out", "-c", line, ":::", "x").status == 0
    assert (folder / "out/1/stdout").read_text() == "try 2 x\n"
    assert json.loads((folder / "out/1/task.json").read_text())["attempt"] == 2
    assert os.listdir(folder / "out") == ["1"]


def test_big_results_are_whole(run, folder):
    assert run("run", "--results", "out", "-c", "yes {} | head -c 5000000", ":::", "abc").status == 0
    assert (folder / "out/1/stdout").read_bytes() == (b"abc\n" * 1_250_000)


def test_a_task_that_could_not_be_started_has_its_json_as_well(run, folder):
    assert run("run", "--results", "out", "./{}", ":::", "missing").status == 1
    task = json.loads((folder / "out/1/task.json").read_text())
    assert task["verdict"] == "failed" and "missing" in task["cause"] and task["exit"] is None


# --joblog

def test_the_job_log_has_a_line_for_each_task_in_gnu_parallels_columns(run, folder):
    run("run", "-j", "1", "--joblog", "log", "-c", "printf 12345; exit {}", ":::", "0", "3", "0")
    header, *lines = (folder / "log").read_text().splitlines()
    assert header == "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand"
    rows = [line.split("\t") for line in lines]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert [row[1] for row in rows] == [":"] * 3
    assert all(re.fullmatch(r"\d+\.\d{3}", row[2]) and re.fullmatch(r" *\d+\.\d{3}", row[3]) for row in rows)
    assert [row[5] for row in rows] == ["5"] * 3
    assert [row[6:8] for row in rows] == [["0", "0"], ["3", "0"], ["0", "0"]]
    assert rows[1][8] == "printf 12345; exit '3'"


def test_the_job_log_names_the_signal(run, folder):
    run("run", "--joblog", "log", "-c", "kill -{} $$", ":::", "KILL", "SEGV")
    rows = sorted(line.split("\t") for line in (folder / "log").read_text().splitlines()[1:])
    assert [row[7] for row in rows] == ["9", "11"]


def test_the_job_log_has_the_last_attempt_alone(run, folder):
    run("run", "--joblog", "log", "--retries", "2", "--retry-delay", "0.01", "-c", "exit $((3 - $DROVER_ATTEMPT)){}", ":::", "")
    assert [line.split("\t")[6] for line in (folder / "log").read_text().splitlines()[1:]] == ["0"]


def test_an_input_of_several_lines_is_one_line_of_the_job_log(run, folder):
    run("run", "--joblog", "log", "true", ":::", "a\nb")
    assert len((folder / "log").read_bytes().splitlines()) == 2


def test_a_job_log_that_cannot_be_written_is_an_error_before_any_task(run, folder):
    (folder / "file").write_text("no folder")
    done = run("run", "--joblog", "file/log", "touch", ":::", "started")
    assert (done.status, b"file/log" in done.stderr) == (255, True)
    assert os.listdir(folder) == ["file"]


def test_a_job_log_makes_its_folder(run, folder):
    assert run("run", "--joblog", "logs/of/today/log", "true", ":::", "x").status == 0
    assert (folder / "logs/of/today/log").read_text().count("\n") == 2


# --crash-report

CRASHES = {
    "raising": ("/usr/bin/python3 -c 'raise ValueError(\"kT is negative\")' {}",
    ["exit status 1", "Traceback", "ValueError: kT is negative"]),
    "segfaulting": ("echo before >&2; kill -SEGV $$ {}", ["SIGSEGV", "before"]),
    "killed": ("echo before >&2; kill -KILL $$ {}", ["SIGKILL", "before"]),
    "exit 3": ("echo before >&2; : {}; exit 3", ["exit status 3", "before"]),
}


@pytest.mark.parametrize("how", CRASHES)
def test_a_crash_report_names_the_true_cause(run, folder, how):
    line, wanted = CRASHES[how]
    done = run("run", "--crash-report", "{/.}_crash.txt", "-c", line, ":::", "in/jw01_uncal.fits" if "kill" not in line else "0")
    name = "jw01_uncal_crash.txt" if "kill" not in line else "0_crash.txt"
    assert done.status == 1
    assert os.listdir(folder) == [name]
    report = (folder / name).read_text()
    for text in wanted:
        assert text in report
    assert "None\n" not in report


def test_a_crash_report_says_command_attempt_times_memory_host_and_seed(run, folder):
    assert run("run", "--seed", "5", "--crash-report", "{}.txt", "-c", "echo oh {} >&2; exit 4", ":::", "x").status == 1
    report = (folder / "x.txt").read_text()
    for text in ("echo oh 'x' >&2; exit 4", "attempt 1", "exit status 4", "run time", "peak memory", os.uname().nodename, "seed", "oh x"):
        assert text in report


def test_tasks_that_succeed_leave_no_crash_report(run, folder):
    assert run("run", "--crash-report", "{}.txt", "-c", "exit {}", ":::", "0", "1", "0").status == 1
    assert os.listdir(folder) == ["1.txt"]


def test_equal_base_names_of_different_folders_get_a_report_each(run, folder):
    done = run("run", "-j", "2", "--crash-report", "{/.}_crash.txt", "-c", "echo {} >&2; false", ":::", "a/x.fits", "b/x.fits", "c/x.fits")
    assert done.status == 3
    said = sorted((folder / name).read_text().splitlines()[-1] for name in os.listdir(folder))
    assert said == ["a/x.fits", "b/x.fits", "c/x.fits"]


def test_folders_of_crash_reports_are_made(run, folder):
    assert run("run", "--crash-report", "crashes/{//}/{/}.txt", "false", ":::", "a/x", "b/x").status == 2
    assert tree(folder) == ["crashes/a/x.txt", "crashes/b/x.txt"]


def test_a_file_of_the_users_is_not_overwritten_by_a_crash_report(run, folder):
    (folder / "x.txt").write_text("precious\n")
    assert run("run", "--crash-report", "{}.txt", "false", ":::", "x").status == 1
    assert (folder / "x.txt").read_text() == "precious\n"
    assert len(os.listdir(folder)) == 2


def test_a_later_attempt_that_succeeds_removes_the_crash_report(run, folder):
    line = "ls *.txt > seen 2>/dev/null; [ $DROVER_ATTEMPT = 2 ] || exit 1; : {}"
    assert run("run", "--retries", "1", "--retry-delay", "0.01", "--crash-report", "{}.txt", "-c", line, ":::", "x").status == 0
    assert (folder / "seen").read_text() == "x.txt\n"  # it was there in between
    assert not (folder / "x.txt").exists()


@pytest.mark.parametrize("way", ["--group", "--line-buffer"])
def test_the_whole_standard_error_is_in_the_crash_report_even_if_it_is_five_megabytes(run, folder, way):
    done = run("run", way, "--crash-report", "{}.txt", "-c", "yes {} | head -c 5000000 >&2; false", ":::", "0123456")
    assert done.status == 1
    report = (folder / "0123456.txt").read_bytes()
    assert report.count(b"0123456\n") >= 625_000
    assert report.rstrip(b"\n").endswith((b"0123456\n" * 625_000).rstrip(b"\n"))
    assert b"0123456\n" * 625_000 in done.stderr


def test_a_program_that_cannot_be_started_has_a_crash_report(run, folder):
    assert run("run", "--crash-report", "{}.txt", "./{}", ":::", "missing").status == 1
    assert "missing" in (folder / "missing.txt").read_text()


def test_a_task_that_timed_out_has_a_crash_report_that_says_so(run, folder):
    assert run("run", "--timeout", "0.2", "--crash-report", "report.txt", "sleep", ":::", "600").status == 1
    assert "timed out" in (folder / "report.txt").read_text()


def test_with_line_buffer_a_crash_report_has_the_standard_error_of_its_own_task(run, folder):
    line = "echo oops {} >&2; printf 'unfinished {}' >&2; exit {}"
    assert run("run", "-j", "1", "--line-buffer", "--crash-report", "crash_{}.txt", "-c", line, ":::", "3", "0", "4").status == 2
    assert tree(folder) == ["crash_3.txt", "crash_4.txt"]
    for task, others in ((3, (0, 4)), (4, (0, 3))):
        report = (folder / f"crash_{task}.txt").read_text()
        assert f"oops {task}\nunfinished {task}" in report
        assert not any(f"oops {other}" in report for other in others)


def test_with_line_buffer_a_crash_report_has_the_standard_error_of_the_last_attempt(run, folder):
    line = "echo oops of attempt $DROVER_ATTEMPT >&2; exit 3; : {}"
    done = run("run", "--line-buffer", "--retries", "1", "--retry-delay", "0.01", "--crash-report", "crash.txt", "-c", line, ":::", "x")
    assert done.status == 1
    report = (folder / "crash.txt").read_text()
    assert "oops of attempt 2\n" in report and "oops of attempt 1" not in report
