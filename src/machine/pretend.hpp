// DROVER_PRETEND, the test seam of the whole program: "cores=16,mem=32G,filesystem=nfs", any of these parts.
//
// mem=@FILE takes the size from a file, anew each time that usable_memory() is asked, so that a test can
// change it while drover runs. Put the new one in place with rename(2): a file that is being written is empty
// for a moment, and then not understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drover/bytes.hpp"
#include "machine/surroundings.hpp"
#include "units/result.hpp"

namespace drover::machine {

struct Pretence {
  std::optional<std::uint32_t> cores;
  std::optional<Bytes> memory;
  bool network_filesystem = false;  // filesystem=nfs
  std::string source;               // "DROVER_PRETEND=cores=16,mem=32G"
};

// Not set or empty: a pretence of nothing. Errors: Errc::usage for anything else, and for a FILE without a
// size.
[[nodiscard]] Result<Pretence> pretence(const Environment& environment);

}  // namespace drover::machine
