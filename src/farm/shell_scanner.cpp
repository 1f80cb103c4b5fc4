#include "farm/shell_scanner.hpp"

#include <fmt/format.h>

#include "farm/shell_unit.hpp"
#include "units/assert.hpp"

namespace drover::farm {

ShellScanner::ShellScanner(const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) {
    for (const char c : piece.literal) units_.push_back(static_cast<unsigned char>(c));
    if (!piece.placeholder) continue;
    units_.push_back(first_placeholder + static_cast<int>(placeholders_.size()));
    placeholders_.push_back(&*piece.placeholder);
  }
  frames_.push_back({Context::line});
}

int ShellScanner::peek(std::size_t ahead) const {
  return at_ + ahead < units_.size() ? units_[at_ + ahead] : end;
}

bool ShellScanner::sees(std::string_view text, std::size_t ahead) const {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (peek(ahead + i) != static_cast<unsigned char>(text[i])) return false;
  return true;
}

bool ShellScanner::is_bare() const {
  return frames_.back().context == Context::line || frames_.back().context == Context::substitution;
}

void ShellScanner::push(Context context, std::size_t length) {
  if (is_bare() && context != Context::comment) top().words.opaque();
  frames_.push_back({context});
  at_ += length;
}

void ShellScanner::pop(std::size_t length) {
  DROVER_ASSERT(frames_.size() > 1);
  frames_.pop_back();
  at_ += length;
}

// One unit, or a backslash with what it escapes.
void ShellScanner::skip_escaped() {
  at_ += peek() == '\\' && peek(1) < first_placeholder ? 2 : 1;
}

void ShellScanner::doubt(ShellPlace place) {
  if (doubt_ == ShellPlace::ordinary) doubt_ = place;
}

Result<void> ShellScanner::scan() {
  while (at_ < units_.size()) DROVER_CHECK(step());
  const std::string open = open_context();
  if (doubt_ == ShellPlace::ordinary && !open.empty())
    return failure(Errc::usage, fmt::format("the shell line ends inside {}", open), "close it");
  return {};
}

Result<void> ShellScanner::step() {
  const int unit = peek();
  if (unit >= first_placeholder)
    return replacement(*placeholders_[static_cast<std::size_t>(unit - first_placeholder)]);
  // A here-document begins at the next newline token, and shells differ in what they take for one in quotes.
  if (unit == '\n' && here_document_) doubt(ShellPlace::here_document);
  switch (top().context) {
    case Context::line:
    case Context::substitution:
      bare();
      break;
    case Context::single:
      unit == '\'' ? pop(1) : void(++at_);
      break;
    case Context::dollar_single:
      in_dollar_single();
      break;
    case Context::double_:
    case Context::dollar_double:
      quoted_double();
      break;
    // A backquote ends at the next one without a backslash, whatever stands between (POSIX 2.6.3).
    case Context::backquotes:
      unit == '`' ? pop(1) : skip_escaped();
      break;
    case Context::parameter:
      in_parameter();
      break;
    case Context::arithmetic:
      in_arithmetic();
      break;
    case Context::comment:
      unit == '\n' ? pop(0) : void(++at_);
      break;
    case Context::here_document:
      ++at_;
      break;
  }
  return {};
}

Result<void> ShellScanner::replacement(const Placeholder& placeholder) {
  const ShellPlace place = dollar_end_ == at_ && at_ > 0 ? ShellPlace::after_dollar : place_of_input();
  if (place != ShellPlace::ordinary && (!placeholder.is_number() || place == ShellPlace::after_dollar)) {
    const PlaceText text = describe(place);
    return failure(Errc::usage,
                   fmt::format("{} stands {} of the shell line, where what it stands for could be run",
                               placeholder.written, text.where),
                   std::string(text.advice));
  }
  Site site;
  site.own_word = is_own_word();
  if (!placeholder.is_number() || needs_quotes()) {
    site.fit = is_bare() ? Fit::bare : top().context == Context::single ? Fit::in_single : Fit::in_double;
  }
  sites_.push_back(site);
  if (is_bare()) placeholder.is_number() ? top().words.character('0') : top().words.opaque();
  ++at_;
  return {};
}

ShellPlace ShellScanner::place_of_input() const {
  for (const Frame& frame : frames_) {
    switch (frame.context) {
      case Context::backquotes:
        return ShellPlace::backquotes;
      case Context::comment:
        return ShellPlace::comment;
      case Context::parameter:
        return ShellPlace::parameter;
      case Context::arithmetic:
        return ShellPlace::arithmetic;
      case Context::dollar_single:
        return ShellPlace::dollar_single;
      case Context::dollar_double:
        return ShellPlace::dollar_double;
      case Context::here_document:
        return ShellPlace::here_document;
      default:
        break;
    }
    if (frame.words.is_target() && frame.target != ShellPlace::ordinary) return frame.target;
    if (const ShellPlace place = frame.words.doubt(); place != ShellPlace::ordinary) return place;
  }
  if (doubt_ != ShellPlace::ordinary) return doubt_;
  if (escape_end_ == at_ && at_ > 0) return ShellPlace::after_backslash;
  return ShellPlace::ordinary;
}

// Digits before < or > would name a descriptor, digits after $name would lengthen the name.
bool ShellScanner::needs_quotes() const {
  if (doubt_ != ShellPlace::ordinary || (escape_end_ == at_ && at_ > 0)) return false;
  const bool in_double = frames_.back().context == Context::double_;
  if (!is_bare() && !in_double) return false;
  return (name_end_ == at_ && at_ > 0) || (is_bare() && (peek(1) == '<' || peek(1) == '>'));
}

bool ShellScanner::is_own_word() const {
  if (!is_bare() || frames_.back().words.in_word() || frames_.back().words.is_target()) return false;
  return peek(1) == end || ends_word(peek(1));
}

std::string ShellScanner::open_context() const {
  for (const Frame& frame : frames_) {
    switch (frame.context) {
      case Context::line:
      case Context::comment:
      case Context::here_document:
        break;
      case Context::substitution:
        return "$(…): the ) is missing";
      case Context::single:
        return "'…': the closing ' is missing";
      case Context::dollar_single:
        return "$'…': the closing ' is missing";
      case Context::double_:
      case Context::dollar_double:
        return "\"…\": the closing \" is missing";
      case Context::backquotes:
        return "`…`: the closing ` is missing";
      case Context::parameter:
        return "${…}: the } is missing";
      case Context::arithmetic:
        return "$((…)): the )) is missing";
    }
  }
  return "";
}

std::string ShellScanner::no_end() const {
  const Frame& last = frames_.back();
  if (last.context == Context::comment) return "ends in a comment";
  if (here_document_) return "holds a here-document";
  if (doubt_ != ShellPlace::ordinary) return fmt::format("ends {}", describe(doubt_).where);
  if (const ShellPlace place = last.words.doubt(); place != ShellPlace::ordinary)
    return fmt::format("ends {}", describe(place).where);
  if (escape_end_ == units_.size() && !units_.empty()) return "ends in a backslash";
  return last.words.no_command();
}

}  // namespace drover::farm
