"""Order of starts and what is random: --shuf, --seed, {seed}; N inputs a task."""

import re

import pytest

INPUTS = [str(number) for number in range(1, 201)]
MOST = 2**31 - 1


def seeds(run, *options):
    done = run("run", "-k", *options, "echo", "{#}", "{seed}", "{}", ":::", *INPUTS)
    assert done.status == 0, done.stderr
    rows = [line.decode().split() for line in done.lines]
    assert [row[2] for row in rows] == [row[0] for row in rows] == INPUTS
    return [int(row[1]) for row in rows]


def test_every_task_of_a_run_has_a_seed_of_its_own_from_1_to_2_to_the_31_minus_1(run):
    of = seeds(run, "--seed", "42")
    assert len(set(of)) == len(INPUTS)
    assert all(1 <= seed <= MOST for seed in of)


@pytest.mark.parametrize("options", [["-j", "1"], ["-j", "8"], ["-j", "8", "--shuf"], ["-j", "3", "--retries", "2"], ["--line-buffer"]])
def test_the_seeds_depend_on_the_runs_seed_and_the_tasks_number_alone(run, options):
    assert seeds(run, "--seed", "42", *options) == seeds(run, "--seed", "42")


def test_another_seed_of_the_run_gives_other_seeds(run):
    assert set(seeds(run, "--seed", "1")) != set(seeds(run, "--seed", "2"))


def test_a_run_without_a_seed_says_the_one_it_took_and_can_be_repeated_with_it(run):
    first = run("run", "-k", "echo", "{}", "{seed}", ":::", "a", "b", "c")
    taken = re.search(rb"seed (\d+)", first.stderr.splitlines()[0])[1]
    assert run("run", "-k", "--seed", taken, "echo", "{}", "{seed}", ":::", "a", "b", "c").stdout == first.stdout


def test_runs_without_a_seed_differ(run):
    assert len({run("run", "echo", "{seed}", ":::", "a").stdout for _ in range(4)}) > 1


def test_the_variable_and_the_replacement_string_say_the_same(run):
    done = run("run", "-c", "[ {seed} = $DROVER_SEED ] || echo wrong {}", ":::", *range(20))
    assert (done.status, done.stdout) == (0, b"")


def test_a_seed_is_a_number_for_the_shells_arithmetic(run):
    done = run("run", "--seed", "9", "-c", "echo $(({seed} % 2 + {#} * 0 + {%} * 0)); : {}", ":::", "a")
    assert done.stdout in (b"0\n", b"1\n")


def test_a_parameter_called_seed_takes_its_place(run):
    assert run("run", "--grid", "seed=5,6", "-k", "echo", "{seed}").lines == [b"5", b"6"]


# --shuf

def shuffled(run, *options):
    done = run("run", "--shuf", "-j", "1", *options, "echo", "{#}", "{}", ":::", *INPUTS)
    assert done.status == 0
    rows = [tuple(line.decode().split()) for line in done.lines]
    assert sorted(rows) == sorted((number, number) for number in INPUTS)  # all once; {#} counts in the whole input
    return [number for number, _ in rows]


def test_shuffled_inputs_are_all_there_once_in_another_order(run):
    assert shuffled(run, "--seed", "1") != INPUTS


def test_a_shuffle_is_repeated_by_its_seed(run):
    assert shuffled(run, "--seed", "1") == shuffled(run, "--seed", "1") != shuffled(run, "--seed", "2")


@pytest.mark.parametrize("source", [["--grid", "a=1..20", "--grid", "b=1..10", "echo", "{#}", "{a}/{b}"],
        ["-n", "3", "echo", "{#}", "{}", ":::", *INPUTS], ["-a", "numbers", "echo", "{#}", "{}"]])
def test_every_source_can_be_shuffled(run, folder, source):
    (folder / "numbers").write_text("".join(f"{number}\n" for number in INPUTS))
    plain = run("run", "-j", "1", *source).lines
    mixed = run("run", "-j", "1", "--shuf", "--seed", "3", *source).lines
    assert sorted(mixed) == sorted(plain) and mixed != plain


# -n, -N

@pytest.mark.parametrize("option", ["-n", "-N", "--max-args"])
def test_several_inputs_make_one_task_and_the_last_may_have_fewer(run, option):
    assert run("run", "-k", option, "3", "printf", "<%s>", "{}", ".", ":::", *"abcdefg").stdout == b"<a><b><c><.><d><e><f><.><g><.>"


def test_appended_inputs_are_words_of_their_own(run):
    assert run("run", "-k", "-n", "2", "printf", "<%s>", ":::", "a b", "c").stdout == b"<a b><c>"


def test_each_of_several_inputs_has_its_number(run):
    assert run("run", "-k", "-n", "2", "echo", "{2/.}-{1.}", "{#}", ":::", "x/a.f", "y/b.f", "z/c.f").lines[0] == b"b-x/a 1"


def test_several_inputs_inside_a_word_are_an_error(run, folder):
    done = run("run", "-n", "2", "touch", "started-{}", ":::", "a", "b")
    assert done.status == 255
    assert b"{1}" in done.stderr
    assert list(folder.iterdir()) == []
