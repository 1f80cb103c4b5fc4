#include "progress/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <utility>

namespace drover::progress {

namespace {

constexpr std::size_t usual_width = 80;
constexpr int for_ever = -1;

machine::UniqueFd open_impatient(int fd) {
  if (fd < 0 || ::isatty(fd) == 0) return {};
  // Not ours to open after su(1): then poll(2) alone has to do.
  return machine::UniqueFd(
      ::open(fmt::format("/proc/self/fd/{}", fd).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

Terminal::Terminal(int fd) : fd_(fd), impatient_(open_impatient(fd)), silent_(fd < 0) {}

bool Terminal::ready(int timeout_ms) const {
  pollfd waiting{fd_, POLLOUT, 0};
  int got = 0;
  do got = ::poll(&waiting, 1, timeout_ms);
  while (got < 0 && errno == EINTR && timeout_ms == for_ever);
  // An error or hang-up counts as ready: the write that follows finds out which.
  return got > 0;
}

std::size_t Terminal::write_some(int fd, std::string_view text) {
  const ssize_t written = ::write(fd, text.data(), text.size());
  if (written >= 0) return static_cast<std::size_t>(written);
  if (errno == EPIPE || errno == EIO || errno == EBADF || errno == ENXIO) silent_ = true;
  return 0;
}

void Terminal::write(std::string_view text) {
  std::string whole;
  if (!unsent_.empty()) {
    whole = std::exchange(unsent_, {}).append(text);
    text = whole;
  }
  while (!text.empty() && !silent_) {
    const std::size_t written = write_some(fd_, text);
    text.remove_prefix(written);
    if (written > 0 || silent_) continue;
    if (errno == EAGAIN)
      static_cast<void>(ready(for_ever));  // somebody else made it non-blocking
    else if (errno != EINTR)
      return;
  }
}

bool Terminal::offer(std::string_view text) {
  if (silent_ || !ready(0)) return false;
  const int fd = impatient_ ? impatient_.get() : fd_;
  if (!unsent_.empty()) {
    unsent_.erase(0, write_some(fd, unsent_));
    if (!unsent_.empty() || silent_ || !ready(0)) return false;
  }
  // More than PIPE_BUF could wait for a reader although the pipe is ready.
  text = text.substr(0, PIPE_BUF);
  const std::size_t written = write_some(fd, text);
  if (written > 0) unsent_ = text.substr(written);
  return written > 0;
}

std::size_t Terminal::width() const {
  winsize size{};
  if (::ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual_width;
  return size.ws_col;
}

bool Terminal::in_background() const {
  const pid_t foreground = ::tcgetpgrp(fd_);  // fails where it is not our controlling terminal
  return foreground > 0 && foreground != ::getpgrp();
}

}  // namespace drover::progress
