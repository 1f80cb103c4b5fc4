// --dry-run: every command on standard output, in the order of the inputs, quoted so that it can be pasted.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "farm/command.hpp"
#include "farm/farm.hpp"
#include "farm/recorder.hpp"
#include "farm/remaining_inputs.hpp"
#include "farm/seed.hpp"
#include "farm/standard_output.hpp"

namespace drover::farm {
namespace {

void wait_for_input(int fd) {
  pollfd input{fd, POLLIN, 0};
  ::poll(&input, 1, -1);
}

struct Printed {
  std::uint64_t unusable = 0;
  bool reader_gone = false;
};

Result<Printed> print_all(const RunOptions& options, RemainingInputs& inputs, const Command& command) {
  Printed printed;
  StandardOutput out;
  TaskInput input;
  while (true) {
    DROVER_TRY(const Pull pull, inputs.next(input));
    if (pull == Pull::end) break;
    if (pull == Pull::later) {
      DROVER_TRY(const bool read, out.written());
      if (!read) return Printed{printed.unusable, true};
      if (!inputs.busy()) wait_for_input(inputs.wait_fd());
      continue;
    }
    if (!input.problem.empty()) {
      fmt::print(stderr, "drover: task {}: {}\n", input.number, input.problem);
      ++printed.unusable;
      continue;
    }
    command.print({&input, 0, task_seed(options.seed, input.number)}, out.text());
    out.text() += '\n';
    DROVER_TRY(const bool read, out.written_if_large());
    if (!read) return Printed{printed.unusable, true};
  }
  DROVER_TRY(const bool read, out.written());
  printed.reader_gone = !read;
  return printed;
}

// With --resume: what is left to do. The record is only read.
Result<void> leave_out_recorded(const RunOptions& options, std::optional<record::Database>& database,
                                RemainingInputs& inputs) {
  if (!database) return {};
  DROVER_TRY(record::Earlier earlier, record::Earlier::load(*database));
  inputs.leave_out(std::move(earlier), options.resume, false);
  return {};
}

Result<int> dry_run_checked(RunOptions options) {
  DROVER_TRY(std::optional<record::Database> recorded, Recorder::look_up(options));
  DROVER_TRY(Inputs opened, Inputs::open(options.inputs));
  if (opened.total() == 0U) return 0;
  const NameContext names{opened.names(), opened.width(), options.inputs.per_task, options.replace};
  RemainingInputs inputs(std::move(opened));
  DROVER_CHECK(leave_out_recorded(options, recorded, inputs));
  DROVER_TRY(const Command command, Command::compile(options.command, options.mode, names));
  DROVER_TRY(const Printed printed, print_all(options, inputs, command));
  if (printed.reader_gone) return reader_gone;
  constexpr std::uint64_t most = 101;
  return static_cast<int>(std::min(printed.unusable, most));
}

}  // namespace

int dry_run(const RunOptions& options) {
  Result<int> status = dry_run_checked(options);
  if (status) return *status;
  fmt::print(stderr, "drover: {}\n", status.error().what());
  return 255;
}

}  // namespace drover::farm
