#include "progress/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <utility>

namespace drover::progress {

namespace {

constexpr std::size_t usual_width = 80;
constexpr int patience_ms = 100;                  // for a reader who has just paused
constexpr std::size_t most_unsent = 64UL << 10U;  // for one who stays away: the newest of it is kept

machine::UniqueFd open_impatient(int fd) {
  struct stat status {};
  const bool pipe = ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
  if (fd < 0 || (!pipe && ::isatty(fd) == 0)) return {};
  // Not ours to open after su(1): then poll(2) alone has to do.
  return machine::UniqueFd(
      ::open(fmt::format("/proc/self/fd/{}", fd).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

Terminal::Terminal(int fd) : fd_(fd), impatient_(open_impatient(fd)), silent_(fd < 0) {}

bool Terminal::ready(int timeout_ms) const {
  pollfd waiting{fd_, POLLOUT, 0};
  const int got = ::poll(&waiting, 1, timeout_ms);
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
  unsent_ += text;
  if (!flush(patience_ms) && unsent_.size() > most_unsent) unsent_.erase(0, unsent_.size() - most_unsent);
}

bool Terminal::flush(int wait_ms) {
  while (!unsent_.empty() && !silent_ && ready(wait_ms)) {
    const int fd = impatient_ ? impatient_.get() : fd_;
    // More than PIPE_BUF could wait for a reader although the pipe is ready.
    const std::size_t written = write_some(fd, std::string_view(unsent_).substr(0, PIPE_BUF));
    if (written == 0 && errno != EINTR && errno != EAGAIN) unsent_.clear();  // a full disk: this text is lost
    unsent_.erase(0, written);
  }
  if (silent_) unsent_.clear();
  return unsent_.empty();
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

}  // namespace drover::progress
