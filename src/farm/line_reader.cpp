#include "farm/line_reader.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace drover::farm {
namespace {

constexpr std::size_t first_capacity = std::size_t{256} << 10U;

std::unexpected<Error> cannot_read(const std::string& name) {
  return failure(Errc::io, fmt::format("cannot read {}: {}", name, std::generic_category().message(errno)));
}

}  // namespace

LineReader::LineReader(const InputFile& file, char delimiter)
    : name_(file.name), fd_(file.fd), regular_(file.regular), offset_(file.start), delimiter_(delimiter) {}

Result<Pull> LineReader::next(std::string_view& line) {
  while (true) {
    if (scanned_ < end_) {
      const char* const block = block_.get();
      if (const void* hit = std::memchr(block + scanned_, delimiter_, end_ - scanned_)) {
        const auto found = static_cast<std::size_t>(static_cast<const char*>(hit) - block);
        line = {block + begin_, found - begin_};
        begin_ = scanned_ = found + 1;
        return Pull::task;
      }
      scanned_ = end_;
    }
    if (ended_) {
      if (begin_ == end_) return Pull::end;
      line = {block_.get() + begin_, end_ - begin_};
      begin_ = end_;
      return Pull::task;
    }
    DROVER_TRY(const Pull pull, refill());
    if (pull == Pull::later) return pull;
  }
}

// `task`: there are more bytes, or the end was met.
Result<Pull> LineReader::refill() {
  make_room();
  if (!regular_ && !readable()) return Pull::later;
  const ssize_t got = read_block();
  if (got < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Pull::later;
    return cannot_read(name_);
  }
  if (got == 0) ended_ = true;
  const auto bytes = static_cast<std::size_t>(got);
  if (!may_hold_nul_ && delimiter_ != '\0')
    may_hold_nul_ = std::memchr(block_.get() + end_, '\0', bytes) != nullptr;
  end_ += bytes;
  offset_ += got;
  return Pull::task;
}

// Moves the begun line to the front; a line that fills the block gets a block twice as large.
void LineReader::make_room() {
  const std::size_t kept = end_ - begin_;
  if (kept == capacity_) {
    capacity_ = capacity_ == 0 ? first_capacity : 2 * capacity_;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
    if (kept > 0) std::memcpy(larger.get(), block_.get() + begin_, kept);
    block_ = std::move(larger);
  } else if (begin_ > 0 && kept > 0) {
    std::memmove(block_.get(), block_.get() + begin_, kept);
  }
  scanned_ -= begin_;
  begin_ = 0;
  end_ = kept;
}

// Anything but silence counts, an error too: read(2) then says which.
bool LineReader::readable() const {
  pollfd asked{fd_, POLLIN, 0};
  int ready = 0;
  do ready = ::poll(&asked, 1, 0);
  while (ready < 0 && errno == EINTR);
  return ready != 0;
}

ssize_t LineReader::read_block() {
  ssize_t got = 0;
  do
    got = regular_ ? ::pread(fd_, block_.get() + end_, capacity_ - end_, offset_)
                   : ::read(fd_, block_.get() + end_, capacity_ - end_);
  while (got < 0 && errno == EINTR);
  return got;
}

Result<std::uint64_t> count_lines(const InputFile& file, char delimiter) {
  const auto block = std::make_unique_for_overwrite<char[]>(first_capacity);
  std::uint64_t lines = 0;
  bool in_line = false;
  for (off_t offset = file.start;;) {
    const ssize_t got = ::pread(file.fd, block.get(), first_capacity, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(file.name);
    if (got == 0) return lines + (in_line ? 1 : 0);
    const std::string_view bytes(block.get(), static_cast<std::size_t>(got));
    lines += static_cast<std::uint64_t>(std::ranges::count(bytes, delimiter));
    in_line = bytes.back() != delimiter;
    offset += got;
  }
}

}  // namespace drover::farm
