#include "cli/status_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "farm/quote.hpp"
#include "progress/printable.hpp"
#include "units/quantity.hpp"
#include "units/utc_time.hpp"

namespace drover::cli {

std::string moment(double seconds) {
  if (seconds == 0) return "-";
  std::string text = utc_time(seconds);
  const std::size_t point = text.find('.');
  return text.replace(point, text.size() - point, "Z");
}

std::string duration(double seconds) {
  constexpr double longest = 3e8;
  const double shown = std::round(std::clamp(seconds, 0.0, longest));
  return describe(std::chrono::nanoseconds(std::chrono::seconds(std::llround(shown))));
}

std::string tasks(std::uint64_t number) {
  return fmt::format("{} {}", grouped(number), number == 1 ? "task" : "tasks");
}

std::string pasteable(std::string_view line, progress::Encoding encoding) {
  std::string text;
  while (true) {
    const std::size_t end = line.find_first_of("\n\t");
    text += progress::printable(line.substr(0, end), encoding);
    if (end == std::string_view::npos) return text;
    text += line[end];
    line.remove_prefix(end + 1);
  }
}

std::string pasteable_word(std::string_view word, progress::Encoding encoding) {
  std::string text;
  farm::append_quoted(word, text);
  return pasteable(text, encoding);
}

void add_fact(std::string& text, std::string_view name, const std::string& value) {
  if (!value.empty()) fmt::format_to(std::back_inserter(text), "{:<9} {}\n", name, value);
}

void add_place(std::string& text, const Place& place, progress::Encoding encoding) {
  constexpr std::size_t longest_line = 2000;  // there may be a hundred thousand inputs after :::
  add_fact(text, "host", progress::printable(place.host, encoding));
  add_fact(text, "process", fmt::format("{}", place.process));
  add_fact(text, "job", progress::printable(place.job, encoding));
  add_fact(text, "folder", progress::printable(place.folder, encoding));
  add_fact(text, "command", progress::printable(place.line, encoding, longest_line));
}

}  // namespace drover::cli
