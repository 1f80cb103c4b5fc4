// drover status: how a run goes, or how it ended.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "cli/record_argument.hpp"
#include "cli/status_text.hpp"
#include "cli/subcommands.hpp"
#include "farm/standard_output.hpp"
#include "record/real_name.hpp"

namespace drover::cli {
namespace {

constexpr int refused = 255;
constexpr const char* usage = "write drover status RECORD";

struct Question {
  std::string record;
  bool manual = false;
};

struct Answer {
  std::string text;
  bool all_is_well = true;
};

Result<Question> question_of(const std::vector<std::string>& words) {
  Question question;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();  // refused below, in our words
  const CLI::Option* record = app.add_option("RECORD", question.record);
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
  question.record = record::real_name(question.record);
  return question;
}

Here here_and_now(const std::string& record) {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  std::error_code removed;
  return {record, std::filesystem::current_path(removed).string(),
          std::chrono::duration<double>(since_epoch).count(), farm::StandardOutput::encoding()};
}

Result<Answer> of_the_record(const Here& here) {
  DROVER_TRY(record::Log log, record::Log::open(here.record, record::Log::Which::failed));
  if (!log.warning().empty()) fmt::print(stderr, "drover status: {}\n", log.warning());
  DROVER_TRY(const record::StateCounts counts, log.counts());
  const record::Run& last = log.runs().back();
  const bool well = counts.failed == 0 && !is_incomplete(last, counts) && last.exit_status == 0;
  return Answer{rest_text(log.runs(), counts, here), well};
}

// A run that ends while we look has no status any more, and then no lock: it is asked for twice.
Result<Answer> answer_to(const Question& question) {
  DROVER_CHECK(check_record_argument(question.record));
  const Here here = here_and_now(question.record);
  const std::optional<record::Holder> holder = record::Lock::holder(question.record);
  if (!holder) return of_the_record(here);
  const Result<record::Status> status = record::read_status(question.record);
  // A run that begins finds the file of the one before it.
  const bool of_holder = status && status->process == holder->process && status->host == holder->host;
  if (of_holder)
    return Answer{living_text(*status, *holder, here), status->failed + status->failed_before == 0};
  if (!status && status.error().code() != Errc::not_found) return std::unexpected(status.error());
  if (!record::Lock::holder(question.record)) return of_the_record(here);
  return Answer{begun_text(*holder, here), true};
}

Result<int> print_status(const Question& question) {
  DROVER_TRY(Answer answer, answer_to(question));
  farm::StandardOutput out;
  out.text() = std::move(answer.text);
  DROVER_TRY(const bool read, out.written());
  if (!read) return farm::reader_gone;
  return answer.all_is_well ? 0 : 1;
}

}  // namespace

int status(const std::vector<std::string>& words) {
  const Result<Question> question = question_of(words);
  if (question && question->manual) return help({"status"});
  const Result<int> status = question ? print_status(*question) : std::unexpected(question.error());
  if (status) return *status;
  fmt::print(stderr, "drover status: {}\n", status.error().what());
  return refused;
}

}  // namespace drover::cli
