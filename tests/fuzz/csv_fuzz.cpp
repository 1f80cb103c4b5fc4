// Any records that are written as CSV are read back as they were; any bytes at all are read without a fault.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "farm/csv.hpp"
#include "units/assert.hpp"

namespace {

using drover::farm::CsvParser;
using Records = std::vector<std::vector<std::string>>;

// Feeds a text line by line, as a source does.
Records read_records(std::string_view text, char separator) {
  CsvParser parser(separator);
  Records records;
  const auto keep = [&] {
    auto& record = records.emplace_back();
    for (std::size_t i = 0; i < parser.record().size(); ++i) record.emplace_back(parser.record().value(i));
  };
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    if (parser.take(text.substr(0, newline))) keep();
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
  if (parser.open()) parser.finish(), keep();
  return records;
}

// A value in quotes where it has to be.
void write_value(std::string_view value, char separator, std::string& text) {
  const char special[] = {'"', '\n', '\r', separator};
  if (!value.empty() &&
      value.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos) {
    text += value;
    return;
  }
  text += '"';
  for (const char c : value) text.append(c == '"' ? 2 : 1, c);
  text += '"';
}

std::string write_records(const Records& records, char separator, std::string_view end_of_line) {
  std::string text;
  for (const auto& record : records) {
    for (std::size_t i = 0; i < record.size(); ++i) {
      if (i > 0) text += separator;
      write_value(record[i], separator, text);
    }
    text += end_of_line;
  }
  return text;
}

// 0xFF ends a record and 0xFE a value; every other byte belongs to a value.
Records records_from(std::string_view bytes) {
  Records records(1, {""});
  for (const char byte : bytes) {
    if (byte == '\xFF')
      records.push_back({""});
    else if (byte == '\xFE')
      records.back().emplace_back();
    else
      records.back().back() += byte;
  }
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const char separator = size % 2 == 0 ? ',' : '\t';

  const Records records = records_from(bytes);
  DROVER_ASSERT(read_records(write_records(records, separator, "\n"), separator) == records, size);
  DROVER_ASSERT(read_records(write_records(records, separator, "\r\n"), separator) == records, size);

  // What was understood once is understood the same when it is written properly.
  const Records understood = read_records(bytes, separator);
  DROVER_ASSERT(read_records(write_records(understood, separator, "\n"), separator) == understood, size);
  return 0;
}
