// Waits for descriptors: a thin epoll(7).
//
// A descriptor is removed before it is closed: a child between clone and exec may still hold a copy, and
// epoll would go on telling of it. Level-triggered: what is not read is told again.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "machine/unique_fd.hpp"
#include "units/result.hpp"

namespace drover::process {

class Poller {
 public:
  enum class For : std::uint8_t { reading, writing };

  [[nodiscard]] static Result<Poller> make();

  // `tag` comes back from wait(). Requires: fd is not watched yet.
  // False if the descriptor needs no waiting (a regular file: EPERM).
  bool add(int fd, std::uint64_t tag, For what = For::reading);
  void remove(int fd);

  // Appends the tags of all that is ready; waits at most `limit` (rounded up to milliseconds), for ever if it
  // is negative. A hang-up counts as ready.
  void wait(std::chrono::nanoseconds limit, std::vector<std::uint64_t>& ready);

 private:
  explicit Poller(machine::UniqueFd epoll) : epoll_(std::move(epoll)) {}
  machine::UniqueFd epoll_;
};

}  // namespace drover::process
