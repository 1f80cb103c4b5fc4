#include "farm/decimal.hpp"

#include <fmt/format.h>

#include <iterator>

namespace drover::farm {
namespace {

constexpr std::int64_t limit = 1'000'000'000'000'000'000;  // 10^18

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  Decimal number;
  bool after_point = false;
  bool digits_missing = true;
  for (const char c : text) {
    if (c == '.' && !after_point) {
      after_point = digits_missing = true;
      continue;
    }
    if (!is_digit(c) || number.scaled >= limit / 10) return std::nullopt;
    number.scaled = number.scaled * 10 + (c - '0');
    number.decimals += after_point ? 1 : 0;
    digits_missing = false;
  }
  if (digits_missing || number.decimals > 18) return std::nullopt;
  if (negative) number.scaled = -number.scaled;
  return number;
}

std::optional<Decimal> Decimal::with_decimals(unsigned wanted) const {
  Decimal number = *this;
  for (; number.decimals < wanted; ++number.decimals) {
    if (number.scaled >= limit / 10 || number.scaled <= -limit / 10) return std::nullopt;
    number.scaled *= 10;
  }
  return number;
}

void Decimal::print(std::string& text, std::size_t width) const {
  std::uint64_t unit = 1;
  for (unsigned i = 0; i < decimals; ++i) unit *= 10;
  const bool negative = scaled < 0;
  const std::uint64_t size =
      negative ? 0 - static_cast<std::uint64_t>(scaled) : static_cast<std::uint64_t>(scaled);
  if (negative) text += '-';
  const std::size_t digits = width > 0 && negative ? width - 1 : width;
  fmt::format_to(std::back_inserter(text), "{:0{}}", size / unit, digits);
  if (decimals > 0) fmt::format_to(std::back_inserter(text), ".{:0{}}", size % unit, decimals);
}

}  // namespace drover::farm
