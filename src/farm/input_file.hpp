// A file of inputs, or standard input, opened for reading.
//
//     DROVER_TRY(auto file, InputFile::open("jobs.txt"));     // "-" is standard input
//
// Opening never waits, not even for the writer of a named pipe.
// "/dev/stdin" and "/dev/fd/0" name standard input too: opening them afresh fails where it is a socket.
// Errors   not_found, denied, usage (a directory), io; each names the file.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "machine/unique_fd.hpp"
#include "units/result.hpp"

namespace drover::farm {

struct InputFile {
  std::string name;         // as messages call it
  machine::UniqueFd owned;  // empty for standard input, which stays open
  int fd = -1;
  bool regular = false;  // read(2) never waits, and positions can be read again with pread(2)
  off_t start = 0;       // of a regular file: where reading begins (standard input may be half read)
  off_t size = 0;        // of a regular file, when it was opened

  [[nodiscard]] static Result<InputFile> open(const std::string& path);
};

[[nodiscard]] bool names_standard_input(std::string_view path);

}  // namespace drover::farm
