#include "farm/shell_place.hpp"

namespace drover::farm {

// One sentence a place; the table is long, not deep.
PlaceText describe(ShellPlace place) {
  switch (place) {
    case ShellPlace::ordinary:
      break;
    case ShellPlace::backquotes:
      return {"in backquotes", "write $(…) in place of `…`"};
    case ShellPlace::comment:
      return {"in a comment", "put the # in quotes, or leave the comment out"};
    case ShellPlace::parameter:
      return {"in ${…}", "set a variable first: x={1}; echo \"${x%.fits}\""};
    case ShellPlace::arithmetic:
      return {
          "in $((…)), where a shell may run what it finds",
          "only {#}, {%} and {seed} may stand there; let a program calculate, for instance $(expr {1} + 1)"};
    case ShellPlace::dollar_single:
      return {"in $'…'", "write '…' or \"…\""};
    case ShellPlace::dollar_double:
      return {"in $\"…\"", "write \"…\""};
    case ShellPlace::after_backslash:
      return {"after a backslash", "leave the backslash out: an input is quoted as it is"};
    case ShellPlace::after_dollar:
      return {"after a $",
              "write '$'{1} for a dollar sign and the input, ${{name}} for a variable of the shell"};
    // bash expands this word a second time, also what was quoted in it.
    case ShellPlace::descriptor:
      return {"after >& or <&", "write > {1} 2>&1"};
    case ShellPlace::here_document_word:
    case ShellPlace::here_document:
      return {"in or after a here-document",
              "write printf '%s\\n' {1} | command, and lines without an input into the here-document"};
    case ShellPlace::case_in_substitution:
      return {"after a `case` in $(…)",
              "write its patterns with both parentheses: (a) …;; and esac on a line of its own"};
    case ShellPlace::double_parenthesis:
      return {"after ((", "write ( ( with a blank for two subshells, $((…)) to calculate"};
    case ShellPlace::double_bracket:
      return {"after [[", "write [ … ], which every shell has"};
    case ShellPlace::dollar_bracket:
      return {"after $[", "write $((…)) to calculate, '$[' for the characters"};
    case ShellPlace::double_dollar:
      return {"after $$ and a bracket or quote", "write ${$} for the number of the shell's process"};
    case ShellPlace::subscript:
      return {"after a name and [", "put the [ in quotes"};
    case ShellPlace::array:
      return {"after =(", "write a value a variable: /bin/sh has no arrays"};
    case ShellPlace::joined_line:
      return {"after a backslash and a newline amid a word", "put a blank before the backslash"};
    case ShellPlace::quote_in_parameter:
      return {"after a quote in ${…}", "set a variable to the text with the quote first"};
    case ShellPlace::quote_in_arithmetic:
      return {"after a quote or a backslash in $((…))", "leave it out"};
    case ShellPlace::open_arithmetic:
      return {"after $(( without its ))", "write $( ( with a blank for a subshell in a substitution"};
    case ShellPlace::backslash_in_dollar_single:
      return {"after a backslash in $'…'", "write the text in '…' or by printf"};
  }
  return {"in the line", ""};
}

}  // namespace drover::farm
