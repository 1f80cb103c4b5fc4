#include "cli/recorded_command.hpp"

#include <fmt/format.h>

#include "record/words_text.hpp"

namespace drover::cli {
namespace {

farm::Command::Mode mode_of(const std::string& word) {
  if (word == "shell") return farm::Command::Mode::shell;
  if (word == "lines") return farm::Command::Mode::lines;
  return farm::Command::Mode::direct;
}

}  // namespace

Result<RecordedCommand> RecordedCommand::of(const record::Run& run) {
  const farm::NameContext names{run.names, run.width, run.per_task, run.replace};
  Result<farm::Command> command = farm::Command::compile(run.command, mode_of(run.mode), names);
  if (!command) {
    return failure(Errc::io,
                   fmt::format("the record's command cannot be read ({})", command.error().message()),
                   "use the drover that wrote it, or a newer one");
  }
  return RecordedCommand(*std::move(command));
}

void RecordedCommand::fill(const record::LoggedTask& logged) {
  input_.clear();
  input_.number = logged.task.number;
  for (const std::string& value : record::split(logged.task.input)) input_.add(value);
  slot_ = logged.attempts > 0 && logged.last.slot > 0 ? logged.last.slot - 1 : 0;
  seed_ = logged.task.seed;
}

void RecordedCommand::print(std::string& line) const {
  command_.print(filled(), line);
}

std::string RecordedCommand::problem() const {
  farm::Words words;
  return command_.expand(filled(), words);
}

}  // namespace drover::cli
