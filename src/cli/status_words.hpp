// The words that both answers of `drover status` (status_text.hpp) are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/status_text.hpp"

namespace drover::cli {

// "2026-03-01T12:00:00Z"; "-" without one. Seconds since the epoch.
[[nodiscard]] std::string moment(double seconds);

// "4 min 10 s", in whole seconds: tenths of something that goes on say nothing.
[[nodiscard]] std::string duration(double seconds);

// "1 task", "1 234 tasks".
[[nodiscard]] std::string tasks(std::uint64_t number);

// A line to be pasted: its quotes hold newlines and tabs; anything else that could move the cursor is escaped, and then
// pasting it would give another command.
[[nodiscard]] std::string pasteable(std::string_view line, progress::Encoding encoding);
// The same of one word that needs quotes first.
[[nodiscard]] std::string pasteable_word(std::string_view word, progress::Encoding encoding);

// "host      node7". Nothing for an empty value.
void add_fact(std::string& text, std::string_view name, const std::string& value);

// Where drover runs or ran, and its command line.
struct Place {
  std::string host;
  std::int64_t process = 0;
  std::string job, folder, line;
};
void add_place(std::string& text, const Place& place, progress::Encoding encoding);

}  // namespace drover::cli
