// Standard error as a place for lines: who writes there, when a write may wait, and how wide the terminal is.
//
//     Terminal terminal(2);
//     terminal.write("drover: done\n");     // all of it; what no reader takes within 0.1 s waits in memory
//     terminal.offer("\r12/100\033[K");     // all, a part or nothing: never waits
//
// What offer() could not write of a text is written before anything else the next time, so that an escape
// sequence or a character is never left half written.
//
// Errors   a closed terminal or pipe (EPIPE, EIO, EBADF) makes it silent for good: there is nobody left to
//          tell. A full disk loses that text only.
// Requires SIGPIPE is ignored by the program.
// Sources  tty_ioctl(4), poll(2), pipe(7) "a write of PIPE_BUF bytes".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "machine/unique_fd.hpp"

namespace drover::progress {

class Terminal {
 public:
  // `fd` is not owned and stays open longer than this; -1 is silent.
  explicit Terminal(int fd);

  void write(std::string_view text);
  // Writes what is left of earlier texts, waiting at most so long for a reader; true if nothing is left.
  bool flush(int wait_ms);
  // Returns whether anything of the text was written.
  bool offer(std::string_view text);

  // Columns now, by TIOCGWINSZ; 80 where that is not known.
  [[nodiscard]] std::size_t width() const;

 private:
  // One write(2); bytes written, 0 if it would have to wait or failed.
  std::size_t write_some(int fd, std::string_view text);
  [[nodiscard]] bool ready(int timeout_ms) const;

  int fd_;
  // A terminal with room for ten bytes is ready for writing, but a longer write waits in the kernel. This is
  // the same terminal opened once more with O_NONBLOCK; setting the flag on fd_ would set it for every
  // program that shares the terminal.
  machine::UniqueFd impatient_;
  std::string unsent_;
  bool silent_ = false;
};

}  // namespace drover::progress
