#include "farm/row_format.hpp"

#include <fmt/format.h>

#include "farm/csv.hpp"
#include "farm/input.hpp"

namespace drover::farm {
namespace {

Result<char> csv_separator(const std::string& colsep) {
  DROVER_TRY(const ColumnSeparator separator, ColumnSeparator::compile(colsep));
  const auto& text = separator.literal();
  if (!text || text->size() != 1 || std::string_view("\"\r\n").find(text->front()) != std::string_view::npos)
    return failure(Errc::usage, fmt::format("--colsep '{}' cannot separate the values of --csv", colsep),
                   "with --csv write one character, such as ';' or '\\t', or leave --csv out");
  return text->front();
}

}  // namespace

Result<RowFormat> RowFormat::from(const InputOptions& options) {
  RowFormat format;
  format.delimiter = options.delimiter;
  format.header = options.header;
  format.csv = options.csv;
  if (!options.csv) {
    if (options.colsep) {
      DROVER_TRY(format.colsep, ColumnSeparator::compile(*options.colsep));
    }
    return format;
  }
  if (options.delimiter != '\n')
    return failure(Errc::usage, "the records of --csv end with the line, not with another character",
                   "leave out -0 and --delimiter, or --csv");
  if (options.colsep) {
    DROVER_TRY(format.separator, csv_separator(*options.colsep));
  }
  return format;
}

void RowFormat::split(std::string_view text, Row& into) const {
  if (csv) {
    CsvParser parser(separator);
    if (!parser.take(text)) parser.finish();
    into.append(parser.record());
  } else if (colsep) {
    colsep->split(text, into);
  } else {
    into.add(text);
  }
}

}  // namespace drover::farm
