#include "process/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "units/assert.hpp"

namespace drover::process {
namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0 || errno != EBADF;
}

// The lower numbers are open, so the first descriptor made is `fd`.
void open_null(int fd) {
  const int null = ::open("/dev/null", O_RDWR);
  DROVER_ASSERT(null == fd, null, fd, errno);
}

void open_pipe_without_reader(int fd) {
  int ends[2];
  DROVER_ASSERT(::pipe(ends) == 0, errno);
  const int read_end = ends[0];
  DROVER_ASSERT(read_end == fd, read_end, fd);
  DROVER_ASSERT(::dup2(ends[1], fd) == fd, errno);  // closes the end for reading
  if (ends[1] != fd) ::close(ends[1]);
}

}  // namespace

void open_closed_standard_streams() {
  if (!is_open(STDIN_FILENO)) open_null(STDIN_FILENO);
  if (!is_open(STDOUT_FILENO)) open_pipe_without_reader(STDOUT_FILENO);
  if (!is_open(STDERR_FILENO)) open_null(STDERR_FILENO);
}

}  // namespace drover::process
