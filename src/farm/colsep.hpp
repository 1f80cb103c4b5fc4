// --colsep: splits an input into columns at every match of an extended regular expression.
//
//     DROVER_TRY(auto separator, ColumnSeparator::compile("\\s+"));
//     separator.split("12  NGC 1275", row);          // "12", "NGC", "1275"
//
// \t, \n, \r, \f, \v and \d mean what they do in GNU parallel's (Perl's) expressions, in brackets too;
// POSIX has no word for them. Two separators in a row have an empty column between them; a match of no
// characters separates nothing; "|" alone is that character. Bytes are compared, in the program's locale.
// Errors   usage: not a regular expression, or one that matches the empty text.
// Cost     about 10 ns a column for a literal separator ("," or "\t"), some 80 ns for an expression.
// Threads  const members may be called by several threads.
// Source   regex(7); REG_STARTEND, as in glibc and the BSDs, lets columns hold NUL bytes.
#pragma once

#include <regex.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "farm/row.hpp"
#include "units/result.hpp"

namespace drover::farm {

class ColumnSeparator {
 public:
  [[nodiscard]] static Result<ColumnSeparator> compile(std::string_view expression);

  // Adds the columns of `text`: one more than there are separators.
  void split(std::string_view text, Row& into) const;

  // The separator, where the expression stands for one text only.
  [[nodiscard]] const std::optional<std::string>& literal() const { return literal_; }

 private:
  void split_at_literal(std::string_view text, Row& into) const;
  void split_at_matches(std::string_view text, Row& into) const;

  std::optional<std::string> literal_;
  std::shared_ptr<const regex_t> regex_;  // null where there is a literal
};

}  // namespace drover::farm
