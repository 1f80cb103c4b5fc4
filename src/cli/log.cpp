// drover log: the tasks of a run record, one line each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/log_lines.hpp"
#include "cli/record_argument.hpp"
#include "cli/recorded_command.hpp"
#include "cli/subcommands.hpp"
#include "farm/standard_output.hpp"
#include "record/lock.hpp"
#include "record/real_name.hpp"

namespace drover::cli {
namespace {

constexpr int refused = 255;
constexpr const char* usage = "write drover log RECORD [--failed] [--json] [--commands]";

struct Question {
  std::string record;
  bool failed = false;
  bool json = false;
  bool commands = false;
  bool manual = false;
};

Result<Question> question_of(const std::vector<std::string>& words) {
  Question question;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();  // refused below, in our words
  const CLI::Option* record = app.add_option("RECORD", question.record);
  app.add_flag("--failed", question.failed)->disable_flag_override();
  app.add_flag("--json", question.json)->disable_flag_override();
  app.add_flag("--commands", question.commands)->disable_flag_override();
  app.add_flag("-h,--help", question.manual);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes the words from the back
  } catch (const CLI::ParseError& error) {
    return failure(Errc::usage, error.what(), usage);
  }
  if (question.manual) return question;
  if (const std::vector<std::string> left = app.remaining(); !left.empty())
    return failure(Errc::usage, fmt::format("'{}' is not expected here", left.front()), usage);
  if (record->count() == 0) return failure(Errc::usage, "the record is missing", usage);
  if (question.json && question.commands)
    return failure(Errc::usage, "--json and --commands exclude each other", "the JSON has the commands too");
  question.record = record::real_name(question.record);
  return question;
}

// A task whose input gave no command is left out of the commands, and said to be.
bool has_command(const record::LoggedTask& logged, const RecordedCommand& command) {
  const bool ran = logged.attempts == 0 || logged.last.signal != 0 || logged.last.exit_status;
  if (ran) return true;
  const std::string problem = command.problem();
  if (problem.empty()) return true;
  fmt::print(stderr, "drover log: task {} has no command: {}\n", logged.task.number, problem);
  return false;
}

class Page {
 public:
  Page(const Question& question, bool living, RecordedCommand command)
      : question_(question), living_(living), command_(std::move(command)) {}

  void append_head(std::string& text) const {
    if (!question_.json && !question_.commands) text += log_table_head();
  }

  void append(const record::Log& log, std::string& text) {
    const record::LoggedTask& logged = log.task();
    command_.fill(logged);
    if (question_.commands) {
      if (!has_command(logged, command_)) return;
      command_.print(text);
      text += '\n';
      return;
    }
    line_.clear();
    command_.print(line_);
    if (question_.json) {
      append_log_json(logged, living_, line_, command_.input(), log.runs(), text);
    } else {
      append_log_line(logged, living_, line_, encoding_, text);
    }
  }

 private:
  const Question& question_;
  bool living_;
  RecordedCommand command_;
  progress::Encoding encoding_ = farm::StandardOutput::encoding();
  std::string line_;
};

// False: the reader is gone.
Result<bool> print_rows(record::Log& log, Page& page, farm::StandardOutput& out) {
  while (true) {
    DROVER_TRY(const bool more, log.next());
    if (!more) return true;
    page.append(log, out.text());
    DROVER_TRY(const bool read, out.written_if_large());
    if (!read) return false;
  }
}

Result<int> print_log(const Question& question) {
  DROVER_CHECK(check_record_argument(question.record));
  // Asked on both sides of the moment that is read: a run that begins or ends just then is no broken one.
  const bool lived_before = record::Lock::holder(question.record).has_value();
  const auto which = question.failed ? record::Log::Which::failed : record::Log::Which::all;
  DROVER_TRY(record::Log log, record::Log::open(question.record, which));
  const bool living = lived_before || record::Lock::holder(question.record).has_value();
  if (!log.warning().empty()) fmt::print(stderr, "drover log: {}\n", log.warning());
  DROVER_TRY(RecordedCommand command, RecordedCommand::of(log.runs().back()));
  Page page(question, living, std::move(command));
  farm::StandardOutput out;
  page.append_head(out.text());
  const Result<bool> rows = print_rows(log, page, out);
  const Result<bool> rest = out.written();  // also what stood before a damaged row
  if (!rows) return std::unexpected(rows.error());
  if (!rest) return std::unexpected(rest.error());
  return *rows && *rest ? 0 : farm::reader_gone;
}

}  // namespace

int log(const std::vector<std::string>& words) {
  const Result<Question> question = question_of(words);
  if (question && question->manual) return help({"log"});
  const Result<int> status = question ? print_log(*question) : std::unexpected(question.error());
  if (status) return *status;
  fmt::print(stderr, "drover log: {}\n", status.error().what());
  return refused;
}

}  // namespace drover::cli
