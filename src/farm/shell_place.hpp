// The places of a shell line where an input cannot be kept data, and what to write instead.
#pragma once

#include <cstdint>
#include <string_view>

namespace drover::farm {

enum class ShellPlace : std::uint8_t {
  ordinary,  // an input may stand here
  // Contexts with a clear end: what comes after them is ordinary again.
  backquotes,
  comment,
  parameter,      // ${…}
  arithmetic,     // $((…))
  dollar_single,  // $'…'
  dollar_double,  // $"…"
  after_backslash,
  after_dollar,
  here_document_word,
  descriptor,  // >&
  // From here on nothing is sure any more: shells differ, or what follows depends on more than the line.
  here_document,
  case_in_substitution,
  double_parenthesis,  // ((
  double_bracket,      // [[
  dollar_bracket,      // $[
  double_dollar,       // $${
  subscript,           // name[
  array,               // name=(
  joined_line,         // a backslash and a newline amid a word
  quote_in_parameter,
  quote_in_arithmetic,
  open_arithmetic,  // $(( that is not closed by ))
  backslash_in_dollar_single,
};

struct PlaceText {
  std::string_view where;   // "in a comment"
  std::string_view advice;  // what to write instead
};

[[nodiscard]] PlaceText describe(ShellPlace place);

}  // namespace drover::farm
