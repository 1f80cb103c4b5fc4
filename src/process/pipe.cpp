#include "process/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace drover::process {

Result<Pipe> Pipe::make() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return failure(Errc::exhausted, fmt::format("cannot make a pipe ({})", std::strerror(errno)),
                   "raise `ulimit -n` or run fewer tasks at a time");
  }
  Pipe pipe{machine::UniqueFd(ends[0]), machine::UniqueFd(ends[1])};
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
    return failure(Errc::io, fmt::format("cannot set up a pipe ({})", std::strerror(errno)));
  }
  return pipe;
}

machine::UniqueFd open_anew(int fd, int mode) {
  return machine::UniqueFd(
      ::open(fmt::format("/proc/self/fd/{}", fd).c_str(), mode | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace drover::process
