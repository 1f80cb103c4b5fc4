// The rows of a file or of standard input, as they come: lines, columns or CSV records.
//
//     DROVER_TRY(auto stream, RowStream::open("inputs.csv", format));
//     while (stream->next(row) == Pull::task) …              // adds to `row`
//
// With `header` the first row is read by read_names(), before next(). A byte order mark before a header or
// before CSV is skipped. In CSV a blank line is no record (an empty single value is written ""), elsewhere an
// empty line is an empty input, as for GNU parallel.
// A row with another number of columns than the first (csv, header), with a NUL byte or with a broken quote
// carries a problem that names row and file; rows are counted from 1, the header and blank lines included.
// Errors   as InputFile::open; next(): io.
// Threads  not synchronised.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "farm/csv.hpp"
#include "farm/input_file.hpp"
#include "farm/line_reader.hpp"
#include "farm/row_format.hpp"

namespace drover::farm {

class RowStream {
 public:
  // `format` must outlive the stream.
  [[nodiscard]] static Result<std::unique_ptr<RowStream>> open(const std::string& path,
                                                               const RowFormat& format);

  RowStream(InputFile file, const RowFormat& format);

  // `end`: the source is empty and has no header either.
  [[nodiscard]] Result<Pull> read_names(std::vector<std::string>& names);

  [[nodiscard]] Result<Pull> next(Row& into);

  // All rows of a regular file of up to 32 MiB (CSV: 4 MiB), counted in a pass
  // of its own; nothing for others.
  [[nodiscard]] std::optional<std::uint64_t> count() const;

  [[nodiscard]] const InputFile& file() const { return file_; }
  [[nodiscard]] std::size_t capacity() const { return reader_.capacity(); }

 private:
  [[nodiscard]] Result<Pull> next_line(Row& into);
  [[nodiscard]] Result<Pull> next_record(Row& into);
  [[nodiscard]] Result<Pull> pull(std::string_view& line);
  [[nodiscard]] Result<std::uint64_t> count_records() const;
  void check_columns(std::size_t columns, Row& row);
  void complain(Row& row, std::string_view what) const;

  InputFile file_;
  const RowFormat* format_;
  LineReader reader_;
  CsvParser csv_;
  bool at_start_ = true;
  bool nul_in_record_ = false;
  std::uint64_t row_ = 0;             // of the file, from 1
  std::optional<std::size_t> width_;  // of the first row
};

// "1 column", "3 columns"
[[nodiscard]] std::string columns_in_words(std::size_t columns);

}  // namespace drover::farm
