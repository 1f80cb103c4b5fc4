#include "machine/pretend.hpp"

#include <fmt/format.h>

#include "units/number.hpp"
#include "units/quantity.hpp"

namespace drover::machine {

Result<Pretence> pretence(const Environment& environment) {
  const std::string value = environment("DROVER_PRETEND").value_or("");
  Pretence found;
  found.source = "DROVER_PRETEND=" + value;
  for (std::string_view rest = value; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(part.size() == rest.size() ? part.size() : part.size() + 1);
    if (part.starts_with("cores=")) {
      found.cores = whole_number<std::uint32_t>(part.substr(6));
      if (found.cores.value_or(0) > 0) continue;
    } else if (part.starts_with("mem=")) {
      const Result<Bytes> memory = parse_size(part.substr(4));
      if (memory) {
        found.memory = *memory;
        continue;
      }
    }
    return failure(Errc::usage, fmt::format("DROVER_PRETEND: '{}' is not understood", part),
                   "write cores=16,mem=32G");
  }
  return found;
}

}  // namespace drover::machine
