#include "cli/status_text.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace drover::cli {
namespace {

using record::Holder;

using record::StateCounts;
using record::Status;

constexpr double noon = 1'772'366'400;  // 2026-03-01T12:00:00Z, by date -d @1772366400

const Holder holder{"node7", 1234};

Here at(double now) {
  return {"run.drover", "/data/run", now, progress::Encoding::utf8};
}

// Half an hour old: 60 tasks are over, so two a minute.
Status half_way() {
  Status status;
  status.host = "node7";
  status.process = 1234;
  status.line = "drover run --record run.drover sim";
  status.folder = "/data/run";
  status.started = noon;
  status.written = noon + 1800;
  status.elapsed = 1800;
  status.total = 2000;
  status.done_before = 400;
  status.failed_before = 1;
  status.done = 57;
  status.failed = 3;
  status.running_in_all = 2;
  status.running = {{461, 1, 2, 4001, noon + 1550, "sim 461"}, {463, 2, 1, 4005, noon + 1790, "sim a\nb"}};
  return status;
}

std::string living(const Status& status, double now = noon + 1801) {
  return living_text(status, holder, at(now));
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

TEST(LivingRun, IsToldWhole) {
  EXPECT_EQ(living(half_way()),
            "run.drover: running for 30 min, since 2026-03-01T12:00:00Z\n"
            "457 of 2 000 tasks done, 4 failed, 2 running, 1 537 waiting\n"
            "from earlier runs: 400 done, 1 failed and not repeated\n"
            "2.0 tasks a minute, about 12 h 50 min left\n"
            "\n"
            "running, the longest first:\n"
            "  task     attempt  slot  process  since (UTC)           for           command\n"
            "  461            1     2  4001     2026-03-01T12:25:50Z  4 min 10 s    sim 461\n"
            "  463            2     1  4005     2026-03-01T12:29:50Z  10 s          sim a\\nb\n"
            "\n"
            "host      node7\n"
            "process   1234\n"
            "folder    /data/run\n"
            "command   drover run --record run.drover sim\n"
            "cancel    kill 1234\n"
            "failures  drover log --failed run.drover\n");
}

TEST(LivingRun, InventsNoTotalAndNoTimeLeft) {
  Status status = half_way();
  status.total.reset();
  status.waiting = 5;
  const std::string text = living(status);
  EXPECT_TRUE(
      says(text, "457 tasks done, 4 failed, 2 running, 5 waiting; the input has not been read to its end\n"))
      << text;
  EXPECT_TRUE(says(text, "2.0 tasks a minute\n"));
  EXPECT_FALSE(says(text, "left"));
}

TEST(LivingRun, HasNoPaceBeforeTheFirstTaskIsOver) {
  Status status = half_way();
  status.done = status.failed = 0;
  EXPECT_FALSE(says(living(status), "tasks a "));
}

TEST(LivingRun, TellsItsPaceInAUnitThatFits) {
  Status status = half_way();
  status.elapsed = 10;
  EXPECT_TRUE(says(living(status), "6.0 tasks a second"));
  status.elapsed = 36'000;
  EXPECT_TRUE(says(living(status), "6.0 tasks an hour"));
}

TEST(LivingRun, SaysHowOldAnOldStatusIs) {
  EXPECT_FALSE(says(living(half_way(), noon + 1810), "ago"));
  EXPECT_TRUE(says(living(half_way(), noon + 1840), "\nwritten 40 s ago: its host may be busy or gone\n"));
  EXPECT_FALSE(says(living(half_way(), noon), "ago"));  // the other host's clock is ahead
}

TEST(LivingRun, ShowsTheTwentyLongestAndCountsTheRest) {
  Status status = half_way();
  status.running.clear();
  for (unsigned i = 1; i <= 30; ++i)
    status.running.push_back({i, 1, i, 4000 + i, noon + i, fmt::format("sim <{}>", i)});
  status.running_in_all = 1032;
  const std::string text = living(status);
  EXPECT_TRUE(says(text, "sim <20>\n  and 1 012 more\n"));
  EXPECT_FALSE(says(text, "sim <21>"));
}

TEST(LivingRun, SaysWhyNothingMoreStarts) {
  Status status = half_way();
  status.waiting_for = "waiting: memory";
  EXPECT_TRUE(says(living(status), "\nwaiting: memory\n"));
}

TEST(LivingRun, IsCancelledThroughItsBatchJob) {
  EXPECT_EQ(cancel_command("Slurm 4711_3"), "scancel 4711_3");
  EXPECT_EQ(cancel_command("PBS 12.server"), "qdel 12.server");
  EXPECT_EQ(cancel_command("SGE 9"), "qdel 9");
  EXPECT_EQ(cancel_command("LSF 7"), "bkill 7");
  EXPECT_EQ(cancel_command("Slurm 1; rm -r"), "");
  EXPECT_EQ(cancel_command("Slurm $(date)"), "scancel '$(date)'");
  EXPECT_EQ(cancel_command(""), "");
  Status status = half_way();
  status.job = "Slurm 4711";
  const std::string text = living(status);
  EXPECT_TRUE(says(text, "\njob       Slurm 4711\n"));
  EXPECT_TRUE(says(text, "\ncancel    scancel 4711\n"));
}

TEST(LivingRun, WithoutAStatusNamesWhoHoldsIt) {
  EXPECT_TRUE(says(begun_text(holder, at(noon)), "run.drover: process 1234 on node7 holds it"));
}

record::Run three_hours() {
  record::Run run;
  run.id = 1;
  run.command = {"sim"};
  run.line = "drover run --record run.drover sim";
  run.folder = "/data/run";
  run.host = "node7";
  run.process = 1234;
  run.started = static_cast<std::int64_t>(noon) * 1'000'000;
  run.ended = run.started + 3 * 3600LL * 1'000'000;
  run.exit_status = 0;
  return run;
}

std::string at_rest(const record::Run& run, const StateCounts& counts, const Here& here = at(noon)) {
  return rest_text({run}, counts, here);
}

TEST(RunAtRest, ThatWentWellIsToldInShort) {
  EXPECT_EQ(at_rest(three_hours(), {.done = 1234}),
            "run.drover: ended 2026-03-01T15:00:00Z after 3 h, exit status 0\n"
            "1 234 tasks done, 0 failed\n"
            "\n"
            "host      node7\n"
            "process   1234\n"
            "folder    /data/run\n"
            "command   drover run --record run.drover sim\n");
}

TEST(RunAtRest, WithFailuresSaysHowToListAndRepeatThem) {
  record::Run run = three_hours();
  run.exit_status = 2;
  EXPECT_TRUE(says(at_rest(run, {.done = 1, .failed = 2}), "1 task done, 2 failed\n"));
  EXPECT_TRUE(says(at_rest(run, {.done = 1, .failed = 2}),
                   "\nto list what failed:\n  drover log --failed run.drover\n"
                   "\nto repeat what failed:\n  drover run --resume-failed --record run.drover sim\n"));
  EXPECT_FALSE(says(at_rest(run, {.done = 1, .failed = 2}), "go on"));
}

TEST(RunAtRest, ThatWasBrokenOffSaysSoAndHowToGoOn) {
  record::Run run = three_hours();
  run.ended.reset();
  run.exit_status.reset();
  const std::string text = at_rest(run, {.running = 8, .done = 3});
  EXPECT_TRUE(
      text.starts_with("run.drover: broken off, no drover runs it now (begun 2026-03-01T12:00:00Z)\n"
                       "3 tasks done, 0 failed, 8 in flight when it was broken off\n"))
      << text;
  EXPECT_TRUE(text.ends_with("\nto go on:\n  drover run --resume --record run.drover sim\n")) << text;
}

TEST(RunAtRest, ThatWasEndedEarlySaysByWhat) {
  record::Run run = three_hours();
  run.exit_status = 143;
  const std::string text = at_rest(run, {.done = 3, .not_run = 2});
  EXPECT_TRUE(
      says(text, "exit status 143 (ended by SIGTERM)\n3 tasks done, 0 failed, 2 ended with the run\n"));
  EXPECT_TRUE(says(text, "\nto go on:\n"));
}

TEST(RunAtRest, IsIncompleteIfATaskOrTheEndIsMissing) {
  record::Run run = three_hours();
  EXPECT_FALSE(is_incomplete(run, {.done = 3}));
  EXPECT_TRUE(is_incomplete(run, {.done = 3, .not_run = 1}));
  EXPECT_TRUE(is_incomplete(run, {.running = 1, .done = 3}));
  run.exit_status = 101;
  EXPECT_FALSE(is_incomplete(run, {.failed = 3}));
  for (const int ended_early : {129, 130, 131, 141, 143, 255}) {
    run.exit_status = ended_early;
    EXPECT_TRUE(is_incomplete(run, {.done = 3})) << ended_early;
  }
  run.ended.reset();
  EXPECT_TRUE(is_incomplete(run, {.done = 3}));
}

TEST(RunAtRest, IsResumedFromTheFolderThatItWasIn) {
  record::Run run = three_hours();
  run.exit_status = 143;
  Here here = at(noon);
  here.folder = "/home";
  run.folder = "/data/my run";
  EXPECT_TRUE(says(at_rest(run, {.not_run = 1}, here),
                   "  cd '/data/my run' && drover run --resume --record run.drover sim\n"));
}

TEST(RunAtRest, KeepsALineToPasteWholeAndEscapesWhatWouldMoveTheCursor) {
  record::Run run = three_hours();
  run.exit_status = 143;
  run.line = "drover run -c 'a\n\tb' ::: '\x1b[2J'";
  const std::string text = at_rest(run, {.not_run = 1});
  EXPECT_TRUE(says(text, "command   drover run -c 'a\\n\\tb' ::: '\\x1b[2J'\n")) << text;
  EXPECT_TRUE(
      says(text, "  drover run --resume -c 'a\n\tb' ::: '\\x1b[2J'\n  (some bytes of it are shown escaped;"))
      << text;
  run.line = "drover run -c 'a\n\tb' ::: é";
  EXPECT_FALSE(says(at_rest(run, {.not_run = 1}), "shown escaped"));
}

TEST(RunAtRest, CountsItsRuns) {
  EXPECT_TRUE(says(rest_text({three_hours(), three_hours()}, {.done = 3}, at(noon)),
                   "2 runs, the first one begun 2026-03-01T12:00:00Z\n"));
}

}  // namespace
}  // namespace drover::cli
