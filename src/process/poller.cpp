#include "process/poller.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "units/assert.hpp"

namespace drover::process {

Result<Poller> Poller::make() {
  machine::UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) {
    return failure(Errc::exhausted, fmt::format("cannot make an event queue ({})", std::strerror(errno)),
                   "raise `ulimit -n`");
  }
  return Poller(std::move(epoll));
}

bool Poller::add(int fd, std::uint64_t tag, For what) {
  epoll_event event{};
  event.events = what == For::reading ? EPOLLIN : EPOLLOUT;
  event.data.u64 = tag;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return true;
  DROVER_ASSERT(errno == EPERM, fd, errno);
  return false;
}

void Poller::remove(int fd) {
  epoll_event unused{};
  DROVER_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &unused) == 0, fd, errno);
}

void Poller::wait(std::chrono::nanoseconds limit, std::vector<std::uint64_t>& ready) {
  int milliseconds = -1;
  if (limit.count() >= 0) {
    constexpr std::int64_t longest = 3'600'000;
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    milliseconds = static_cast<int>(std::min<std::int64_t>(rounded, longest));
  }
  std::array<epoll_event, 128> events;
  const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds);
  DROVER_ASSERT(n >= 0 || errno == EINTR, errno);
  for (int i = 0; i < n; ++i) ready.push_back(events[static_cast<std::size_t>(i)].data.u64);
}

}  // namespace drover::process
