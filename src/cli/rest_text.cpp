#include <fmt/format.h>

#include "cli/status_text.hpp"
#include "cli/status_words.hpp"
#include "farm/quote.hpp"
#include "farm/recorder.hpp"
#include "progress/printable.hpp"
#include "units/quantity.hpp"

namespace drover::cli {
namespace {

using record::Run;
using record::StateCounts;

double seconds(std::int64_t microseconds) {
  return static_cast<double>(microseconds) / 1e6;
}

// Drover's own exit status in words, where it is not the number of failed tasks.
std::string_view meaning(std::int64_t exit_status) {
  switch (exit_status) {
    case 129:
      return " (ended by SIGHUP)";
    case 130:
      return " (ended by SIGINT)";
    case 131:
      return " (ended by SIGQUIT)";
    case 141:
      return " (nobody read its standard output any more)";
    case 143:
      return " (ended by SIGTERM)";
    case 255:
      return " (a failure of drover's own)";
    default:
      return "";
  }
}

std::string end_line(const Run& last, const Here& here) {
  const std::string name = progress::printable(here.record, here.encoding);
  if (!last.ended)
    return fmt::format("{}: broken off, no drover runs it now (begun {})\n", name,
                       moment(seconds(last.started)));
  const std::int64_t status = last.exit_status.value_or(0);
  return fmt::format("{}: ended {} after {}, exit status {}{}\n", name, moment(seconds(*last.ended)),
                     describe(std::chrono::microseconds(*last.ended - last.started)), status,
                     meaning(status));
}

std::string counts_line(const StateCounts& counts) {
  std::string text = fmt::format("{} done, {} failed", tasks(counts.done), grouped(counts.failed));
  if (counts.not_run > 0) text += fmt::format(", {} ended with the run", grouped(counts.not_run));
  if (counts.running > 0)
    text += fmt::format(", {} in flight when it was broken off", grouped(counts.running));
  return text + "\n";
}

// The command that goes on, from the folder that the run was in.
std::string command_to(const std::string& what, const std::string& option, const Run& last,
                       const Here& here) {
  std::string command;
  if (last.folder != here.folder) {
    command = "cd ";
    farm::append_quoted(last.folder, command);
    command += " && ";
  }
  command += farm::line_that_resumes(last.line, option);
  const std::string shown = pasteable(command, here.encoding);
  std::string text = fmt::format("\nto {}:\n  {}\n", what, shown);
  if (shown != command)
    text +=
        fmt::format("  (some bytes of it are shown escaped; as it is: sqlite3 {} 'SELECT line FROM run')\n",
                    pasteable_word(here.record, here.encoding));
  return text;
}

}  // namespace

bool is_incomplete(const Run& last, const StateCounts& counts) {
  constexpr std::int64_t most_failures = 101;
  return !last.ended || counts.running + counts.not_run > 0 || last.exit_status.value_or(0) > most_failures;
}

std::string rest_text(const std::vector<Run>& runs, const StateCounts& counts, const Here& here) {
  const Run& last = runs.back();
  const bool incomplete = is_incomplete(last, counts);
  std::string text = end_line(last, here);
  text += counts_line(counts);
  if (runs.size() > 1)
    text += fmt::format("{} runs, the first one begun {}\n", grouped(runs.size()),
                        moment(seconds(runs.front().started)));
  text += '\n';
  add_place(text, {last.host, last.process, last.job, last.folder, last.line}, here.encoding);
  if (counts.failed > 0) {
    text += fmt::format("\nto list what failed:\n  drover log --failed {}\n",
                        pasteable_word(here.record, here.encoding));
    text += command_to(incomplete ? "go on, and repeat what failed" : "repeat what failed", "--resume-failed",
                       last, here);
  }
  if (incomplete) text += command_to("go on", "--resume", last, here);
  return text;
}

}  // namespace drover::cli
