#include "process/exit_status.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>

namespace drover::process {

ExitStatus ExitStatus::from_wait(int status) {
  if (WIFSIGNALED(status)) return signalled(WTERMSIG(status), WCOREDUMP(status));
  return exited(WEXITSTATUS(status));
}

std::string ExitStatus::describe() const {
  if (signal_ == 0) return fmt::format("exit status {}", code_);
  const char* words = ::sigdescr_np(signal_);
  std::string what = words != nullptr ? words : "unknown signal";
  if (what[0] >= 'A' && what[0] <= 'Z') what[0] = static_cast<char>(what[0] - 'A' + 'a');
  return fmt::format("killed by {} ({}{})", signal_name(signal_), what, core_ ? ", core dumped" : "");
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

}  // namespace drover::process
