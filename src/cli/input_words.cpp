#include "cli/input_words.hpp"

#include <fmt/format.h>

namespace drover::cli {
namespace {

bool is_separator(const std::string& word) {
  return word == ":::" || word == ":::+" || word == "::::" || word == "::::+";
}

}  // namespace

Result<CommandAndInputs> split_at_inputs(const std::vector<std::string>& words, bool sources_before) {
  for (const std::string& word : words) {
    if (word.starts_with(":::") && !is_separator(word)) {
      return failure(Errc::usage, fmt::format("'{}' is neither ::: nor ::::", word),
                     "put a blank behind it: ::: value…");
    }
  }
  using Kind = farm::SourceOption::Kind;
  CommandAndInputs split;
  std::size_t i = 0;
  while (i < words.size() && !is_separator(words[i])) split.command.push_back(words[i++]);
  while (i < words.size()) {
    const std::string& separator = words[i++];
    const bool linked = separator.back() == '+';
    const bool files = separator.starts_with("::::");
    if (linked && split.sources.empty() && !sources_before) {
      return failure(Errc::usage, fmt::format("{} has no inputs before it to go with", separator),
                     fmt::format("begin with {}", files ? "::::" : ":::"));
    }
    std::vector<std::string> values;
    while (i < words.size() && !is_separator(words[i])) values.push_back(words[i++]);
    if (!files) {
      split.sources.push_back({Kind::values, linked, std::move(values)});
      continue;
    }
    if (values.empty())
      return failure(Errc::usage, fmt::format("{} names no file", separator), "write e.g. :::: inputs.txt");
    for (std::string& file : values) split.sources.push_back({Kind::file, linked, {std::move(file)}});
  }
  return split;
}

}  // namespace drover::cli
