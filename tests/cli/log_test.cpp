#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/log_lines.hpp"
#include "cli/recorded_command.hpp"
#include "record/words_text.hpp"

namespace drover::cli {
namespace {

using record::LoggedTask;

using record::TaskState;
using Json = nlohmann::json;

constexpr std::int64_t noon = 1'772'366'400'250'000;  // 2026-03-01T12:00:00.250Z, by date -d @1772366400

LoggedTask over(TaskState state) {
  LoggedTask logged;
  logged.task = {7, "fog", 4711, state};
  logged.attempts = 2;
  logged.last = {.task = 7,
                 .run = 1,
                 .attempt = 2,
                 .state = state,
                 .slot = 3,
                 .started = noon,
                 .ran = 1'500'000,
                 .exit_status = 0,
                 .cause = {},
                 .cpu_user = 1'200'000,
                 .cpu_system = 100'000,
                 .peak_memory = 300ULL << 20U,
                 .stdout_bytes = 10,
                 .stderr_bytes = 20};
  return logged;
}

LoggedTask failed(int exit_status, std::string_view cause) {
  LoggedTask logged = over(TaskState::failed);
  logged.last.exit_status = exit_status;
  logged.last.cause = cause;
  return logged;
}

LoggedTask never_over() {
  LoggedTask logged;
  logged.task = {8, "storm", 4712, TaskState::running};
  return logged;
}

record::Run observations() {
  record::Run run;
  run.id = 1;
  run.command = {"./observe", "{}"};
  run.mode = "direct";
  run.host = "node7";
  return run;
}

// The cells of a line, as awk -F '  +' counts them.
std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> found(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!line.substr(i).starts_with("  ")) {
      found.back() += line[i];
      continue;
    }
    while (i + 1 < line.size() && line[i + 1] == ' ') ++i;
    found.emplace_back();
  }
  return found;
}

std::string line_of(const LoggedTask& logged, bool living = false, std::string_view command = "./observe fog",
                    progress::Encoding encoding = progress::Encoding::utf8) {
  std::string text;
  append_log_line(logged, living, command, encoding, text);
  return text;
}

Json json_of(const LoggedTask& logged, bool living = false, const std::string& value = "fog",
             const record::Run& run = observations()) {
  farm::TaskInput input;
  input.add(value);
  std::string text;
  append_log_json(logged, living, "./observe " + value, input, std::vector{run}, text);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  return Json::parse(text);
}

TEST(LogTable, HasACellUnderEachHeading) {
  const std::vector<std::string> head = cells(log_table_head());
  const std::vector<std::string> line = cells(line_of(over(TaskState::done)));
  EXPECT_EQ(head, (std::vector<std::string>{"task", "state", "exit", "attempts", "start (UTC)", "seconds",
                                            "CPU", "memory", "command\n"}));
  EXPECT_EQ(line, (std::vector<std::string>{"7", "done", "0", "2", "2026-03-01T12:00:00Z", "1.500", "1.300",
                                            "300MB", "./observe fog\n"}));
}

TEST(LogTable, FitsATerminalOfAHundredAndTwentyColumns) {
  EXPECT_LE(line_of(over(TaskState::done)).size(), 120U);
  EXPECT_EQ(log_table_head().find("command"), line_of(over(TaskState::done)).find("./observe"));
}

TEST(LogTable, NamesTheSignalAndTheCause) {
  LoggedTask logged = failed(0, "killed by SIGKILL (killed)");
  logged.last.exit_status.reset();
  logged.last.signal = 9;
  const std::string line = line_of(logged);
  EXPECT_EQ(cells(line)[1], "failed");
  EXPECT_EQ(cells(line)[2], "SIGKILL");
  EXPECT_TRUE(line.ends_with("./observe fog  # killed by SIGKILL (killed)\n")) << line;
}

TEST(LogTable, ShowsDashesForWhatNeverRan) {
  LoggedTask logged = failed(0, "./gone: No such file or directory");
  logged.last.exit_status.reset();
  logged.last.started = 0;
  EXPECT_EQ(cells(line_of(logged)),
            (std::vector<std::string>{"7", "failed", "-", "2", "-", "-", "-", "-", "./observe fog",
                                      "# ./gone: No such file or directory\n"}));
}

TEST(LogTable, CallsATaskInFlightRunningOrBrokenOff) {
  EXPECT_EQ(cells(line_of(never_over(), true))[1], "running");
  EXPECT_EQ(cells(line_of(never_over(), false))[1], "broken off");
  EXPECT_EQ(cells(line_of(over(TaskState::not_run)))[1], "not run");
}

TEST(LogTable, SaysNothingOfAnEarlierAttemptOfATaskThatRunsAgain) {
  LoggedTask logged = failed(3, "exit status 3");
  logged.task.state = TaskState::running;
  EXPECT_EQ(cells(line_of(logged, true)),
            (std::vector<std::string>{"7", "running", "-", "2", "-", "-", "-", "-", "./observe fog\n"}));
}

TEST(LogTable, KeepsATaskInOneLineWhateverItsCommandHolds) {
  const std::string line = line_of(over(TaskState::done), false, "./observe 'a\nb\tc\x1b[31m\xff'");
  EXPECT_TRUE(line.ends_with("./observe 'a\\nb\\tc\\x1b[31m\\xff'\n")) << line;
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const std::string ascii = line_of(failed(1, "é"), false, "./observe é", progress::Encoding::ascii);
  EXPECT_TRUE(ascii.ends_with("./observe \\xc3\\xa9  # \\xc3\\xa9\n")) << ascii;
}

TEST(LogJson, HasTheKeysOfTaskJsonInItsOrder) {
  farm::TaskInput input;
  input.add("fog");
  std::string text;
  append_log_json(failed(3, "exit status 3"), false, "./observe fog", input, std::vector{observations()},
                  text);
  EXPECT_EQ(
      text,
      "{\"task\":7,\"state\":\"failed\",\"inputs\":[\"fog\"],\"command\":\"./observe fog\",\"attempts\":2,"
      "\"attempt\":2,\"exit\":3,\"signal\":null,\"cause\":\"exit status 3\","
      "\"start\":\"2026-03-01T12:00:00.250Z\",\"seconds\":1.5,\"cpu_user\":1.2,\"cpu_system\":0.1,"
      "\"peak_memory_bytes\":314572800,\"slot\":3,\"seed\":4711,\"host\":\"node7\",\"stdout_bytes\":10,"
      "\"stderr_bytes\":20}\n");
}

TEST(LogJson, SaysHowATaskEnded) {
  LoggedTask logged = failed(0, "killed by SIGSEGV (segmentation fault)");
  logged.last.exit_status.reset();
  logged.last.signal = 11;
  EXPECT_EQ(json_of(logged)["signal"], 11);
  EXPECT_TRUE(json_of(logged)["exit"].is_null());
  EXPECT_EQ(json_of(over(TaskState::done))["state"], "done");
  EXPECT_EQ(json_of(over(TaskState::not_run))["state"], "not_run");
}

TEST(LogJson, HasNullsForATaskWithoutAnAttempt) {
  const Json json = json_of(never_over(), true);
  EXPECT_EQ(json["state"], "running");
  EXPECT_EQ(json["attempts"], 0);
  EXPECT_EQ(json["seed"], 4712);
  for (const char* key : {"attempt", "exit", "signal", "cause", "start", "seconds", "cpu_user", "cpu_system",
                          "peak_memory_bytes", "slot", "host", "stdout_bytes", "stderr_bytes"}) {
    EXPECT_TRUE(json.at(key).is_null()) << key;
  }
  EXPECT_EQ(json_of(never_over(), false)["state"], "broken_off");
}

TEST(LogJson, KeepsBytesThatAreNoUtf8InBase64) {
  const Json json = json_of(over(TaskState::done), false, "\xff\n");
  EXPECT_EQ(json["inputs"][0], "\xef\xbf\xbd\n");
  EXPECT_EQ(json["inputs_base64"][0], "/wo=");            // printf '\377\n' | base64
  EXPECT_EQ(json["command_base64"], "Li9vYnNlcnZlIP8K");  // printf './observe \377\n' | base64
  EXPECT_FALSE(json_of(over(TaskState::done)).contains("inputs_base64"));
}

TEST(LogJson, HasTheNamesOfTheInputs) {
  record::Run run = observations();
  run.names = {"kT"};
  EXPECT_EQ(json_of(over(TaskState::done), false, "0.5", run)["names"], Json::array({"kT"}));
  EXPECT_FALSE(json_of(over(TaskState::done)).contains("names"));
}

std::string command_of(const record::Run& run, const LoggedTask& logged) {
  Result<RecordedCommand> command = RecordedCommand::of(run);
  EXPECT_TRUE(command.has_value());
  command->fill(logged);
  std::string line;
  command->print(line);
  return line;
}

TEST(RecordedCommand, FillsInWhatTheTaskHad) {
  record::Run run = observations();
  run.command = {"sim", "{1}", "{kT}", "{#}", "{%}", "{seed}"};
  run.names = {"", "kT"};
  run.width = 2;
  LoggedTask logged = over(TaskState::done);
  const std::string input = record::joined({"a b", "0.5"});
  logged.task.input = input;
  EXPECT_EQ(command_of(run, logged), "sim 'a b' 0.5 7 3 4711");
}

TEST(RecordedCommand, BringsBackEveryByteOfAnInput) {
  LoggedTask logged = over(TaskState::done);
  const std::string input = record::joined({"a\tb\nc\\d'e\xff"});
  logged.task.input = input;
  EXPECT_EQ(command_of(observations(), logged), "./observe 'a\tb\nc\\d'\\''e\xff'");
}

TEST(RecordedCommand, KnowsShellLinesAndLinesAsCommands) {
  record::Run shell = observations();
  shell.command = {"wc -l < @ > @.count"};
  shell.mode = "shell";
  shell.replace = "@";
  EXPECT_EQ(command_of(shell, over(TaskState::done)), "wc -l < 'fog' > 'fog'.count");
  record::Run lines = observations();
  lines.command = {};
  lines.mode = "lines";
  LoggedTask logged = over(TaskState::done);
  logged.task.input = "echo {} | tr a b";
  EXPECT_EQ(command_of(lines, logged), "echo {} | tr a b");
}

TEST(RecordedCommand, SaysWhatAnInputLacks) {
  record::Run run = observations();
  run.command = {"sim", "{3}"};
  Result<RecordedCommand> command = RecordedCommand::of(run);
  ASSERT_TRUE(command.has_value());
  command->fill(over(TaskState::failed));
  EXPECT_NE(command->problem().find("value 3"), std::string::npos);
}

TEST(RecordedCommand, OfARecordThatItDoesNotUnderstandIsAnError) {
  record::Run run = observations();
  run.mode = "shell";  // with two words
  const Result<RecordedCommand> command = RecordedCommand::of(run);
  ASSERT_FALSE(command.has_value());
  EXPECT_EQ(command.error().code(), Errc::io);
}

}  // namespace
}  // namespace drover::cli
