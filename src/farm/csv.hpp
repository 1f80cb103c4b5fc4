// Records of comma-separated values, fed line by line.
//
//     if (parser.take(line)) use(parser.record());     // false: a quoted value goes on in the next line
//
// A value in quotes may hold the separator, newlines and doubled quotes; lines end with LF or CRLF.
// Tolerated: a quote inside a value that does not begin with one. Text behind a closing quote gives the
// record a `problem`: two readings are possible, and neither should run by accident.
// Errors   none; a faulty record carries a problem ("has text after a closing quote").
// Threads  not synchronised.
// Source   RFC 4180.
#pragma once

#include <string>
#include <string_view>

#include "farm/row.hpp"

namespace drover::farm {

class CsvParser {
 public:
  explicit CsvParser(char separator) : separator_(separator) {}

  // Adds a line, without its LF; true: the record is complete. A new record begins with the next call.
  bool take(std::string_view line);

  // A record has begun and its quoted value is still open.
  [[nodiscard]] bool open() const { return in_quotes_; }

  // The source ended inside a quoted value: closes the record, with a problem.
  void finish();

  [[nodiscard]] const Row& record() const { return record_; }

 private:
  std::size_t take_quoted(std::string_view line, std::size_t at);
  std::size_t take_plain(std::string_view line, std::size_t at);

  char separator_;
  bool in_quotes_ = false;
  std::string value_;  // of the quoted value so far
  Row record_;
};

}  // namespace drover::farm
