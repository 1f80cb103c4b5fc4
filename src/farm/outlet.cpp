#include "farm/outlet.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

namespace drover::farm {
namespace {

constexpr std::size_t block_bytes = 256UL << 10U;

void append_tagged(std::string_view bytes, std::string_view tag, bool& line_open, std::string& into) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::string_view line =
        bytes.substr(0, newline == std::string_view::npos ? bytes.size() : newline + 1);
    if (!line_open) (into += tag) += '\t';
    into += line;
    line_open = newline == std::string_view::npos;
    bytes.remove_prefix(line.size());
  }
}

}  // namespace

Outlet::Outlet(int fd, std::string name) : fd_(fd), name_(std::move(name)) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    gone_ = true;
    return;
  }
  if (S_ISSOCK(status.st_mode)) {
    way_ = Way::socket;
  } else if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
    const std::string path = fmt::format("/proc/self/fd/{}", fd);
    own_ = machine::UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    way_ = own_ ? Way::non_blocking : Way::pieces;
    terminal_ = ::isatty(fd) != 0;
  }
}

void Outlet::put(Capture output, std::string tag) {
  if (gone_ || output.empty()) return;
  items_.push_back({std::move(output), std::move(tag), {}, 0, false});
}

void Outlet::put(std::string_view bytes) {
  if (gone_ || bytes.empty()) return;
  items_.push_back({Capture(no_budget_), {}, std::string(bytes), 0, false});
}

std::uint64_t Outlet::waiting_bytes() const {
  std::uint64_t sum = 0;
  for (const Item& item : items_) sum += item.output.size() + item.block.size() - item.written;
  return sum;
}

// False when nothing is left of the item.
Result<bool> Outlet::refill(Item& item) {
  item.written = 0;
  if (item.output.empty()) {
    item.block.clear();
    if (!item.line_open || item.tag.empty()) return false;
    item.block.assign(1, '\n');  // the next task's tag must not stand in the middle of this task's line
    item.line_open = false;
    return true;
  }
  DROVER_CHECK(item.output.take(item.block, block_bytes));
  if (!item.tag.empty()) {
    std::string tagged;
    append_tagged(item.block, item.tag, item.line_open, tagged);
    item.block = std::move(tagged);
  }
  return true;
}

// False when the reader has no room now.
Result<bool> Outlet::write_some(std::string_view bytes, std::size_t& written) {
  ssize_t n = 0;
  if (way_ == Way::socket) {
    n = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } else if (way_ == Way::pieces) {
    pollfd room{fd_, POLLOUT, 0};
    if (::poll(&room, 1, 0) == 0) return false;
    n = ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
  } else {
    n = ::write(own_ ? own_.get() : fd_, bytes.data(), bytes.size());
  }
  if (n >= 0) {
    if (terminal_ && n > 0) line_left_open_ = bytes[static_cast<std::size_t>(n) - 1] != '\n';
    written += static_cast<std::size_t>(n);
    return true;
  }
  if (errno == EINTR) return true;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
  if (errno == EPIPE || errno == ECONNRESET || errno == EIO ||
      errno == EBADF) {  // EIO: the terminal was closed
    gone_ = true;
    return true;
  }
  const Errc code = errno == ENOSPC || errno == EDQUOT ? Errc::exhausted : Errc::io;
  return failure(code, fmt::format("cannot write to {} ({})", name_, std::strerror(errno)),
                 "make room or write it elsewhere, then run what is missing again");
}

Result<void> Outlet::pump() {
  Result<void> pumped = pump_items();
  if (!pumped) gone_ = true;  // said once; trying again would only fail again
  if (gone_) items_.clear();
  return pumped;
}

Result<void> Outlet::pump_items() {
  while (!items_.empty() && !gone_) {
    Item& item = items_.front();
    if (item.written == item.block.size()) {
      DROVER_TRY(const bool more, refill(item));
      if (!more) {
        items_.pop_front();
        continue;
      }
    }
    DROVER_TRY(const bool room, write_some(std::string_view(item.block).substr(item.written), item.written));
    if (!room) return {};
  }
  return {};
}

}  // namespace drover::farm
