// Our own standard output or standard error, written without ever waiting in write(2).
//
// A reader that pauses (`| less`) must not stop drover from reaping tasks or answering Ctrl-C. Pipes and terminals
// are therefore opened a second time, O_NONBLOCK on a file description of our own (that of others stays as it
// was); sockets are written with MSG_DONTWAIT; regular files as they are. Where the second opening is refused,
// pieces of at most PIPE_BUF bytes are written after poll(2) says that there is room.
//
// Order    first in, first out.
// Memory   captures stay where they are (memory or spill file) until the reader has taken them.
// Errors   a reader that is gone (EPIPE) is no error: gone() says so and everything further is dropped.
//          pump(): io, exhausted (a full disk); said once, then everything further is dropped.
// Source   pipe(7), proc(5) /proc/PID/fd, PIPE_BUF in limits.h.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "farm/capture.hpp"
#include "machine/unique_fd.hpp"
#include "units/result.hpp"

namespace drover::farm {

class Outlet {
 public:
  // `fd` (1 or 2) stays open and is not owned. `name` is for messages: "standard output".
  Outlet(int fd, std::string name);

  // One task's output. With a tag every line begins with it and a tabulator, and the last one ends.
  void put(Capture output, std::string tag = {});
  void put(std::string_view bytes);

  // Writes what goes without waiting.
  [[nodiscard]] Result<void> pump();

  [[nodiscard]] bool idle() const { return items_.empty(); }
  [[nodiscard]] std::uint64_t waiting_bytes() const;
  [[nodiscard]] bool gone() const { return gone_; }
  [[nodiscard]] bool is_terminal() const { return terminal_; }
  [[nodiscard]] int wait_fd() const { return own_ ? own_.get() : fd_; }  // poll for writing while not idle

  // After writing to a terminal: does what was written end within a line? Told once.
  [[nodiscard]] std::optional<bool> take_line_state() { return std::exchange(line_left_open_, std::nullopt); }

 private:
  enum class Way { direct, non_blocking, socket, pieces };
  struct Item {
    Capture output;
    std::string tag;
    std::string block;        // taken out of `output`, tagged, partly written
    std::size_t written = 0;  // of `block`
    bool line_open = false;   // the last line given out has no end yet
  };
  [[nodiscard]] Result<void> pump_items();
  [[nodiscard]] Result<bool> refill(Item& item);
  [[nodiscard]] Result<bool> write_some(std::string_view bytes, std::size_t& written);

  int fd_;
  std::string name_;
  Way way_ = Way::direct;
  machine::UniqueFd own_;
  CaptureBudget no_budget_{""};  // of loose lines; they never spill
  std::deque<Item> items_;
  bool gone_ = false;
  bool terminal_ = false;
  std::optional<bool> line_left_open_;
};

}  // namespace drover::farm
