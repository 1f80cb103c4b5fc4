// Fuzz target: any text with any names parses into pieces that give the text back, or is refused with a
// message. The first line of the data is a comma-separated list of names, the second -I's text, the rest the
// text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "farm/command.hpp"
#include "farm/placeholder.hpp"
#include "units/assert.hpp"

namespace drover::farm {
namespace {

std::string_view take_line(std::string_view& data) {
  const std::string_view line = data.substr(0, data.find('\n'));
  data.remove_prefix(std::min(line.size() + 1, data.size()));
  return line;
}

NameContext context_from(std::string_view& data) {
  NameContext context;
  for (std::string_view names = take_line(data); !names.empty();) {
    const std::size_t comma = std::min(names.find(','), names.size());
    context.names.emplace_back(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  if (!context.names.empty()) context.width = context.names.size();
  if (const std::string_view replace = take_line(data); !replace.empty()) context.replace = replace;
  return context;
}

// Without doubled braces the pieces are the text, cut.
void check(std::string_view text, const NameContext& context) {
  const auto pieces = parse_placeholders(text, context);
  if (!pieces) {
    DROVER_ASSERT(!pieces.error().message().empty() && !pieces.error().advice().empty());
    return;
  }
  DROVER_ASSERT(!pieces->empty());
  std::string joined;
  for (const Piece& piece : *pieces) {
    joined += piece.literal;
    if (!piece.placeholder) continue;
    joined += piece.placeholder->written;
    DROVER_ASSERT(piece.placeholder->what != Placeholder::What::value || !context.width ||
                  piece.placeholder->index < *context.width);
  }
  DROVER_ASSERT(joined == text || text.find("{{") != std::string_view::npos);
}

}  // namespace
}  // namespace drover::farm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const drover::farm::NameContext context = drover::farm::context_from(text);
  drover::farm::check(text, context);
  return 0;
}
