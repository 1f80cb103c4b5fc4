#include "progress/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace drover::progress {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
}

bool continues(std::uint8_t byte) {
  return (byte & 0xC0U) == 0x80U;
}

// The second byte has a narrower range after some first bytes: that excludes overlong forms, surrogates and
// everything beyond U+10FFFF.
bool second_fits(std::uint8_t first, std::uint8_t second) {
  switch (first) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return continues(second);
  }
}

}  // namespace

std::size_t utf8_step(std::string_view text) {
  if (text.empty()) return 0;
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (!second_fits(first, byte_at(text, 1))) return 0;
  if (first < 0xE0) return 2;
  if (!continues(byte_at(text, 2))) return 0;
  if (first < 0xF0) return 3;
  return continues(byte_at(text, 3)) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t step = utf8_step(text);
    if (step == 0) return false;
    text.remove_prefix(step);
  }
  return true;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(1, utf8_step(text)));
  return count;
}

Encoding locale_encoding(const Lookup& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::optional<std::string> value = environment(name);
    if (!value || value->empty()) continue;
    std::ranges::transform(*value, value->begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool utf8 = value->find("utf-8") != std::string::npos || value->find("utf8") != std::string::npos;
    return utf8 ? Encoding::utf8 : Encoding::ascii;
  }
  return Encoding::ascii;  // the locale C
}

}  // namespace drover::progress
