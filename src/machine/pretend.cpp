#include "machine/pretend.hpp"

#include <fmt/format.h>

#include "units/number.hpp"
#include "units/quantity.hpp"

namespace drover::machine {
namespace {

// "32G", or "@FILE" with such a line in the file.
std::optional<Bytes> size_in(std::string_view text) {
  std::string line(text);
  if (text.starts_with('@')) line = value_in(line.substr(1)).value_or("");
  const Result<Bytes> size = parse_size(line);
  if (!size) return std::nullopt;
  return *size;
}

}  // namespace

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
      found.memory = size_in(part.substr(4));
      if (found.memory) continue;
    } else if (part == "filesystem=nfs") {
      found.network_filesystem = true;
      continue;
    }
    return failure(Errc::usage, fmt::format("DROVER_PRETEND: '{}' is not understood", part),
                   "write cores=16,mem=32G,filesystem=nfs; for mem=@FILE the file must hold a size");
  }
  return found;
}

}  // namespace drover::machine
