#include "cli/run_options.hpp"

#include <gtest/gtest.h>

#include "cli/left_out.hpp"

namespace drover::cli {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

farm::RunOptions read(const Words& words) {
  Result<RunWords> read = read_run_words(words);
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().what());
  return read ? read->options : farm::RunOptions{};
}

std::string refusal(const Words& words) {
  const Result<RunWords> read = read_run_words(words);
  EXPECT_FALSE(read.has_value());
  return read ? std::string() : read.error().what();
}

TEST(RunOptions, EndAtTheFirstWordOfTheCommand) {
  const farm::RunOptions options = read({"-j", "2", "sim", "-k", "--seed", "3", "{}", ":::", "a"});
  EXPECT_EQ(options.command, (Words{"sim", "-k", "--seed", "3", "{}"}));
  EXPECT_FALSE(options.keep_order);
}

TEST(RunOptions, EndAtTwoDashesToo) {
  const farm::RunOptions options = read({"-k", "--", "-odd-program", "-x", ":::", "a"});
  EXPECT_EQ(options.command, (Words{"-odd-program", "-x"}));
  EXPECT_TRUE(options.keep_order);
}

TEST(RunOptions, AreTakenInTheFormsThatPeopleWrite) {
  for (const Words& words : {Words{"-j4", "x"}, Words{"-j", "4", "x"}, Words{"--jobs=4", "x"},
                             Words{"--jobs", "4", "x"}, Words{"-P4", "x"}, Words{"--max-procs=4", "x"}}) {
    EXPECT_EQ(read(words).jobs, Cores::exactly(4)) << words[0];
    EXPECT_EQ(read(words).command, Words{"x"}) << words[0];
  }
  const farm::RunOptions cluster = read({"-kt", "x"});
  EXPECT_TRUE(cluster.keep_order && cluster.verbose);
}

TEST(RunOptions, OfAnOptionGivenTwiceTheLastCounts) {
  const farm::RunOptions options =
      read({"-j", "4", "--joblog", "a", "-j2", "--joblog", "b", "-k", "-k", "x"});
  EXPECT_EQ(options.jobs, Cores::exactly(2));
  EXPECT_EQ(options.job_log, "b");
  EXPECT_TRUE(options.keep_order);
}

TEST(RunOptions, AnOptionWithAFileTakesOneWordOnly) {
  const farm::RunOptions options = read({"-a", "in.txt", "-a", "more.txt", "sim"});
  ASSERT_EQ(options.inputs.sources.size(), 2U);
  EXPECT_EQ(options.inputs.sources[1].words, Words{"more.txt"});
  EXPECT_EQ(options.command, Words{"sim"});
}

TEST(RunOptions, ProgressTakesItsValueAfterAnEqualsSignOnly) {
  EXPECT_EQ(read({"--progress", "echo"}).command, Words{"echo"});
  EXPECT_EQ(read({"--progress", "echo"}).progress, progress::Mode::automatic);
  EXPECT_EQ(read({"--progress=none", "echo"}).progress, progress::Mode::none);
  EXPECT_EQ(read({"--bar", "echo"}).progress, progress::Mode::bar);
  EXPECT_NE(refusal({"--progress=loud", "echo"}).find("plain"), std::string::npos);
}

TEST(RunOptions, SourcesCombineInTheDocumentedOrder) {
  using Kind = farm::SourceOption::Kind;
  const farm::RunOptions options = read({"--glob", "*.a", "--grid", "x=1,2", "-a", "f", "--glob", "*.b",
                                         "cmd", ":::", "v", ":::+", "w", "::::", "g", "h"});
  std::vector<Kind> kinds;
  for (const farm::SourceOption& source : options.inputs.sources) kinds.push_back(source.kind);
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::file, Kind::grid, Kind::glob, Kind::values, Kind::values,
                                      Kind::file, Kind::file}));
  EXPECT_EQ(options.inputs.sources[2].words, (Words{"*.a", "*.b"}));
  EXPECT_TRUE(options.inputs.sources[4].linked);
  EXPECT_FALSE(options.inputs.sources[5].linked);
}

TEST(RunOptions, TheModeOfTheCommandFollowsFromItsWords) {
  EXPECT_EQ(read({"sim"}).mode, farm::Command::Mode::direct);
  EXPECT_EQ(read({"-c", "sim | tee"}).mode, farm::Command::Mode::shell);
  EXPECT_EQ(read({":::", "ls -l"}).mode, farm::Command::Mode::lines);
  EXPECT_NE(refusal({"-c", ":::", "a"}).find("shell line"), std::string::npos);
}

TEST(RunOptions, TimesAreSecondsWithoutAUnit) {
  const farm::RunOptions options =
      read({"--timeout", "90", "--grace", "1m", "--delay", "0.5", "--retry-delay", "2s", "x"});
  EXPECT_EQ(options.timeout, std::chrono::nanoseconds(90s));
  EXPECT_EQ(options.grace, std::chrono::nanoseconds(60s));
  EXPECT_EQ(options.delay, std::chrono::nanoseconds(500ms));
  EXPECT_EQ(options.retry_delay, std::chrono::nanoseconds(2s));
  EXPECT_EQ(read({"--timeout", "250%", "x"}).timeout_per_cent, 250.0);
  EXPECT_NE(refusal({"--timeout", "0", "x"}).find("--timeout"), std::string::npos);
}

TEST(RunOptions, AWrongNumberOfJobsSaysWhatToWrite) {
  for (const char* jobs : {"0", "+2", "-2", "1.5", "some"}) {
    const std::string message = refusal({std::string("--jobs=") + jobs, "x"});
    EXPECT_NE(message.find("half"), std::string::npos) << jobs << ": " << message;
  }
}

TEST(RunOptions, AnEmptyValueIsNotAnOptionLeftOut) {
  for (const char* option : {"--jobs=", "--results=", "--halt=", "--joblog=", "--seed=", "--wd="}) {
    EXPECT_NE(refusal({option, "x"}).find("empty value"), std::string::npos) << option;
    const std::string name(option, std::string_view(option).size() - 1);
    EXPECT_NE(refusal({name, "", "x"}).find("empty value"), std::string::npos) << name;
  }
  EXPECT_FALSE(refusal({"-I", "", "x"}).empty());
}

TEST(RunOptions, OptionsThatContradictEachOtherAreRefused) {
  EXPECT_FALSE(refusal({"-u", "-k", "x"}).empty());
  EXPECT_FALSE(refusal({"--group", "--line-buffer", "x"}).empty());
  EXPECT_FALSE(refusal({"-0", "-d", ",", "x"}).empty());
}

TEST(RunOptions, DelimitersAreOneCharacterInTheWaysOfXargs) {
  EXPECT_EQ(read({"-d", ",", "x"}).inputs.delimiter, ',');
  EXPECT_EQ(read({"-d", "\\t", "x"}).inputs.delimiter, '\t');
  EXPECT_EQ(read({"-d", "\\0", "x"}).inputs.delimiter, '\0');
  EXPECT_EQ(read({"-d", "\\x2c", "x"}).inputs.delimiter, ',');
  EXPECT_EQ(read({"-0", "x"}).inputs.delimiter, '\0');
  EXPECT_FALSE(refusal({"-d", "ab", "x"}).empty());
}

TEST(RunOptions, AnUnknownOptionIsAnError) {
  EXPECT_NE(refusal({"--no-such", "x"}).find("--no-such"), std::string::npos);
  EXPECT_NE(refusal({"-exec", "./greet.sh"}).find("-exec"), std::string::npos);  // xargs runs it by luck
}

TEST(RunOptions, OptionsLeftOutOnPurposeSayWhatToDoInstead) {
  EXPECT_NE(refusal({"--pipe", "wc"}).find("split(1)"), std::string::npos);
  EXPECT_NE(refusal({"--xapply", "x"}).find(":::+"), std::string::npos);
  EXPECT_TRUE(what_instead("--block=1M").has_value());
  EXPECT_FALSE(what_instead("--keep-order").has_value());
}

TEST(RunOptions, ALinkedSourceNeedsOneBeforeIt) {
  EXPECT_NE(refusal({"x", ":::+", "a"}).find(":::+"), std::string::npos);
  EXPECT_TRUE(read({"-a", "f", "x", ":::+", "a"}).inputs.sources[1].linked);
}

TEST(RunOptions, MemoryIsASizeOrLearnt) {
  using namespace drover::literals;
  EXPECT_EQ(read({"--mem", "4G", "x"}).memory, 4_GiB);
  EXPECT_FALSE(read({"--mem", "4G", "x"}).learn_memory);
  EXPECT_TRUE(read({"--mem", "auto", "x"}).learn_memory);
  EXPECT_EQ(read({"--mem", "auto", "x"}).memory, std::nullopt);
  const farm::RunOptions last = read({"--mem", "auto", "--mem", "2G", "x"});
  EXPECT_FALSE(last.learn_memory);
  EXPECT_EQ(last.memory, 2_GiB);
  for (const char* wrong : {"Auto", "4", "auto4", "0G", "-1G"})
    EXPECT_NE(refusal({"--mem", wrong, "x"}).find("--mem"), std::string::npos) << wrong;
}

TEST(RunOptions, FreeMemoryIsASize) {
  using namespace drover::literals;
  EXPECT_EQ(read({"--memfree", "500M", "x"}).memory_free, 500_MiB);
  EXPECT_EQ(read({"x"}).memory_free, std::nullopt);
  for (const char* wrong : {"auto", "4", "50%", "0G"})
    EXPECT_NE(refusal({"--memfree", wrong, "x"}).find("--memfree"), std::string::npos) << wrong;
}

TEST(RunOptions, ARecordIsResumedOnlyWhenAskedFor) {
  EXPECT_EQ(read({"x"}).record, std::nullopt);
  EXPECT_EQ(read({"--record", "r", "x"}).record, "r");
  EXPECT_EQ(read({"--record", "r", "x"}).resume, farm::Resume::no);
  EXPECT_EQ(read({"--resume", "--record=r", "x"}).resume, farm::Resume::unfinished);
  EXPECT_EQ(read({"--record", "r", "--resume-failed", "x"}).resume, farm::Resume::failed_too);
  EXPECT_EQ(read({"--record", "r", "--resume-failed", "--resume", "x"}).resume, farm::Resume::failed_too);
}

TEST(RunOptions, ResumingNeedsARecord) {
  EXPECT_NE(refusal({"--resume", "x"}).find("--resume needs the record"), std::string::npos);
  EXPECT_NE(refusal({"--resume-failed", "x"}).find("--resume-failed needs the record"), std::string::npos);
  EXPECT_NE(refusal({"--resume", "x"}).find("--record FILE"), std::string::npos);
  EXPECT_NE(refusal({"--record", "", "x"}).find("--record"), std::string::npos);
  EXPECT_NE(refusal({"--record=", "x"}).find("--record"), std::string::npos);
}

TEST(RunOptions, KeepTheLineAsItCanBePasted) {
  EXPECT_EQ(read({"--record", "my run", "-c", "echo {}", ":::", "it's", ""}).line,
            "drover run --record 'my run' -c 'echo {}' ::: 'it'\\''s' ''");
}

TEST(RunOptions, KeepTheLineWithoutWhatIsAddedWhenItIsRunAgain) {
  EXPECT_EQ(
      read({"--resume", "--record", "r", "--resume-failed", "x", "--resume", ":::", "--resume-failed"}).line,
      "drover run --record r x --resume ::: --resume-failed");
}

TEST(RunOptions, SayWhetherASeedWasGiven) {
  EXPECT_TRUE(read({"--seed", "3", "x"}).seed_given);
  EXPECT_FALSE(read({"x"}).seed_given);
}

TEST(RunOptions, LeftOutOfGnuParallelNameWhatToWrite) {
  EXPECT_NE(refusal({"--retry-failed", "x"}).find("--resume-failed"), std::string::npos);
  EXPECT_NE(refusal({"--memsuspend", "1G", "x"}).find("--memfree"), std::string::npos);
}

}  // namespace
}  // namespace drover::cli
