#include "farm/shell_line.hpp"

#include <fmt/format.h>

#include "farm/quote.hpp"

namespace drover::farm {

Result<std::vector<Site>> fit_to_shell_line(const std::vector<Piece>& pieces, bool inputs_follow) {
  ShellScanner scanner(pieces);
  DROVER_CHECK(scanner.scan());
  if (!inputs_follow) return scanner.sites();
  if (const std::string obstacle = scanner.no_end(); !obstacle.empty()) {
    return failure(Errc::usage, fmt::format("the inputs cannot be appended: the shell line {}", obstacle),
                   "say with {} where an input goes");
  }
  return scanner.sites();
}

void append_fitted(std::string_view value, Fit fit, std::string& line) {
  switch (fit) {
    case Fit::plain:
      line += value;
      return;
    case Fit::bare:
      append_single_quoted(value, line);
      return;
    case Fit::in_single:
      append_within_single_quotes(value, line);
      return;
    case Fit::in_double:
      line += '"';
      append_single_quoted(value, line);
      line += '"';
      return;
  }
}

bool looks_like_shell_line(std::string_view word) {
  return word.find_first_of(" \t\n|&;<>()$`\"'\\*?[]=") != std::string_view::npos || word.starts_with('#') ||
         word.starts_with('~');
}

}  // namespace drover::farm
