#include "record/words_text.hpp"

#include <utility>

namespace drover::record {
namespace {

constexpr std::pair<char, char> escapes[] = {{'\\', '\\'}, {'\t', 't'}, {'\n', 'n'}, {'\0', '0'}};
constexpr std::string_view escaped("\\\t\n\0", 4);

char meaning(char letter) {
  for (const auto& [byte, written] : escapes) {
    if (written == letter) return byte;
  }
  return letter;
}

}  // namespace

void append_joined(std::string_view value, bool first, std::string& text) {
  if (!first) text += '\t';
  if (value.find_first_of(escaped) == std::string_view::npos) {
    text += value;
    return;
  }
  for (const char c : value) {
    const std::size_t which = escaped.find(c);
    if (which == std::string_view::npos) {
      text += c;
    } else {
      text += '\\';
      text += escapes[which].second;
    }
  }
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) append_joined(values[i], i == 0, text);
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> values(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\t') {
      values.emplace_back();
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      values.back() += meaning(text[++i]);
    } else {
      values.back() += text[i];
    }
  }
  return values;
}

}  // namespace drover::record
