// Writes a whole file or none: a reader finds the old content or the new one, never a part.
//
// The text goes to a file without a name in the same folder, which gets its name at the end; where a file is
// replaced, or on NFS, it is called ".drover-<pid>-<number>.tmp" meanwhile. No fsync(2): the promise holds
// against an end of ours, not of the machine.
// Errors   not_found, denied, exhausted, io; the message names the file. The temporary file is removed.
// Source   rename(2); open(2), O_TMPFILE.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "units/result.hpp"

namespace drover::machine {

// The next piece of a text; empty at its end. A piece is used before the next one is asked for.
using NextPiece = std::function<Result<std::string_view>()>;

[[nodiscard]] Result<void> replace_file(const std::string& path, const NextPiece& next);
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace drover::machine
