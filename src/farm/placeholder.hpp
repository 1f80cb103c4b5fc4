// One text taken apart into what stands as it is and what every task fills in.
//
//     auto pieces = parse_placeholders("--out={2/.}.fits", context);
//     // "--out=" · value 2, stem · ".fits"
//
// A replacement string is {}, {N}, {name}, each with an ending (path_endings.hpp) where wanted, {#}, {%},
// {seed}; -I STR takes the place of `{}` alone. Names may hold anything but braces; an exact name comes
// before a name with an ending, the longer name before the shorter, a name before a number and before {seed}.
// {#} and {%} are no names ever.
//
// Doubled braces stand for single ones around what is, or could be, a replacement string:
// {{print}} is {print}, {{1}} is {1}. A third pair is a replacement again: {{{1}}} is the value in
// braces. All other braces stay.
//
// Errors   usage, where the inputs have names: {typo} (an identifier that is none of them; ${VAR} is not
//          meant); {5} where a task is known to have three values.
// Source   GNU parallel's manual, "replacement strings"; {{ }} as in Python's str.format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "farm/path_endings.hpp"
#include "units/result.hpp"

namespace drover::farm {

struct NameContext;

struct Placeholder {
  enum class What : std::uint8_t { all, value, task, slot, seed };
  What what = What::all;
  Ending ending = Ending::none;
  std::uint32_t index = 0;  // of a value, from 0
  std::string written;      // as it stood in the text: {2/.}

  // Digits only, whatever the input: {#}, {%}, {seed}.
  [[nodiscard]] bool is_number() const { return what >= What::task; }
};

struct Piece {
  std::string literal;                     // comes first
  std::optional<Placeholder> placeholder;  // then this; only the last piece may lack it
};

[[nodiscard]] Result<std::vector<Piece>> parse_placeholders(std::string_view text,
                                                            const NameContext& context);

// May {} stand for several values in some task? Then inside a word it would glue them together.
[[nodiscard]] bool surely_several(const NameContext& context);

}  // namespace drover::farm
