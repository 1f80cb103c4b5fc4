// Reads a line for /bin/sh from left to right and says of every replacement in it
// how it has to be quoted there.
//
//     ShellScanner scanner(pieces);
//     if (auto scanned = scanner.scan()) … scanner.sites() …
//
// It knows the contexts of POSIX.1-2017, Shell Command Language, 2.2 (quoting), 2.3 (tokens,
// comments), 2.6 (expansions) and 2.7.4 (here-documents). Where shells differ, or where only a full
// parser could tell, an input is refused: whatever it accepts, dash and bash read alike
// (shell_line_test.cpp runs both on random lines).
//
// Errors   usage: an input where it cannot be kept data; a quote that is not closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "farm/placeholder.hpp"
#include "farm/shell_place.hpp"
#include "farm/shell_words.hpp"
#include "units/result.hpp"

namespace drover::farm {

enum class Fit : std::uint8_t {
  plain,      // as it is: digits
  bare,       // 'v'
  in_single,  // v, a quote as '\''
  in_double,  // "'v'"
};

struct Site {
  Fit fit = Fit::plain;
  bool own_word = false;  // several values may stand here as words
};

class ShellScanner {
 public:
  explicit ShellScanner(const std::vector<Piece>& pieces);

  [[nodiscard]] Result<void> scan();

  // One for every replacement, in their order.
  [[nodiscard]] const std::vector<Site>& sites() const { return sites_; }

  // Why no input may follow at the end of the line: "ends in ;". Empty: it may.
  [[nodiscard]] std::string no_end() const;

 private:
  enum class Context : std::uint8_t {
    line,
    substitution,  // bare
    single,
    dollar_single,
    double_,
    dollar_double,  // quotes
    backquotes,
    parameter,
    arithmetic,
    comment,
    here_document,
  };
  struct Frame {
    Context context;
    ShellWords words = {};                       // of a bare frame
    ShellPlace target = ShellPlace::ordinary;    // what the word after its last redirection is
    std::vector<std::uint32_t> open_cases = {};  // a number for every open parenthesis
  };

  // The line as code units: a byte, or first_placeholder + n for a replacement.
  static constexpr int first_placeholder = 256;
  static constexpr int end = -1;

  [[nodiscard]] int peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool sees(std::string_view text, std::size_t ahead = 0) const;
  Frame& top() { return frames_.back(); }
  [[nodiscard]] bool is_bare() const;
  void push(Context context, std::size_t length);
  void pop(std::size_t length);
  void skip_escaped();
  void doubt(ShellPlace place);  // from here on no input may stand
  Result<void> step();

  void bare();
  void bare_backslash();
  void operator_character(char c);
  void opening_parenthesis();
  void closing_parenthesis();
  void redirection();
  void newline();
  void quoted_double();
  void in_dollar_single();
  void in_parameter();
  void in_arithmetic();
  void dollar();

  [[nodiscard]] Result<void> replacement(const Placeholder& placeholder);
  [[nodiscard]] ShellPlace place_of_input() const;
  [[nodiscard]] bool needs_quotes() const;
  [[nodiscard]] bool is_own_word() const;
  [[nodiscard]] std::string open_context() const;

  std::vector<int> units_;
  std::vector<const Placeholder*> placeholders_;
  std::size_t at_ = 0;
  std::vector<Frame> frames_;
  std::vector<Site> sites_;
  ShellPlace doubt_ = ShellPlace::ordinary;
  bool here_document_ = false;  // << has been seen
  std::size_t name_end_ = 0;    // where the last $name ended: digits there would belong to it
  std::size_t dollar_end_ = 0;  // where the last $ that expands nothing ended
  std::size_t escape_end_ = 0;  // where the last backslash ended that would eat a quote
};

}  // namespace drover::farm
