#include "farm/natural_order.hpp"

#include <algorithm>
#include <compare>

namespace drover::farm {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The digits at the front of the text, without leading zeros; removes them from it.
std::string_view take_number(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  std::string_view number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

int rank(char c) {
  return c == '/' ? -1 : static_cast<unsigned char>(c);
}

std::strong_ordering compare(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) && is_digit(b[0])) {
      const std::string_view number_a = take_number(a);
      const std::string_view number_b = take_number(b);
      if (const auto order = number_a.size() <=> number_b.size(); order != 0) return order;
      if (const auto order = number_a <=> number_b; order != 0) return order;
      continue;
    }
    if (const auto order = rank(a[0]) <=> rank(b[0]); order != 0) return order;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() <=> b.size();
}

}  // namespace

bool before_in_natural_order(std::string_view a, std::string_view b) {
  if (const auto order = compare(a, b); order != 0) return order < 0;
  if (a.size() != b.size()) return a.size() < b.size();
  return a < b;
}

}  // namespace drover::farm
