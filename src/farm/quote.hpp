// Quoting for a POSIX shell: the word comes out of the shell as it went in, whatever bytes it holds.
// Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace drover::farm {

// Appends `word` as it is where that is safe (letters, digits and %+,-./:=@_ ; not empty; no leading '~' or
// '='), otherwise in single quotes, a quote as '\''.
void append_quoted(std::string_view word, std::string& line);

// As append_quoted, but always in quotes.
void append_single_quoted(std::string_view word, std::string& line);

// For text that already stands between single quotes: each quote becomes '\''.
void append_within_single_quotes(std::string_view text, std::string& line);

// The first word of a command needs quotes in more cases: A=b would be an assignment, `time` a keyword.
enum class WordPlace { program, argument };

// Quotes the word that `line` ends with, from `begin` on, where it needs it; in place.
void quote_tail(std::size_t begin, WordPlace place, std::string& line);

}  // namespace drover::farm
