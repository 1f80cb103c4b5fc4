#include "farm/quote.hpp"

#include <algorithm>
#include <array>

namespace drover::farm {
namespace {

constexpr std::array<bool, 256> safe_bytes = [] {
  std::array<bool, 256> safe{};
  for (const char c :
       std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_"))
    safe[static_cast<unsigned char>(c)] = true;
  return safe;
}();

// A leading '=' is a path search in zsh; '~' is in no table at all.
bool is_safe(std::string_view word) {
  return !word.empty() && word.front() != '=' && std::all_of(word.begin(), word.end(), [](char c) {
    return safe_bytes[static_cast<unsigned char>(c)];
  });
}

// Words that a shell takes for its own grammar where a command is expected (POSIX 2.4; bash's in addition).
constexpr std::string_view reserved_words[] = {"if",    "then", "else",     "elif",   "fi",    "do",
                                               "done",  "case", "esac",     "while",  "for",   "in",
                                               "until", "time", "function", "select", "coproc"};

bool is_safe_as_program(std::string_view word) {
  if (word.front() == '%' || word.find('=') != std::string_view::npos) return false;
  return std::find(std::begin(reserved_words), std::end(reserved_words), word) == std::end(reserved_words);
}

void enclose_tail(std::size_t begin, std::string& line) {
  const auto quotes = static_cast<std::size_t>(
      std::count(line.begin() + static_cast<std::string::difference_type>(begin), line.end(), '\''));
  std::size_t from = line.size();
  line.resize(line.size() + 2 + 3 * quotes);
  std::size_t to = line.size();
  line[--to] = '\'';
  while (from > begin) {  // backwards: the text grows into the room behind it
    const char c = line[--from];
    if (c == '\'') {
      to -= 4;
      line.replace(to, 4, "'\\''", 4);
    } else {
      line[--to] = c;
    }
  }
  line[begin] = '\'';
}

}  // namespace

void append_within_single_quotes(std::string_view text, std::string& line) {
  for (;;) {
    const std::size_t quote = text.find('\'');
    line += text.substr(0, quote);
    if (quote == std::string_view::npos) return;
    line += "'\\''";
    text.remove_prefix(quote + 1);
  }
}

void append_single_quoted(std::string_view word, std::string& line) {
  line += '\'';
  append_within_single_quotes(word, line);
  line += '\'';
}

void append_quoted(std::string_view word, std::string& line) {
  if (is_safe(word)) {
    line += word;
  } else {
    append_single_quoted(word, line);
  }
}

void quote_tail(std::size_t begin, WordPlace place, std::string& line) {
  const std::string_view word = std::string_view(line).substr(begin);
  const bool safe = is_safe(word) && (place == WordPlace::argument || is_safe_as_program(word));
  if (!safe) enclose_tail(begin, line);
}

}  // namespace drover::farm
