// A whole number as a person or a system file writes it: digits only, all of the text, or nothing.
//
//     whole_number<std::uint32_t>("16") → 16      "", "-1", "+1", "1.5", "8x", 2^32 → nothing
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace drover {

template <std::unsigned_integral Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

}  // namespace drover
