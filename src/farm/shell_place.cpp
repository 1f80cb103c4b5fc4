#include "farm/shell_place.hpp"

namespace drover::farm {
namespace {

constexpr struct {
  ShellPlace place;
  PlaceText text;
} texts[] = {
    {ShellPlace::backquotes, {"in backquotes", "write $(…) in place of `…`"}},
    {ShellPlace::comment, {"in a comment", "put the # in quotes, or leave the comment out"}},
    {ShellPlace::parameter, {"in ${…}", "set a variable first: x={1}; echo \"${x%.fits}\""}},
    {ShellPlace::arithmetic,
     {"in $((…))",
      "only {#}, {%} and {seed} may stand there; let a program calculate, for instance $(expr {1} + 1)"}},
    {ShellPlace::dollar_single, {"in $'…'", "write '…' or \"…\""}},
    {ShellPlace::dollar_double, {"in $\"…\"", "write \"…\""}},
    {ShellPlace::after_backslash,
     {"after a backslash", "leave the backslash out: an input is quoted as it is"}},
    {ShellPlace::after_dollar,
     {"after a $", "write '$'{1} for a dollar sign and the input, ${{name}} for a variable of the shell"}},
    // bash expands this word a second time, also what was quoted in it.
    {ShellPlace::descriptor, {"after >& or <&", "write > {1} 2>&1"}},
    {ShellPlace::here_document_word,
     {"in or after a here-document",
      "write printf '%s\\n' {1} | command, and lines without an input into the here-document"}},
    {ShellPlace::here_document,
     {"in or after a here-document",
      "write printf '%s\\n' {1} | command, and lines without an input into the here-document"}},
    {ShellPlace::case_in_substitution,
     {"after a `case` in $(…)",
      "write its patterns with both parentheses: (a) …;; and esac on a line of its own"}},
    {ShellPlace::double_parenthesis,
     {"after ((", "write ( ( with a blank for two subshells, $((…)) to calculate"}},
    {ShellPlace::double_bracket, {"after [[", "write [ … ], which every shell has"}},
    {ShellPlace::dollar_bracket, {"after $[", "write $((…)) to calculate, '$[' for the characters"}},
    {ShellPlace::double_dollar,
     {"after $$ and a bracket or quote", "write ${$} for the number of the shell's process"}},
    {ShellPlace::subscript, {"after a name and [", "put the [ in quotes"}},
    {ShellPlace::array, {"after =(", "write a value a variable: /bin/sh has no arrays"}},
    {ShellPlace::joined_line,
     {"after a backslash and a newline amid a word", "put a blank before the backslash"}},
    {ShellPlace::quote_in_parameter,
     {"after a quote in ${…}", "set a variable to the text with the quote first"}},
    {ShellPlace::quote_in_arithmetic, {"after a quote or a backslash in $((…))", "leave it out"}},
    {ShellPlace::open_arithmetic,
     {"after $(( without its ))", "write $( ( with a blank for a subshell in a substitution"}},
    {ShellPlace::backslash_in_dollar_single,
     {"after a backslash in $'…'", "write the text in '…' or by printf"}},
};

}  // namespace

PlaceText describe(ShellPlace place) {
  for (const auto& row : texts)
    if (row.place == place) return row.text;
  return {"in an unknown place", "leave it out"};
}

}  // namespace drover::farm
