// The command of a recorded task, made again from the recorded template, the task's input, seed and slot.
//
//     DROVER_TRY(RecordedCommand command, RecordedCommand::of(log.runs().back()));
//     command.fill(log.task());   command.print(line);       // as `drover run --dry-run` prints it
//
// {%} is the slot of the last attempt; 1 for a task that had none.
// Errors   io: the record's template cannot be read.
// Cost     about 0.5 µs a task.
#pragma once

#include <span>
#include <string>

#include "farm/command.hpp"
#include "record/log.hpp"

namespace drover::cli {

class RecordedCommand {
 public:
  [[nodiscard]] static Result<RecordedCommand> of(const record::Run& run);

  void fill(const record::LoggedTask& logged);
  // Of the task that was filled in.
  void print(std::string& line) const;
  [[nodiscard]] const farm::TaskInput& input() const { return input_; }
  // Why it could not run as a command (a missing column, a NUL byte); empty: it could.
  [[nodiscard]] std::string problem() const;

 private:
  explicit RecordedCommand(farm::Command command) : command_(std::move(command)) {}
  [[nodiscard]] farm::Fill filled() const { return {&input_, slot_, seed_}; }
  farm::Command command_;
  farm::TaskInput input_;
  schedule::Slot slot_ = 0;
  std::uint32_t seed_ = 0;
};

}  // namespace drover::cli
