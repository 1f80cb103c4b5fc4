#include "progress/summary.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace drover::progress {
namespace {

using schedule::Verdict;

FinishedTask good(schedule::TaskNumber number, double seconds) {
  return {.number = number,
          .command = "sim",
          .seconds = seconds,
          .cpu_seconds = seconds / 2,
          .verdict = Verdict::succeeded};
}

FinishedTask bad(schedule::TaskNumber number, std::string_view cause) {
  return {
      .number = number, .command = "sim --kT 3", .cause = cause, .seconds = 0.1, .verdict = Verdict::failed};
}

TEST(Summary, IsOneLineForAShortRunWithoutFailures) {
  Summary summary;
  for (unsigned i = 1; i <= 20; ++i) summary.ended(good(i, 0.1));
  EXPECT_EQ(summary.text({.succeeded = 20, .wall_seconds = 0.3, .cores = 8}), "20 tasks done in 300 ms");
}

TEST(Summary, TellsCoreHoursAndUseOfTheCoresFromOneSecondOn) {
  Summary summary;
  // 8 × 5 min on two cores each: 4800 core-seconds reserved, 1200 used; 1200 of 4 × 900.
  for (unsigned i = 1; i <= 8; ++i) {
    FinishedTask task = good(i, 300);
    task.cores = 2;
    summary.ended(task);
  }
  EXPECT_EQ(summary.text({.succeeded = 8, .wall_seconds = 900, .cores = 4}),
            "8 tasks done in 15 min\n"
            "  0.33 core-hours used, 1.33 reserved; 4 cores 33 % busy");
}

TEST(Summary, CountsSmallAmountsInCoreSeconds) {
  Summary summary;
  for (unsigned i = 1; i <= 20; ++i) summary.ended(good(i, 1));
  EXPECT_EQ(summary.text({.succeeded = 20, .wall_seconds = 3, .cores = 8}),
            "20 tasks done in 3 s\n"
            "  10.0 core-seconds used, 20.0 reserved; 8 cores 42 % busy");
}

TEST(Summary, NamesTheThreeSlowestWhereTheyStandOut) {
  Summary summary;
  for (unsigned i = 1; i <= 100; ++i) summary.ended(good(i, 0.5));
  const auto slow = [](schedule::TaskNumber number, double seconds, std::string_view command) {
    FinishedTask task = good(number, seconds);
    task.command = command;
    return task;
  };
  summary.ended(slow(101, 90, "sim --kT 7"));
  summary.ended(slow(102, 3, "sim --kT 1"));
  summary.ended(slow(103, 250, "sim 'a\nb'"));
  summary.ended(slow(104, 4, "sim \xff"));
  EXPECT_EQ(summary.text({.succeeded = 104, .wall_seconds = 250, .cores = 1}),
            "104 tasks done in 4 min 10 s\n"
            "  0.06 core-hours used, 0.11 reserved; 1 core 79 % busy\n"
            "  slowest: 4 min 10 s  task 103 (sim 'a\\nb')\n"
            "           90 s        task 101 (sim --kT 7)\n"
            "           4 s         task 104 (sim \\xff)");
}

TEST(Summary, DoesNotNameTheSlowestOfEqualsOrOfThree) {
  Summary equals;
  for (unsigned i = 1; i <= 20; ++i) equals.ended(good(i, 10));
  EXPECT_EQ(equals.text({.succeeded = 20, .wall_seconds = 20}).find("slowest"), std::string::npos);
  Summary three;
  for (unsigned i = 1; i <= 3; ++i) three.ended(good(i, i == 3 ? 100 : 0.1));
  EXPECT_EQ(three.text({.succeeded = 3, .wall_seconds = 100}).find("slowest"), std::string::npos);
}

TEST(Summary, ShowsAFailureWithItsCommandItsCauseAndItsLastWords) {
  Summary summary;
  for (unsigned i = 1; i <= 3; ++i) summary.ended(good(i, 0.1));
  FinishedTask task = bad(4, "exit status 3");
  task.last_stderr_line = "cannot open atoms.fits";
  summary.ended(task);
  EXPECT_EQ(summary.text({.succeeded = 3, .failed = 1, .wall_seconds = 0.5, .cores = 2}),
            "3 of 4 tasks done, 1 failed, in 500 ms\n"
            "  task 4 (sim --kT 3): exit status 3\n"
            "    stderr: cannot open atoms.fits");
}

TEST(Summary, CountsRepeatedAttemptsAndSaysWhichOneFailed) {
  Summary summary;
  FinishedTask task = bad(1, "killed by SIGSEGV (segmentation fault)");
  summary.repeated(task);
  summary.repeated(task);
  task.attempt = 3;
  summary.ended(task);
  EXPECT_EQ(summary.text({.failed = 1, .wall_seconds = 0.5}),
            "1 task failed after 500 ms, 2 attempts repeated\n"
            "  task 1 (sim --kT 3): killed by SIGSEGV (segmentation fault), on attempt 3");
}

TEST(Summary, ShowsTenFailuresAndCountsTheRest) {
  Summary summary;
  for (unsigned i = 1; i <= 12; ++i) summary.ended(bad(i, "exit status 1"));
  std::string expected = "all 12 tasks failed, in 100 ms";
  for (unsigned i = 1; i <= 10; ++i) expected += fmt::format("\n  task {} (sim --kT 3): exit status 1", i);
  EXPECT_EQ(summary.text({.failed = 12, .wall_seconds = 0.1}), expected + "\n  and 2 more tasks failed");
}

TEST(Summary, EndsWithTheTasksThatWereNotRun) {
  Summary summary;
  summary.ended(good(1, 0.1));
  summary.ended(bad(2, "exit status 1"));
  EXPECT_EQ(summary.text({.succeeded = 1, .failed = 1, .not_run = 3, .wall_seconds = 0.1}),
            "1 of 5 tasks done, 1 failed, in 100 ms\n"
            "  task 2 (sim --kT 3): exit status 1\n"
            "3 tasks were not run");
  EXPECT_EQ(Summary().text({.not_run = 1, .wall_seconds = 0.1}),
            "no task done in 100 ms\n1 task was not run");
  EXPECT_EQ(Summary().text({.succeeded = 2, .not_run = 1000, .not_run_is_least = true, .wall_seconds = 0.1}),
            "2 of at least 1 002 tasks done in 100 ms\nat least 1 000 tasks were not run");
}

TEST(Summary, DoesNotCallATaskThatWasEndedByAHaltAFailure) {
  Summary summary;
  FinishedTask task = bad(1, "ended: the run was stopped");
  task.verdict = Verdict::not_run;
  summary.ended(task);
  EXPECT_EQ(summary.text({.not_run = 1, .wall_seconds = 0.1}), "no task done in 100 ms\n1 task was not run");
}

// The words and numbers of the contract: 0.4 ms of 1.1 ms is 38 %, seven times what it should be at most.
TEST(Summary, AdvisesBiggerTasksWhenStartingThemCostsMoreThanATenth) {
  const auto note = [](double start, unsigned count, double wall) {
    Summary summary;
    for (unsigned i = 1; i <= count; ++i)
      summary.ended({.number = i,
                     .command = "true",
                     .seconds = 0.0011,
                     .cpu_seconds = 0.001,
                     .start_cost_seconds = start,
                     .verdict = Verdict::succeeded});
    const std::string text = summary.text({.succeeded = count, .wall_seconds = wall});
    const std::size_t at = text.find("starting a task");
    return at == std::string::npos ? std::string() : text.substr(at);
  };
  EXPECT_EQ(
      note(0.00042, 2000, 2),
      "starting a task took 0.4 ms, 38 % of its run time of 1.1 ms: give each task more to do, e.g. -n 10");
  EXPECT_EQ(note(0.0001, 2000, 2), "");     // 9 %
  EXPECT_EQ(note(0.00042, 19, 2), "");      // too few to tell
  EXPECT_EQ(note(0.00042, 2000, 0.9), "");  // nobody waited for it
}

TEST(Summary, SaysNothingWhenThereWasNothingToDo) {
  EXPECT_EQ(Summary().text({.wall_seconds = 5}), "");
}

TEST(Summary, KeepsShortTextsHoweverLongTheCommands) {
  Summary summary;
  const std::string huge(1'000'000, 'x');
  for (unsigned i = 1; i <= 1000; ++i) {
    FinishedTask task = bad(i, huge);
    task.command = huge;
    task.last_stderr_line = huge;
    task.seconds = i;
    summary.ended(task);
  }
  EXPECT_LT(summary.text({.failed = 1000, .wall_seconds = 1}).size(), 10'000U);
}

TEST(Summary, TellsWhatEarlierRunsDid) {
  Summary summary;
  summary.ended(good(21, 0.1));
  EXPECT_EQ(summary.text({.succeeded = 1, .done_before = 1234, .failed_before = 2, .wall_seconds = 0.1}),
            "1 task done in 100 ms\n"
            "  in earlier runs 1 234 done, 2 failed");
}

TEST(Summary, TellsOfEarlierRunsBeforeTheCost) {
  Summary summary;
  summary.ended(good(2, 4));
  EXPECT_EQ(summary.text({.succeeded = 1, .done_before = 1, .wall_seconds = 4, .cores = 1}),
            "1 task done in 4 s\n"
            "  in earlier runs 1 done, 0 failed\n"
            "  2.00 core-seconds used, 4.00 reserved; 1 core 50 % busy");
}

TEST(Summary, SaysThatNothingIsLeft) {
  EXPECT_EQ(nothing_left({.done_before = 20, .failed_before = 2}),
            "nothing is left to do: 20 tasks are done, 2 failed");
  EXPECT_EQ(nothing_left({.done_before = 1}), "nothing is left to do: 1 task is done");
  EXPECT_EQ(nothing_left({.done_before = 12345}), "nothing is left to do: 12 345 tasks are done");
}

}  // namespace
}  // namespace drover::progress
