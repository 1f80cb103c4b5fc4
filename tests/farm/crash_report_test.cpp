#include "farm/crash_report.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/farm/pretend_report.hpp"

namespace drover::farm {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using test::PretendReport;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CrashReportTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "drover-crash-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string choose(const std::string& wanted, schedule::TaskNumber task) {
    const Result<std::string> path = choose_crash_path((folder_ / wanted).string(), task, names_);
    EXPECT_TRUE(path.has_value()) << path.error().what();
    return path ? std::filesystem::path(*path).lexically_relative(folder_).string() : "";
  }
  // As a failed task of the run does.
  std::string report(const std::string& wanted, schedule::TaskNumber task) {
    const std::string chosen = choose(wanted, task);
    const Result<void> written = write_crash_report(folder_ / chosen, head(), ""sv);
    EXPECT_TRUE(written.has_value()) << written.error().what();
    return chosen;
  }
  static std::string head() { return crash_report_head(PretendReport().report, "node7"); }

  std::filesystem::path folder_;
  CrashNames names_;
};

TEST(CrashReportHead, TellsEverythingThatIsKnownOfTheTask) {
  EXPECT_EQ(crash_report_head(PretendReport().report, "node7"),
            "drover crash report\n"
            "\n"
            "task:        7, attempt 2\n"
            "command:     sim a.fits\n"
            "input:       a.fits\n"
            "ended:       exit status 3\n"
            "started at:  2026-03-01T12:00:00.250Z\n"
            "ended at:    2026-03-01T12:00:01.750Z\n"
            "run time:    1.5 s (1.500 s)\n"
            "CPU time:    1.250 s user, 0.125 s system\n"
            "peak memory: 1 GB (1073741824 bytes)\n"
            "host:        node7\n"
            "slot:        4\n"
            "seed:        12345\n"
            "directory:   /data\n"
            "\n"
            "standard error (20 bytes):\n");
}

TEST(CrashReportHead, NamesInputsThatHaveNamesAndNumbersTheOthers) {
  PretendReport pretend;
  pretend.input.add("0.5");
  const std::string head = crash_report_head(pretend.report, "node7", std::array{"file"s, ""s});
  EXPECT_NE(head.find("\ninput file:  a.fits\ninput 2:     0.5\n"), std::string::npos) << head;
}

TEST(CrashReportHead, SaysNothingOfTimesWhereTheTaskNeverRan) {
  PretendReport pretend;
  pretend.report.started = false;
  pretend.report.cause = "cannot run sim: not found in PATH";
  const std::string head = crash_report_head(pretend.report, "node7");
  EXPECT_NE(head.find("\nended:       cannot run sim: not found in PATH\nhost:"), std::string::npos) << head;
}

TEST(CrashReportHead, IsNotBrokenByNastyInputs) {
  PretendReport pretend;
  pretend.report.command = "sim 'a\nb' \xff \x1b[2J";
  pretend.input.clear();
  for (const std::string_view value : {"a\nb'\\\t"sv,
                                       "\xff"
                                       "1"sv,
                                       ""sv, " x"sv, "naïve \"$HOME\""sv, "$'x'"sv})
    pretend.input.add(value);
  const std::string head = crash_report_head(pretend.report, "node7");
  EXPECT_NE(head.find("\ncommand:     sim 'a\\nb' \\xff \\x1b[2J\n"), std::string::npos) << head;
  EXPECT_NE(head.find("\ninput 1:     $'a\\nb\\'\\\\\\t'\n"
                      "input 2:     $'\\3771'\n"
                      "input 3:     $''\n"
                      "input 4:     $' x'\n"
                      "input 5:     naïve \"$HOME\"\n"
                      "input 6:     $'$\\'x\\''\n"),
            std::string::npos)
      << head;
}

TEST_F(CrashReportTest, HoldsTheWholeStandardErrorHoweverItComes) {
  const std::string path = folder_ / "a_crash.txt";
  std::string expected = head();
  int pieces = 0;
  std::string piece;
  const Result<void> written = write_crash_report(path, head(), [&]() -> Result<std::string_view> {
    piece = ++pieces > 1000 ? "" : std::string(10'000, static_cast<char>(pieces));  // any bytes, NUL too
    expected += piece;
    return piece;
  });
  ASSERT_TRUE(written.has_value()) << written.error().what();
  EXPECT_EQ(contents(path), expected);
  ASSERT_TRUE(write_crash_report(path, head(), "Traceback\n\0end"sv).has_value());
  EXPECT_EQ(contents(path), head() + "Traceback\n\0end"s);
}

TEST_F(CrashReportTest, LeavesTheOldFileAndNoOtherWhenItCannotBeWritten) {
  const std::string path = folder_ / "a_crash.txt";
  std::ofstream(path) << "old";
  int pieces = 0;
  const Result<void> written = write_crash_report(path, head(), [&]() -> Result<std::string_view> {
    if (++pieces < 3) return "some text";
    return failure(Errc::io, "the spill file cannot be read");
  });
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(contents(path), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(CrashReportTest, NamesTheFileThatCannotBeWritten) {
  const Result<void> written = write_crash_report(folder_ / "missing/a.txt", head(), ""sv);
  ASSERT_FALSE(written.has_value());
  EXPECT_NE(written.error().message().find("missing/a.txt: No such file or directory"), std::string::npos);
  std::ofstream(folder_ / "file") << "x";
  const Result<std::string> chosen = choose_crash_path((folder_ / "file/a.txt").string(), 1, names_);
  ASSERT_FALSE(chosen.has_value());
  EXPECT_NE(chosen.error().message().find("cannot make the folder"), std::string::npos);
}

TEST_F(CrashReportTest, MakesFolders) {
  EXPECT_EQ(report("out/deep/a_crash.txt", 7), "out/deep/a_crash.txt");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/deep/a_crash.txt"));
}

TEST_F(CrashReportTest, GivesEveryTaskOfARunAFileOfItsOwn) {
  EXPECT_EQ(report("a_crash.txt", 7), "a_crash.txt");
  EXPECT_EQ(report("a_crash.txt", 8), "a_crash.8.txt");
  EXPECT_EQ(report("./x/../a_crash.txt", 9), "a_crash.9.txt");
  EXPECT_EQ(report("a_crash.8.txt", 10), "a_crash.8.10.txt");
  EXPECT_EQ(report("a_crash.8.txt", 8), "a_crash.8.txt");
  EXPECT_EQ(report("crash", 1), "crash");
  EXPECT_EQ(report("crash", 2), "crash.2");
  EXPECT_EQ(report("crash.3", 2), "crash.3");
  EXPECT_EQ(report("crash", 3), "crash.3-2");
}

TEST_F(CrashReportTest, GivesALaterAttemptTheSameFile) {
  EXPECT_EQ(report("a_crash.txt", 7), "a_crash.txt");
  EXPECT_EQ(report("a_crash.txt", 8), "a_crash.8.txt");
  EXPECT_EQ(report("a_crash.txt", 7), "a_crash.txt");
  EXPECT_EQ(report("a_crash.txt", 8), "a_crash.8.txt");
}

TEST_F(CrashReportTest, OverwritesAReportOfAnEarlierRun) {
  report("a_crash.txt", 7);
  names_.clear();
  EXPECT_EQ(report("a_crash.txt", 9), "a_crash.txt");
}

TEST_F(CrashReportTest, NeverOverwritesWhatIsNoReport) {
  std::ofstream(folder_ / "a.fits") << "SIMPLE  =                    T";
  std::filesystem::create_directory(folder_ / "b");
  std::filesystem::create_symlink("nowhere", folder_ / "c");
  EXPECT_EQ(report("a.fits", 7), "a.7.fits");
  EXPECT_EQ(report("b", 8), "b.8");
  EXPECT_EQ(report("c", 9), "c.9");
  EXPECT_EQ(contents(folder_ / "a.fits"), "SIMPLE  =                    T");
}

TEST_F(CrashReportTest, RefusesATemplateThatGivesNoFileName) {
  for (const std::string wanted : {"", "out/", ".", "out/.."}) {
    const Result<std::string> path = choose_crash_path(wanted, 1, names_);
    ASSERT_FALSE(path.has_value()) << wanted;
    EXPECT_EQ(path.error().code(), Errc::usage);
  }
}

}  // namespace
}  // namespace drover::farm
