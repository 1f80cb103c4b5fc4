#include "progress/printable.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace drover::progress {

namespace {

// C1 controls (U+0080…9F), U+061C, U+200E/F, U+2028…202E and U+2066…2069, as their bytes in UTF-8.
bool is_hidden(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(character[i]); };
  if (character.size() == 2) return (byte(0) == 0xC2 && byte(1) < 0xA0) || character == "\u061C";
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  if (byte(1) == 0x80) return byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
  return byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
}

void append_escaped(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<std::uint8_t>(c));
  }
}

bool is_plain(std::string_view character, Encoding encoding) {
  if (character.size() == 1) return character[0] >= ' ' && character[0] <= '~';
  return encoding == Encoding::utf8 && !is_hidden(character);
}

}  // namespace

std::string printable(std::string_view text, Encoding encoding, std::size_t width) {
  const std::string_view mark = encoding == Encoding::utf8 ? "…" : "...";
  const std::size_t mark_width = columns(mark);
  std::string out;
  std::size_t used = 0;      // columns of `out`
  std::size_t fits_end = 0;  // bytes of `out` after which the mark still fits
  while (!text.empty()) {
    const std::size_t step = utf8_step(text);
    const std::string_view character = text.substr(0, step == 0 ? 1 : step);
    text.remove_prefix(character.size());
    const std::size_t before = out.size();
    if (step != 0 && is_plain(character, encoding)) {
      out += character;
      used += 1;
    } else {
      append_escaped(character, out);
      used += out.size() - before;
    }
    if (used + mark_width <= width) fits_end = out.size();
    if (used > width) {
      out.resize(fits_end);
      return out += mark;
    }
  }
  return out;
}

}  // namespace drover::progress
