#include "farm/csv.hpp"

namespace drover::farm {
namespace {

constexpr std::size_t none = std::string_view::npos;

// Where a value that begins at `at` stops: at its separator, or at the end of the line.
std::size_t end_of_value(std::string_view line, std::size_t at, char separator) {
  const std::size_t found = line.find(separator, at);
  return found == none ? line.size() : found;
}

// The text of the value, less the CR of a line that ends with CRLF.
std::string_view without_cr(std::string_view line, std::size_t begin, std::size_t end) {
  const bool carriage_return = end == line.size() && end > begin && line[end - 1] == '\r';
  return line.substr(begin, end - begin - (carriage_return ? 1 : 0));
}

}  // namespace

bool CsvParser::take(std::string_view line) {
  std::size_t at = 0;
  if (in_quotes_) {
    value_ += '\n';
    at = take_quoted(line, 0);
  } else {
    record_.clear();
    at = !line.empty() && line[0] == '"' ? take_quoted(line, 1) : take_plain(line, 0);
  }
  while (at < line.size()) {  // at a separator
    ++at;
    at = at < line.size() && line[at] == '"' ? take_quoted(line, at + 1) : take_plain(line, at);
  }
  return !in_quotes_;
}

// Both return where the value stopped; line.size() is the end of the line.
std::size_t CsvParser::take_plain(std::string_view line, std::size_t at) {
  const std::size_t end = end_of_value(line, at, separator_);
  record_.add(without_cr(line, at, end));
  return end;
}

std::size_t CsvParser::take_quoted(std::string_view line, std::size_t at) {
  in_quotes_ = true;
  while (true) {
    const std::size_t quote = line.find('"', at);
    value_ += line.substr(at, quote == none ? none : quote - at);
    if (quote == none) return line.size();
    at = quote + 1;
    if (at == line.size() || line[at] != '"') break;
    value_ += '"';
    ++at;
  }
  in_quotes_ = false;
  const std::size_t end = end_of_value(line, at, separator_);
  const std::string_view behind = without_cr(line, at, end);
  if (!behind.empty()) record_.problem = "has text after a closing quote";
  value_ += behind;
  record_.add(value_);
  value_.clear();
  return end;
}

void CsvParser::finish() {
  in_quotes_ = false;
  record_.add(value_);
  value_.clear();
  record_.problem = "opens a quote that is never closed";
}

}  // namespace drover::farm
