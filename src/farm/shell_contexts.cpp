// What every character does in each context of a shell line.
#include "farm/shell_scanner.hpp"
#include "farm/shell_unit.hpp"

namespace drover::farm {

void ShellScanner::bare() {
  const int unit = peek();
  switch (unit) {
    case '\\':
      return bare_backslash();
    case '\'':
      return push(Context::single, 1);
    case '"':
      return push(Context::double_, 1);
    case '`':
      return push(Context::backquotes, 1);
    case '$':
      return dollar();
    case '#':
      if (!top().words.in_word()) return push(Context::comment, 1);
      break;
    default:
      break;
  }
  if (ends_word(unit)) return operator_character(static_cast<char>(unit));
  top().words.character(static_cast<char>(unit));
  ++at_;
}

void ShellScanner::bare_backslash() {
  const int next = peek(1);
  if (next == end || next >= first_placeholder) {
    top().words.opaque();
    escape_end_ = ++at_;
    return;
  }
  if (next != '\n') {
    top().words.opaque();
    at_ += 2;
    return;
  }
  // The pair vanishes. Where that would make one token of two pieces, this scanner would not see the token.
  const int before = at_ > 0 ? units_[at_ - 1] : '\n';
  const int after = peek(2);
  const bool apart = is_blank(before) || before == '\n' || is_blank(after) || after == '\n' || after == end ||
                     (is_control(before) && !ends_word(after));
  if (!apart) doubt(ShellPlace::joined_line);
  at_ += 2;
}

void ShellScanner::operator_character(char c) {
  switch (c) {
    case '\n':
      return newline();
    case '(':
      return opening_parenthesis();
    case ')':
      return closing_parenthesis();
    case '<':
    case '>':
      return redirection();
    default:
      break;
  }
  is_blank(c) ? top().words.end_word(c) : top().words.separator(c);
  ++at_;
}

void ShellScanner::newline() {
  top().words.separator('\n');
  ++at_;
  if (here_document_) frames_.push_back({Context::here_document});
}

void ShellScanner::opening_parenthesis() {
  if (sees("((")) doubt(ShellPlace::double_parenthesis);
  if (top().words.ends_in_equals()) doubt(ShellPlace::array);
  top().words.separator('(');
  top().open_cases.push_back(top().words.open_cases());
  ++at_;
}

// In $(…) it must be known which parenthesis closes. One that was opened in the same `case` (or outside of
// any) closes its partner; any other within a `case` may end a pattern.
void ShellScanner::closing_parenthesis() {
  Frame& frame = top();
  frame.words.end_word(')');
  const std::uint32_t cases = frame.words.open_cases();
  const bool is_substitution = frame.context == Context::substitution;
  if (is_substitution && frame.open_cases.empty() && cases == 0) {
    doubt(frame.words.doubt());
    return pop(1);
  }
  if (is_substitution && cases != (frame.open_cases.empty() ? 0 : frame.open_cases.back()))
    doubt(ShellPlace::case_in_substitution);
  if (!frame.open_cases.empty()) frame.open_cases.pop_back();
  frame.words.separator(')');
  ++at_;
}

void ShellScanner::redirection() {
  top().words.redirection();
  top().target = ShellPlace::ordinary;
  if (sees("<<<")) {
    at_ += 3;
  } else if (sees("<<")) {
    here_document_ = true;
    top().target = ShellPlace::here_document_word;
    at_ += sees("<<-") ? 3 : 2;
  } else {
    const int next = peek(1);
    if (next == '&') top().target = ShellPlace::descriptor;
    at_ += next == '>' || next == '&' || next == '|' ? 2 : 1;
  }
}

void ShellScanner::quoted_double() {
  switch (peek()) {
    case '"':
      return pop(1);
    case '$':
      return dollar();
    case '`':
      return push(Context::backquotes, 1);
    case '\\':
      if (peek(1) >= first_placeholder) {
        escape_end_ = ++at_;
      } else {
        at_ += 2;
      }
      return;
    default:
      ++at_;
  }
}

void ShellScanner::in_dollar_single() {
  // '\'' ends the text for dash and goes on for bash.
  if (peek() == '\\') doubt(ShellPlace::backslash_in_dollar_single);
  if (peek() == '\'') return pop(1);
  ++at_;
}

void ShellScanner::in_parameter() {
  // Whether quotes quote in ${…} depends on the quotes around it and on the operator: dash and bash differ.
  const bool outside_quotes = frames_[frames_.size() - 2].context == Context::line ||
                              frames_[frames_.size() - 2].context == Context::substitution;
  switch (peek()) {
    case '}':
      return pop(1);
    case '$':
      return dollar();
    case '`':
      return push(Context::backquotes, 1);
    case '\\':
      return skip_escaped();
    case '\'':
    case '"':
      if (outside_quotes) return push(peek() == '"' ? Context::double_ : Context::single, 1);
      doubt(ShellPlace::quote_in_parameter);
      break;
    default:
      break;
  }
  ++at_;
}

void ShellScanner::in_arithmetic() {
  switch (peek()) {
    case '(':
      top().open_cases.push_back(0);
      break;
    case ')':
      if (!top().open_cases.empty()) {
        top().open_cases.pop_back();
        break;
      }
      if (sees("))")) return pop(2);
      doubt(ShellPlace::open_arithmetic);
      break;
    case '$':
      return dollar();
    case '`':
      return push(Context::backquotes, 1);
    case '\'':
    case '"':
    case '\\':
      doubt(ShellPlace::quote_in_arithmetic);
      break;
    default:
      break;
  }
  ++at_;
}

void ShellScanner::dollar() {
  if (is_bare()) top().words.opaque();
  if (sees("$((")) return push(Context::arithmetic, 3);
  if (sees("$(")) return push(Context::substitution, 2);
  if (sees("${")) {
    // ${ command; } of newer shells.
    if (is_blank(peek(2)) || peek(2) == '\n' || peek(2) == '|') doubt(ShellPlace::parameter);
    return push(Context::parameter, 2);
  }
  if (is_bare() && sees("$'")) return push(Context::dollar_single, 2);
  if (is_bare() && sees("$\"")) return push(Context::dollar_double, 2);
  if (sees("$[")) doubt(ShellPlace::dollar_bracket);
  if (sees("$\\\n")) doubt(ShellPlace::joined_line);
  // In quotes bash reads the second $ of $${ as the beginning of an expansion.
  if (sees("$$") && (sees("{", 2) || sees("(", 2) || sees("[", 2) || sees("'", 2) || sees("\"", 2)))
    doubt(ShellPlace::double_dollar);
  const int next = peek(1);
  if (is_name(next) && !is_digit(next)) {
    for (++at_; is_name(peek());) ++at_;
    name_end_ = at_;
  } else if (is_digit(next) ||
             (next != end && next < first_placeholder &&
              std::string_view("@*#?-$!").find(static_cast<char>(next)) != std::string_view::npos)) {
    at_ += 2;
  } else {
    dollar_end_ = ++at_;
  }
}

}  // namespace drover::farm
