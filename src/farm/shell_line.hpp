// A line for /bin/sh with replacement strings: each is quoted for the place it stands in, so that an input is
// data there, whatever bytes it holds.
//
//     auto sites = fit_to_shell_line(pieces, /*inputs_follow=*/false);
//     append_fitted(value, sites[0].fit, line);
//
//     echo {}          echo 'v'            echo '{}.x'      echo 'v.x'     (each ' of v as '\'')
//     echo "{}.x"      echo ""'v'".x"      echo $(wc {})    echo $(wc 'v')
//
// {#}, {%} and {seed} are digits and may stand anywhere (quoted after $name and before < or >), but ${#} is
// the shell's. Refused, each with what to write instead: an input in backquotes, a comment, ${…}, $((…)),
// $'…', $"…", after a backslash, in or after a here-document, where `case` in $(…) hides which ) closes it,
// and in what only some shells know or read otherwise: ((, [[, $[, name[, name=(, >&, $$ before a bracket.
//
// A command in the line that interprets its own arguments (eval, sh -c, ssh, awk) does so with inputs too:
// quoting ends where the shell hands the words over. The same holds for a variable that the line sets from an
// input and then calculates with: in $((x)) bash evaluates the value of x once more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "farm/placeholder.hpp"
#include "farm/shell_scanner.hpp"
#include "units/result.hpp"

namespace drover::farm {

// One site for every replacement. `inputs_follow`: the inputs will be appended as words, which is refused
// where they would be something else than arguments of a command (after an operator, a comment, `done`).
[[nodiscard]] Result<std::vector<Site>> fit_to_shell_line(const std::vector<Piece>& pieces,
                                                          bool inputs_follow);

void append_fitted(std::string_view value, Fit fit, std::string& line);

// Does a command of one word look as if it was meant for a shell? It holds a blank or one of | & ;
// < > ( ) $ ` " ' \ * ? [ ] =, or begins with # or ~. For a program that does not exist; a name
// like a#b or c++ is a plain name.
[[nodiscard]] bool looks_like_shell_line(std::string_view word);

}  // namespace drover::farm
