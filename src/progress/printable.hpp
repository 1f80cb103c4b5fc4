// Any bytes as text that can stand in one line of a terminal or a log.
//
//     printable("a\nb\xff")  →  a\nb\xff      (backslash, n; backslash, x, f, f)
//
// Nothing of what comes out can move the cursor, break the line or turn the direction of the text:
// control characters, malformed UTF-8, line and paragraph separators and bidirectional controls are
// written as escapes. With Encoding::ascii every byte above 126 is. A backslash stays as it is, so this
// is for reading, not for parsing.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "progress/utf8.hpp"

namespace drover::progress {

inline constexpr std::size_t any_width = std::numeric_limits<std::size_t>::max();

// Cut to `width` columns (≥ 4) if it is longer; the cut is shown by "…", or "..." in ASCII.
[[nodiscard]] std::string printable(std::string_view text, Encoding encoding = Encoding::utf8,
                                    std::size_t width = any_width);

}  // namespace drover::progress
