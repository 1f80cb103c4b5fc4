// Fuzz target: any shell line is refused with a message, or fitted so that a nasty input leaves all contexts
// of the line as a harmless one does. What a real shell makes of it is tested in
// tests/farm/shell_line_run_test.cpp.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "farm/command.hpp"
#include "farm/shell_line.hpp"
#include "units/assert.hpp"

namespace drover::farm {
namespace {

// The line with `value` put in, read again: may words follow at its end?
std::string end_with(std::string_view value, const std::vector<Piece>& pieces,
                     const std::vector<Site>& sites) {
  std::string line;
  std::size_t i = 0;
  for (const Piece& piece : pieces) {
    line += piece.literal;
    if (piece.placeholder) append_fitted(piece.placeholder->is_number() ? "7" : value, sites[i++].fit, line);
  }
  DROVER_ASSERT(i == sites.size());
  const std::vector<Piece> fixed = {{line, std::nullopt}};
  ShellScanner scanner(fixed);
  DROVER_ASSERT(scanner.scan().has_value(), line);
  return scanner.no_end();
}

void check(std::string_view text) {
  const auto pieces = parse_placeholders(text, NameContext{});
  DROVER_ASSERT(pieces.has_value());
  const auto sites = fit_to_shell_line(*pieces, false);
  if (!sites) {
    DROVER_ASSERT(!sites.error().message().empty() && !sites.error().advice().empty());
    return;
  }
  const std::string harmless = end_with("v", *pieces, *sites);
  for (const std::string_view nasty : {"", "'", "\"", "`", "$(", ")", "}", "\n", "#", "\\", "a'\"`$((\n<<E"})
    DROVER_ASSERT(end_with(nasty, *pieces, *sites) == harmless, text);
}

}  // namespace
}  // namespace drover::farm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (std::string_view(reinterpret_cast<const char*>(data), size).find('\0') == std::string_view::npos)
    drover::farm::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
