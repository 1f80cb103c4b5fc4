// --dry-run: every command on standard output, in the order of the inputs, quoted so that it can be pasted.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "farm/command.hpp"
#include "farm/farm.hpp"
#include "farm/seed.hpp"

namespace drover::farm {
namespace {

constexpr std::size_t flush_at = 256UL << 10U;

// False if the reader is gone, which is no error: `| head -1`.
Result<bool> write_out(std::string& lines) {
  std::string_view rest = lines;
  while (!rest.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EPIPE) return false;
    if (n < 0 && errno == EAGAIN) {  // somebody set O_NONBLOCK on it
      pollfd room{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&room, 1, -1);
      continue;
    }
    if (n < 0) {
      return failure(Errc::io, fmt::format("cannot write to standard output ({})", std::strerror(errno)));
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  lines.clear();
  return true;
}

void wait_for_input(int fd) {
  pollfd input{fd, POLLIN, 0};
  ::poll(&input, 1, -1);
}

struct Printed {
  std::uint64_t unusable = 0;
  bool reader_gone = false;
};

Result<Printed> print_all(const RunOptions& options, Inputs& inputs, const Command& command) {
  Printed printed;
  std::string lines;
  TaskInput input;
  while (true) {
    DROVER_TRY(const Pull pull, inputs.next(input));
    if (pull == Pull::end) break;
    if (pull == Pull::later) {
      DROVER_TRY(const bool read, write_out(lines));
      if (!read) return Printed{printed.unusable, true};
      wait_for_input(inputs.wait_fd());
      continue;
    }
    if (!input.problem.empty()) {
      fmt::print(stderr, "drover: task {}: {}\n", input.number, input.problem);
      ++printed.unusable;
      continue;
    }
    command.print({&input, 0, task_seed(options.seed, input.number)}, lines);
    lines += '\n';
    if (lines.size() < flush_at) continue;
    DROVER_TRY(const bool read, write_out(lines));
    if (!read) return Printed{printed.unusable, true};
  }
  DROVER_TRY(const bool read, write_out(lines));
  printed.reader_gone = !read;
  return printed;
}

Result<int> dry_run_checked(const RunOptions& options) {
  DROVER_TRY(Inputs inputs, Inputs::open(options.inputs));
  if (inputs.total() == 0U) return 0;
  const NameContext names{inputs.names(), inputs.width(), options.inputs.per_task, options.replace};
  DROVER_TRY(const Command command, Command::compile(options.command, options.mode, names));
  DROVER_TRY(const Printed printed, print_all(options, inputs, command));
  if (printed.reader_gone) return 128 + SIGPIPE;
  constexpr std::uint64_t most = 101;
  return static_cast<int>(std::min(printed.unusable, most));
}

}  // namespace

int dry_run(const RunOptions& options) {
  static_cast<void>(
      ::signal(SIGPIPE, SIG_IGN));  // EPIPE instead: `| head` ends the run with a status of ours
  Result<int> status = dry_run_checked(options);
  if (status) return *status;
  fmt::print(stderr, "drover: {}\n", status.error().what());
  return 255;
}

}  // namespace drover::farm
