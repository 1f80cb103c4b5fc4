#include "farm/recorder.hpp"

#include <csignal>

#include "tests/farm/pretend_report.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::farm {
namespace {

using record::test::must;

std::string refusal(const Result<void>& result) {
  return result ? "accepted" : result.error().what();
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class RecorderTest : public record::test::RecordFolder {
 protected:
  RunOptions some_options() const {
    RunOptions options;
    options.command = {"sim", "{}"};
    options.seed = 42;
    options.record = path_;
    options.line = "drover run --record r sim ::: a.fits";
    options.version = "0.1.0";
    return options;
  }

  // A finished run of the one task of PretendReport.
  void one_run() {
    RunOptions options = some_options();
    Recorder recorder = must(Recorder::find(options));
    must(recorder.begin(options, {}));
    CaptureBudget budget(folder_.string());
    char* none[] = {nullptr};
    const BaseEnvironment base(none, 1, false);
    RunningTask task(budget, base);
    task.input.number = 7;
    task.input.add("a.fits");
    task.seed = 12345;
    must(recorder.started(task));
    EXPECT_TRUE(task.input.on_record);
    must(recorder.ended(report_.report, true));
    must(recorder.commit(true));
    must(recorder.end(1));
  }

  test::PretendReport report_;
};

TEST_F(RecorderTest, WritesWhatTheReportSays) {
  one_run();
  record::Log log = must(record::Log::open(path_, record::Log::Which::all));
  ASSERT_TRUE(must(log.next()));
  const record::LoggedTask& logged = log.task();
  EXPECT_EQ(logged.task.number, 7U);
  EXPECT_EQ(logged.task.input, "a.fits");
  EXPECT_EQ(logged.task.seed, 12345U);
  EXPECT_EQ(logged.task.state, record::TaskState::failed);
  const record::Attempt& last = logged.last;
  EXPECT_EQ(last.attempt, 2U);
  EXPECT_EQ(last.slot, 4U) << "as it is printed: from 1 on";
  EXPECT_EQ(last.started, 1'772'366'400'250'000);
  EXPECT_EQ(last.ran, 1'500'000);
  EXPECT_EQ(last.exit_status, 3);
  EXPECT_EQ(last.signal, 0);
  EXPECT_EQ(last.cause, "exit status 3");
  EXPECT_EQ(last.cpu_user, 1'250'000);
  EXPECT_EQ(last.cpu_system, 125'000);
  EXPECT_EQ(last.peak_memory, 1ULL << 30U);
  EXPECT_EQ(last.stdout_bytes, 6U);
  EXPECT_EQ(last.stderr_bytes, 20U);
  EXPECT_EQ(log.runs().front().exit_status, 1);
}

TEST_F(RecorderTest, HasNoExitStatusOfWhatASignalEnded) {
  report_.report.status = process::ExitStatus::signalled(SIGSEGV);
  one_run();
  record::Log log = must(record::Log::open(path_, record::Log::Which::all));
  ASSERT_TRUE(must(log.next()));
  EXPECT_EQ(log.task().last.exit_status, std::nullopt);
  EXPECT_EQ(log.task().last.signal, SIGSEGV);
}

TEST_F(RecorderTest, HasNoExitStatusOfWhatNeverRan) {
  report_.report.started = false;
  report_.report.status = {};
  one_run();
  record::Log log = must(record::Log::open(path_, record::Log::Which::all));
  ASSERT_TRUE(must(log.next()));
  EXPECT_EQ(log.task().last.exit_status, std::nullopt);
  EXPECT_EQ(log.task().last.signal, 0);
}

TEST_F(RecorderTest, RefusesARecordThatIsNotToBeResumed) {
  one_run();
  RunOptions options = some_options();
  const Result<Recorder> found = Recorder::find(options);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code(), Errc::usage);
  EXPECT_PRED2(holds, found.error().what(), path_ + " exists: add --resume");
}

TEST_F(RecorderTest, TakesTheSeedOfTheRecord) {
  one_run();
  RunOptions options = some_options();
  options.resume = Resume::unfinished;
  options.seed = 99;  // drawn, not given
  Recorder found = must(Recorder::find(options));
  EXPECT_EQ(options.seed, 42U);
  EXPECT_EQ(options.inputs.seed, 42U);
  const std::optional<record::Earlier> earlier = must(found.earlier());
  ASSERT_TRUE(earlier.has_value());
  EXPECT_EQ(earlier->counts().failed, 1U);
}

TEST_F(RecorderTest, KnowsOfNothingEarlierInANewRecord) {
  RunOptions options = some_options();
  options.resume = Resume::unfinished;
  Recorder found = must(Recorder::find(options));
  EXPECT_FALSE(must(found.earlier()).has_value());
  EXPECT_EQ(options.seed, 42U);
  EXPECT_TRUE(files().empty()) << "nothing is made before begin()";
}

TEST_F(RecorderTest, LooksUpOnlyWhatIsToBeResumed) {
  one_run();
  const std::string before = record::test::bytes_of(path_);
  RunOptions options = some_options();
  EXPECT_FALSE(must(Recorder::look_up(options)).has_value());
  options.resume = Resume::failed_too;
  options.seed = 5;
  EXPECT_TRUE(must(Recorder::look_up(options)).has_value());
  EXPECT_EQ(options.seed, 42U);
  EXPECT_EQ(record::test::bytes_of(path_), before);
  options.record = path_ + "x";
  EXPECT_FALSE(must(Recorder::look_up(options)).has_value());
}

TEST(SameRun, IsOfTheSameCommandAndSeed) {
  record::Run run;
  run.command = {"sim", "a b", "{}"};
  run.mode = "direct";
  run.seed = 7;
  RunOptions options;
  options.command = {"sim", "a b", "{}"};
  options.seed = 8;
  EXPECT_EQ(refusal(check_same_run("r", run, options)), "accepted") << "a seed that was drawn does not count";
  options.seed_given = true;
  const std::string seeds = refusal(check_same_run("r", run, options));
  EXPECT_PRED2(holds, seeds, "has the seed 7, and this is --seed 8");
  options.seed = 7;
  EXPECT_EQ(refusal(check_same_run("r", run, options)), "accepted");
}

TEST(SameRun, IsShownBesideAnotherOne) {
  record::Run run;
  run.command = {"sim", "a b", "{}"};
  run.mode = "direct";
  RunOptions options;
  options.command = {"sim", "a", "b", "{}"};
  EXPECT_PRED2(holds, refusal(check_same_run("r", run, options)),
               "it has  sim 'a b' '{}'  and this is  sim a b '{}'");
  options.command = {"sim"};
  options.mode = Command::Mode::shell;
  EXPECT_PRED2(holds, refusal(check_same_run("r", run, options)), "and this is  -c sim");
  options.command = run.command;
  options.mode = Command::Mode::direct;
  options.replace = "@";
  EXPECT_PRED2(holds, refusal(check_same_run("r", run, options)), "and this is  -I @ sim");
  options.replace = "{}";
  options.inputs.per_task = 3;
  EXPECT_PRED2(holds, refusal(check_same_run("r", run, options)), "and this is  -n 3 sim");
  options.inputs.per_task = 1;
  options.command.clear();
  options.mode = Command::Mode::lines;
  EXPECT_PRED2(holds, refusal(check_same_run("r", run, options)), "no command: each input is a shell line");
}

TEST(LineThatResumes, HasTheOptionInFrontOfTheOthers) {
  EXPECT_EQ(line_that_resumes("drover run --record r sim ::: a", "--resume"),
            "drover run --resume --record r sim ::: a");
  EXPECT_EQ(line_that_resumes("drover run", "--resume-failed"), "drover run --resume-failed");
}

}  // namespace
}  // namespace drover::farm
