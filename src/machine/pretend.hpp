// DROVER_PRETEND, the test seam of the whole program: "cores=16,mem=32G", either part alone or both.
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
  std::string source;  // "DROVER_PRETEND=cores=16,mem=32G"
};

// Not set or empty: a pretence of nothing. Errors: Errc::usage for anything else than the two parts.
[[nodiscard]] Result<Pretence> pretence(const Environment& environment);

}  // namespace drover::machine
