#include "farm/standard_output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "units/system_error.hpp"

namespace drover::farm {
namespace {

constexpr std::size_t large = 256UL << 10U;

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

StandardOutput::StandardOutput() {
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));  // EPIPE instead: the exit status is ours
}

Result<bool> StandardOutput::written_if_large() {
  if (text_.size() < large) return true;
  return written();
}

Result<bool> StandardOutput::written() {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EPIPE) return false;
    if (n < 0 && errno == EAGAIN) {  // somebody set O_NONBLOCK on it
      pollfd room{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&room, 1, -1);
      continue;
    }
    if (n < 0) return system_failure("cannot write to standard output");
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  text_.clear();
  return true;
}

progress::Encoding StandardOutput::encoding() {
  if (::isatty(STDOUT_FILENO) == 0) return progress::Encoding::utf8;
  return progress::locale_encoding(environment);
}

}  // namespace drover::farm
