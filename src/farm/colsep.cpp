#include "farm/colsep.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cstring>

namespace drover::farm {
namespace {

struct FreeRegex {
  void operator()(regex_t* regex) const {
    ::regfree(regex);
    delete regex;
  }
};

// What the letter behind a backslash stands for in Perl and not in POSIX; empty for all others.
std::string_view perl_escape(char letter, bool in_brackets) {
  switch (letter) {
    case 't':
      return "\t";
    case 'n':
      return "\n";
    case 'r':
      return "\r";
    case 'f':
      return "\f";
    case 'v':
      return "\v";
    case 'd':
      return in_brackets ? "0-9" : "[0-9]";
    default:
      return {};
  }
}

// Replaces the escapes of Perl that POSIX lacks.
std::string to_posix(std::string_view expression) {
  std::string posix;
  bool in_brackets = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\' && i + 1 < expression.size()) {
      const char letter = expression[++i];
      const std::string_view meant = perl_escape(letter, in_brackets);
      if (meant.empty())
        posix.append({c, letter});
      else
        posix += meant;
      continue;
    }
    if (c == '[') in_brackets = true;
    if (c == ']') in_brackets = false;
    posix += c;
  }
  return posix;
}

// The one text that the expression matches, if that can be seen at a glance.
std::optional<std::string> as_literal(std::string_view posix) {
  std::string text;
  for (std::size_t i = 0; i < posix.size(); ++i) {
    if (posix[i] == '\\') {
      // \s, \w, \1: only a backslash before punctuation takes its meaning away.
      ++i;
      if (i == posix.size() || std::ispunct(static_cast<unsigned char>(posix[i])) == 0 ||
          std::strchr("<>`'", posix[i]) != nullptr)
        return std::nullopt;
    } else if (posix != "|" && std::strchr("[](){}.*+?^$|", posix[i]) != nullptr) {
      return std::nullopt;
    }
    text += posix[i];
  }
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

Result<ColumnSeparator> ColumnSeparator::compile(std::string_view expression) {
  const std::string posix = to_posix(expression);
  ColumnSeparator separator;
  separator.literal_ = as_literal(posix);
  if (separator.literal_) return separator;

  auto regex = std::make_unique<regex_t>();
  if (const int error = ::regcomp(regex.get(), posix.c_str(), REG_EXTENDED); error != 0) {
    std::array<char, 200> words{};
    ::regerror(error, regex.get(), words.data(), words.size());
    return failure(
        Errc::usage,
        fmt::format("--colsep '{}' is not an extended regular expression ({})", expression, words.data()),
        "put a backslash before a character that is meant literally");
  }
  separator.regex_ = std::shared_ptr<regex_t>(regex.release(), FreeRegex{});
  if (::regexec(separator.regex_.get(), "", 0, nullptr, 0) == 0)
    return failure(Errc::usage, fmt::format("--colsep '{}' matches the empty text too", expression),
                   "write + where at least one is meant: ' +' for one or more blanks");
  return separator;
}

void ColumnSeparator::split(std::string_view text, Row& into) const {
  if (literal_)
    split_at_literal(text, into);
  else
    split_at_matches(text, into);
}

void ColumnSeparator::split_at_literal(std::string_view text, Row& into) const {
  std::size_t begin = 0;
  while (true) {
    const std::size_t found =
        literal_->size() == 1 ? text.find(literal_->front(), begin) : text.find(*literal_, begin);
    if (found == std::string_view::npos) break;
    into.add(text.substr(begin, found - begin));
    begin = found + literal_->size();
  }
  into.add(text.substr(begin));
}

void ColumnSeparator::split_at_matches(std::string_view text, Row& into) const {
  std::size_t begin = 0;
  std::size_t from = 0;
  const auto size = static_cast<regoff_t>(text.size());
  while (from < text.size()) {
    regmatch_t match{static_cast<regoff_t>(from), size};
    const int flags = REG_STARTEND | (from > 0 ? REG_NOTBOL : 0);
    if (::regexec(regex_.get(), text.data(), 1, &match, flags) != 0) break;
    const auto match_begin = static_cast<std::size_t>(match.rm_so);
    const auto match_end = static_cast<std::size_t>(match.rm_eo);
    if (match_begin == match_end) {
      from = match_end + 1;
      continue;
    }
    into.add(text.substr(begin, match_begin - begin));
    begin = from = match_end;
  }
  into.add(text.substr(begin));
}

}  // namespace drover::farm
