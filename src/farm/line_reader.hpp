// Lines from a descriptor, as they come; a line ends at any one byte.
//
//     LineReader reader(file, '\n');
//     while (reader.next(line) == Pull::task) …      // `line` is valid until the next call
//
// Never blocks: before a pipe, a socket or a terminal is read it is asked with poll(2). A last line without
// its delimiter is a line; a delimiter at the very end opens no further one.
// Errors   io, naming the file.
// Cost     about 20 ns a short line; memory is one block of 256 KiB, or twice the longest line.
// Threads  not synchronised.
// Source   read(2), poll(2), memchr(3).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "farm/input_file.hpp"
#include "farm/pull.hpp"
#include "units/result.hpp"

namespace drover::farm {

class LineReader {
 public:
  // `file` keeps the descriptor open; a regular one is read with pread(2) from file.start, so that several
  // readers of one file do not disturb each other.
  LineReader(const InputFile& file, char delimiter);

  [[nodiscard]] Result<Pull> next(std::string_view& line);

  // A NUL byte has come by: a line may hold one. Always false where NUL ends the lines.
  [[nodiscard]] bool may_hold_nul() const { return may_hold_nul_; }

  // Bytes of memory that the block takes.
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  [[nodiscard]] Result<Pull> refill();
  void make_room();
  [[nodiscard]] bool readable() const;
  [[nodiscard]] ssize_t read_block();

  std::string name_;
  int fd_;
  bool regular_;
  off_t offset_;
  char delimiter_;
  bool ended_ = false;
  bool may_hold_nul_ = false;
  std::unique_ptr<char[]> block_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;    // of the line that is due
  std::size_t scanned_ = 0;  // no delimiter before here, so that a long line is not searched twice
  std::size_t end_ = 0;
};

// The lines of a regular file, counted without a reader: about 1 ns a byte.
[[nodiscard]] Result<std::uint64_t> count_lines(const InputFile& file, char delimiter);

}  // namespace drover::farm
