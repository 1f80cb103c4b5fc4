#include "farm/job_log.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/farm/pretend_report.hpp"

namespace drover::farm {
namespace {

using namespace std::string_literals;
using test::PretendReport;

std::string line_of(const TaskReport& report) {
  std::string line;
  append_job_log_line(report, line);
  return line;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class JobLogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "drover-job-log-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

// The lines that are expected here were compared with those that GNU parallel 20221122 wrote for the same
// ends.
TEST(JobLogLine, HasTheColumnsAndFormatsOfGnuParallel) {
  PretendReport pretend;
  EXPECT_EQ(line_of(pretend.report), "7\t:\t1772366400.250\t     1.500\t0\t6\t3\t0\tsim a.fits\n");
  pretend.report.seconds = 0.0029;  // cut, not rounded
  pretend.report.status = process::ExitStatus::exited(0);
  EXPECT_EQ(line_of(pretend.report), "7\t:\t1772366400.250\t     0.002\t0\t6\t0\t0\tsim a.fits\n");
}

TEST(JobLogLine, TellsASignalATimeoutAndAMissingProgramApart) {
  PretendReport pretend;
  pretend.report.status = process::ExitStatus::signalled(11, true);
  EXPECT_NE(line_of(pretend.report).find("\t0\t11\tsim"), std::string::npos);
  pretend.report.status = process::ExitStatus::signalled(15);
  pretend.report.timed_out = true;
  EXPECT_NE(line_of(pretend.report).find("\t-1\t15\tsim"), std::string::npos);
  pretend.report.timed_out = false;
  pretend.report.started = false;
  pretend.report.status = {};
  EXPECT_NE(line_of(pretend.report).find("\t127\t0\tsim"), std::string::npos);
  pretend.report.status = process::ExitStatus::exited(126);
  EXPECT_NE(line_of(pretend.report).find("\t126\t0\tsim"), std::string::npos);
}

TEST(JobLogLine, IsNeverBrokenByACommand) {
  PretendReport pretend;
  pretend.report.command = "echo 'a\nb\n' 'c\td' '\xff'";
  EXPECT_EQ(line_of(pretend.report),
            "7\t:\t1772366400.250\t     1.500\t0\t6\t3\t0\techo 'a\0b\0' 'c\td' '\xff'\n"s);
}

TEST_F(JobLogTest, StartsWithTheHeaderAndEmptiesAnOldFile) {
  const std::string path = folder_ / "run.joblog";
  std::ofstream(path) << "an old log\n";
  Result<JobLog> log = JobLog::open(path);
  ASSERT_TRUE(log.has_value()) << log.error().what();
  const std::string header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
  EXPECT_EQ(contents(path), header);
  const PretendReport pretend;
  ASSERT_TRUE(log->write(pretend.report).has_value());
  ASSERT_TRUE(log->write(pretend.report).has_value());
  EXPECT_EQ(contents(path), header + line_of(pretend.report) + line_of(pretend.report));
}

TEST_F(JobLogTest, AppendsWhateverElseWasWrittenMeanwhile) {
  const std::string path = folder_ / "run.joblog";
  Result<JobLog> log = JobLog::open(path);
  ASSERT_TRUE(log.has_value());
  std::ofstream(path, std::ios::app) << "a line of somebody else\n";
  ASSERT_TRUE(log->write(PretendReport().report).has_value());
  EXPECT_NE(contents(path).find("somebody else\n7\t:"), std::string::npos);
}

TEST_F(JobLogTest, MakesItsFolder) {
  const std::string path = folder_ / "logs/of/today/run.joblog";
  EXPECT_TRUE(JobLog::open(path).has_value());
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(JobLogTest, NamesTheFileThatCannotBeWritten) {
  std::ofstream(folder_ / "file") << "no folder\n";
  const Result<JobLog> missing = JobLog::open(folder_ / "file/run.joblog");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), Errc::not_found);
  EXPECT_NE(missing.error().message().find("file/run.joblog: Not a directory"), std::string::npos);
  EXPECT_EQ(JobLog::open("-").error().code(), Errc::usage);
}

TEST(JobLogDisk, ReportsThatItIsFull) {
  // /dev/full answers every write with ENOSPC: full(4).
  const Result<JobLog> log = JobLog::open("/dev/full");
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().code(), Errc::exhausted);
  EXPECT_STREQ(log.error().what(), "cannot write the job log /dev/full: No space left on device: make room");
}

}  // namespace
}  // namespace drover::farm
