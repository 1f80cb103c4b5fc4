// Standard output in big blocks, for pages of many lines.
//
//     StandardOutput out;
//     while (…) { out.text() += line; DROVER_TRY(const bool read, out.written_if_large()); if (!read) break; }
//     DROVER_TRY(const bool read, out.written());
//
// False says that the reader is gone (`| head -n 1`), which is no error: end with status reader_gone.
// Errors   io, exhausted: the disk is full.
// Threads  one; SIGPIPE is ignored from then on.
#pragma once

#include <string>

#include "progress/utf8.hpp"
#include "units/result.hpp"

namespace drover::farm {

inline constexpr int reader_gone = 141;  // 128 + SIGPIPE

class StandardOutput {
 public:
  StandardOutput();

  [[nodiscard]] std::string& text() { return text_; }
  [[nodiscard]] Result<bool> written_if_large();
  [[nodiscard]] Result<bool> written();

  // UTF-8, but on a terminal what its locale has.
  [[nodiscard]] static progress::Encoding encoding();

 private:
  std::string text_;
};

}  // namespace drover::farm
