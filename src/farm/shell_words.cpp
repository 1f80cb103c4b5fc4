#include "farm/shell_words.hpp"

#include <algorithm>
#include <string_view>

namespace drover::farm {
namespace {

constexpr std::string_view keywords[] = {"!",    "{",    "}",     "if",    "then", "elif",
                                         "else", "fi",   "for",   "in",    "do",   "done",
                                         "case", "esac", "while", "until", "time", "coproc"};

bool is_keyword(std::string_view word) {
  return std::find(std::begin(keywords), std::end(keywords), word) != std::end(keywords);
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

// Of the text before a '=': x, and bash's x+ and x[1].
bool is_assignable(std::string_view text) {
  if (text.ends_with('+')) text.remove_suffix(1);
  if (text.ends_with(']')) text = text.substr(0, text.find('['));
  return is_name(text);
}

bool is_number(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

void ShellWords::character(char c) {
  if (c == '=' && (subscript_closed_ || (plain_ && is_assignable(text_)))) assignment_ = true;
  if (c == '[' && in_word_ && plain_ && is_name(text_)) subscript_ = true;
  subscript_closed_ = (c == ']' && subscript_) || (c == '+' && subscript_closed_);
  if (c == ']') subscript_ = false;
  in_word_ = true;
  if (plain_) text_ += c;
}

void ShellWords::opaque() {
  spoil_subscript();
  in_word_ = true;
  plain_ = false;
}

// The redirection `2>` and bash's `{fd}>` have their number for a word.
void ShellWords::classify(char next) {
  const bool redirects = next == '<' || next == '>';
  if (target_) {
    target_ = false;
    last_ = "a redirection";
  } else if (redirects && plain_ && (is_number(text_) || text_.starts_with('{'))) {
    // not a word of the command
  } else if (!command_ && plain_ && is_keyword(text_)) {
    last_ = text_;
  } else if (!command_ && assignment_) {
    last_ = "an assignment";
  } else {
    command_ = true;
  }
}

void ShellWords::end_word(char next) {
  spoil_subscript();
  if (!in_word_) return;
  classify(next);
  if (plain_) {
    // `case` counts wherever it stands, `esac` only where it must be the keyword: in doubt the case is open.
    if (text_ == "case") ++cases_;
    if (text_ == "esac" && after_separator_ && cases_ > 0) --cases_;
    if (text_ == "[[") double_bracket_ = true;
  }
  in_word_ = false;
  plain_ = true;
  assignment_ = false;
  after_separator_ = false;
  text_.clear();
}

void ShellWords::separator(char c) {
  end_word(c);
  command_ = false;
  target_ = false;
  after_separator_ = c != '(' && c != ')';
  last_ = c == '\n' ? "a newline" : std::string(1, c);
}

void ShellWords::redirection() {
  end_word('<');
  target_ = true;
  after_separator_ = false;
}

ShellPlace ShellWords::doubt() const {
  if (double_bracket_ || (plain_ && text_ == "[[")) return ShellPlace::double_bracket;
  return subscript_ || subscript_spoilt_ ? ShellPlace::subscript : ShellPlace::ordinary;
}

std::string ShellWords::no_command() const {
  ShellWords whole = *this;
  whole.end_word();
  if (whole.target_) return "ends in a redirection without its file";
  if (whole.command_) return "";
  return whole.last_.empty() ? "holds no command" : "ends in " + whole.last_;
}

}  // namespace drover::farm
