// Decimal numbers as people write them, as integers with a number of decimals: 0.1
// is {1, 1}, never a binary float.
//
//     auto step = Decimal::parse("0.25");      // scaled 25, decimals 2
//
// Range    at most 18 digits, so that the difference of any two fits in 64 bits.
// Errors   parse(): nothing for a text that is no such number (1e-3, 0x10, an empty one).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drover::farm {

struct Decimal {
  std::int64_t scaled = 0;
  unsigned decimals = 0;

  // [+|-]digits[.digits] or [+|-].digits
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);

  // The same number with more decimals; nothing beyond 18 digits.
  [[nodiscard]] std::optional<Decimal> with_decimals(unsigned wanted) const;

  // Appends the number; its whole part, sign included, is filled with zeros to `width` characters.
  void print(std::string& text, std::size_t width = 0) const;
};

}  // namespace drover::farm
