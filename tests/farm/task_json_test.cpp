#include "farm/task_json.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "farm/base64.hpp"
#include "tests/farm/pretend_report.hpp"
#include "units/utc_time.hpp"

namespace drover::farm {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using nlohmann::json;
using test::PretendReport;

TEST(TaskJson, HoldsEveryFieldInTheOrderThatIsDocumented) {
  EXPECT_EQ(task_json(PretendReport().report, "node7"),
            R"({
  "task": 7,
  "inputs": [
    "a.fits"
  ],
  "command": "sim a.fits",
  "attempt": 2,
  "verdict": "failed",
  "exit": 3,
  "signal": null,
  "timed_out": false,
  "cause": "exit status 3",
  "start": "2026-03-01T12:00:00.250Z",
  "seconds": 1.5,
  "cpu_user": 1.25,
  "cpu_system": 0.125,
  "peak_memory_bytes": 1073741824,
  "slot": 4,
  "seed": 12345,
  "host": "node7",
  "directory": "/data",
  "stdout_bytes": 6,
  "stderr_bytes": 20
}
)");
}

TEST(TaskJson, GivesTheNamesOfTheInputsWhereTheyHaveAny) {
  EXPECT_EQ(json::parse(task_json(PretendReport().report, "", std::array{"file"s}))["names"], json({"file"}));
  EXPECT_FALSE(json::parse(task_json(PretendReport().report, "", std::array{""s})).contains("names"));
}

TEST(TaskJson, HasASignalOrAnExitStatusAndNeitherForATaskThatNeverRan) {
  PretendReport pretend;
  pretend.report.status = process::ExitStatus::signalled(9);
  pretend.report.timed_out = true;
  json read = json::parse(task_json(pretend.report, ""));
  EXPECT_EQ(read["signal"], 9);
  EXPECT_EQ(read["exit"], nullptr);
  EXPECT_EQ(read["timed_out"], true);
  pretend.report.status = {};
  pretend.report.started = false;
  pretend.report.verdict = schedule::Verdict::not_run;
  read = json::parse(task_json(pretend.report, ""));
  EXPECT_EQ(read["signal"], nullptr);
  EXPECT_EQ(read["exit"], nullptr);
  EXPECT_EQ(read["start"], nullptr);
  EXPECT_EQ(read["verdict"], "not_run");
}

TEST(TaskJson, EscapesWhatJsonCannotHoldAsItIs) {
  PretendReport pretend;
  pretend.report.command = "sim 'a\nb' \"\t\x1b\"";
  const std::string text = task_json(pretend.report, "node7");
  EXPECT_EQ(json::parse(text)["command"], "sim 'a\nb' \"\t\x1b\"");
  EXPECT_FALSE(json::parse(text).contains("command_base64"));
}

TEST(TaskJson, LosesNoByteOfAnInputThatIsNotUtf8) {
  PretendReport pretend;
  pretend.input.add("\xff\xfe");
  pretend.report.command = "sim a.fits \xff\xfe";
  pretend.report.directory = "/data/\xe4";
  const json read = json::parse(task_json(pretend.report, "node7"));
  EXPECT_EQ(read["inputs"], json({"a.fits", "\uFFFD\uFFFD"}));
  EXPECT_EQ(read["inputs_base64"], json({"YS5maXRz", "//4="}));  // printf '\377\376' | base64
  EXPECT_EQ(read["command"], "sim a.fits \uFFFD\uFFFD");
  EXPECT_EQ(read["command_base64"], "c2ltIGEuZml0cyD//g==");
  EXPECT_EQ(read["directory"], "/data/\uFFFD");
  EXPECT_EQ(read["directory_base64"], "L2RhdGEv5A==");
}

// RFC 4648, section 10.
TEST(Base64, PassesTheTestVectorsOfItsStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\0\xff"sv), "AP8=");
}

// date -u -d @… '+%FT%T'
TEST(UtcTime, IsIso8601WithMilliseconds) {
  EXPECT_EQ(utc_time(1772366400.25), "2026-03-01T12:00:00.250Z");
  EXPECT_EQ(utc_time(951782399.9999), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(utc_time(951782400), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(utc_time(0), "");
  for (int milliseconds = 0; milliseconds < 1000; ++milliseconds)
    EXPECT_EQ(utc_time(1772366400 + milliseconds / 1000.0),
              fmt::format("2026-03-01T12:00:00.{:03}Z", milliseconds));
}

}  // namespace
}  // namespace drover::farm
