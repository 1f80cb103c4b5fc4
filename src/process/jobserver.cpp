#include "process/jobserver.hpp"

#include <fcntl.h>
#include <sys/select.h>
#include <unistd.h>

#include <cerrno>

#include "process/pipe.hpp"
#include "units/assert.hpp"
#include "units/system_error.hpp"

namespace drover::process {
namespace {

constexpr char token = '+';  // as make's own

void drain(int fd) {
  std::array<char, 4096> taken;
  while (true) {
    const ssize_t n = ::read(fd, taken.data(), taken.size());
    if (n == 0 || (n < 0 && errno != EINTR)) return;
  }
}

// How many of `bytes` went in without waiting.
std::size_t fill(int fd, std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  return written;
}

void make_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  DROVER_ASSERT(flags >= 0, fd, errno);
  if ((flags & O_NONBLOCK) != 0) DROVER_ASSERT(::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0, fd, errno);
}

}  // namespace

Result<JobTokens> JobTokens::make(std::uint32_t tokens) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return system_failure("cannot make a job server for make", errno,
                          "raise `ulimit -n` or run fewer tasks at a time");
  }
  JobTokens made;
  made.read_end_ = machine::UniqueFd(ends[0]);
  made.write_end_ = machine::UniqueFd(ends[1]);
  made.shared_ = ends;
  if (ends[0] >= FD_SETSIZE || ends[1] >= FD_SETSIZE) {
    return failure(Errc::exhausted,
                   "cannot make a job server for make: all file descriptors below 1024 are in use",
                   "run fewer tasks at a time");
  }
  made.own_ = open_anew(ends[0], O_RDWR);
  if (!made.own_) return system_failure("cannot make a job server for make: /proc/self/fd", errno);
  made.tokens_ = std::string(tokens, token);
  if (fill(made.own_.get(), made.tokens_) < tokens) {
    return failure(Errc::exhausted,
                   "cannot make a job server for make: a pipe does not hold that many tokens",
                   "give a task fewer threads");
  }
  return made;
}

void JobTokens::recount() {
  drain(own_.get());
  fill(own_.get(), tokens_);  // has room: it had at the start
  make_blocking(read_fd());
  make_blocking(write_fd());
}

}  // namespace drover::process
