#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "process/jobserver.hpp"
#include "process/pipe.hpp"
#include "units/assert.hpp"
#include "units/number.hpp"

namespace drover::process {
namespace {

struct Ends {
  machine::UniqueFd reader, writer;
  std::vector<int> inherited;
  [[nodiscard]] bool both() const { return reader && writer; }
};

// Did `fd` come to us over an exec, and may it be used in this way? What we opened ourselves is closed on
// exec everywhere in drover, so a number that make never left open for us, and that meanwhile is something of
// ours, is not taken for make's.
bool is_inherited_pipe(int fd, int mode, struct stat& about) {
  const int descriptor_flags = ::fcntl(fd, F_GETFD);
  if (descriptor_flags < 0 || (descriptor_flags & FD_CLOEXEC) != 0) return false;
  if (::fstat(fd, &about) != 0 || !S_ISFIFO(about.st_mode)) return false;
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ((flags & O_ACCMODE) == mode || (flags & O_ACCMODE) == O_RDWR);
}

// "3,4". Negative numbers, which make writes for a job server that is closed, are no numbers here.
std::optional<Ends> inherited_ends(std::string_view auth) {
  const std::size_t comma = auth.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto read_number = whole_number<unsigned>(auth.substr(0, comma));
  const auto write_number = whole_number<unsigned>(auth.substr(comma + 1));
  if (!read_number || !write_number || std::max(*read_number, *write_number) > INT32_MAX) return std::nullopt;
  const int read_fd = static_cast<int>(*read_number);
  const int write_fd = static_cast<int>(*write_number);
  struct stat reading {
  }, writing{};
  if (!is_inherited_pipe(read_fd, O_RDONLY, reading) || !is_inherited_pipe(write_fd, O_WRONLY, writing) ||
      reading.st_dev != writing.st_dev || reading.st_ino != writing.st_ino) {
    return std::nullopt;
  }
  // Descriptions of our own: O_NONBLOCK on make's would be O_NONBLOCK for all its clients.
  Ends ends{open_anew(read_fd, O_RDONLY), open_anew(write_fd, O_WRONLY), {read_fd, write_fd}};
  if (!ends.both()) return std::nullopt;
  for (const int fd : {read_fd, write_fd}) DROVER_ASSERT(::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, fd, errno);
  return ends;
}

// The reader first: opened for writing alone and without waiting, a FIFO must have one.
std::optional<Ends> fifo_ends(const std::string& path) {
  Ends ends;
  struct stat about {};
  ends.reader = machine::UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!ends.reader || ::fstat(ends.reader.get(), &about) != 0 || !S_ISFIFO(about.st_mode))
    return std::nullopt;
  ends.writer = machine::UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (!ends.both()) return std::nullopt;
  return ends;
}

}  // namespace

std::optional<JobserverClient> JobserverClient::join(const machine::Environment& environment) {
  constexpr std::string_view fifo = "fifo:";
  const std::optional<std::string> auth = jobserver_auth(environment("MAKEFLAGS").value_or(""));
  if (!auth) return std::nullopt;
  std::optional<Ends> ends =
      auth->starts_with(fifo) ? fifo_ends(auth->substr(fifo.size())) : inherited_ends(*auth);
  if (!ends) return std::nullopt;
  return JobserverClient(std::move(ends->reader), std::move(ends->writer), std::move(ends->inherited));
}

JobserverClient::JobserverClient(JobserverClient&& other) noexcept
    : reader_(std::move(other.reader_)),
      writer_(std::move(other.writer_)),
      inherited_(std::move(other.inherited_)),
      tokens_(std::exchange(other.tokens_, {})) {}

JobserverClient& JobserverClient::operator=(JobserverClient&& other) noexcept {
  std::swap(reader_, other.reader_);
  std::swap(writer_, other.writer_);
  std::swap(inherited_, other.inherited_);
  std::swap(tokens_, other.tokens_);
  return *this;
}

JobserverClient::~JobserverClient() {
  if (writer_) give_back(held());
}

std::uint32_t JobserverClient::take(std::uint32_t most) {
  std::uint32_t taken = 0;
  while (taken < most) {
    std::array<char, 256> bytes;
    const ssize_t n = ::read(reader_.get(), bytes.data(), std::min<std::size_t>(most - taken, bytes.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    tokens_.append(bytes.data(), static_cast<std::size_t>(n));
    taken += static_cast<std::uint32_t>(n);
  }
  return taken;
}

void JobserverClient::give_back(std::uint32_t n) {
  DROVER_ASSERT(n <= tokens_.size(), n, tokens_.size());
  while (n > 0) {
    const ssize_t written = ::write(writer_.get(), tokens_.data() + tokens_.size() - n, n);
    if (written < 0 && errno == EINTR) continue;
    // EAGAIN: the pipe is full, that is of thousands of tokens that nobody took out of it. Ours are no loss.
    const auto gone = written > 0 ? static_cast<std::uint32_t>(written) : n;
    tokens_.erase(tokens_.size() - n, gone);
    n -= gone;
  }
}

}  // namespace drover::process
