#include "process/makeflags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace drover::process {
namespace {

constexpr std::string_view blanks = " \t";  // not the end of a line: make does not divide there
constexpr std::string_view digits = "0123456789";

// The words as they stand, backslashes included.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = text.find_first_not_of(blanks);
  while (begin < text.size()) {
    std::size_t end = begin;
    while (end < text.size() && !blanks.contains(text[end])) end += text[end] == '\\' ? 2 : 1;
    end = std::min(end, text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(blanks, end);
  }
  return words;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.find_first_not_of(digits) == std::string_view::npos;
}

// The user's options on their way through: what stays is in `kept`.
class Sieve {
 public:
  explicit Sieve(std::string_view makeflags) : words_(words_of(makeflags)) {
    while (at_ < words_.size() && words_[at_] != "--") pass(words_[at_++]);
    if (at_ < words_.size()) definitions = makeflags.substr(offset_in(makeflags, words_[at_]));
  }

  std::string kept;              // options
  std::string_view definitions;  // "-- CC=gcc", or empty

 private:
  static std::size_t offset_in(std::string_view whole, std::string_view part) {
    return static_cast<std::size_t>(part.data() - whole.data());
  }
  void keep(std::string_view word) {
    if (!kept.empty()) kept += ' ';
    kept += word;
  }

  void pass(std::string_view word) {
    const bool definition = word.contains('=');
    if (word.starts_with("--")) {
      pass_long(word);
    } else if (word.starts_with('-') || (at_ == 1 && !definition)) {
      pass_letters(word);
    } else if (definition || !kept.empty()) {
      // Any other word is a value of the option in front, or nothing to make; as the new first word it would be
      // taken for letters.
      keep(word);
    }
  }

  void pass_long(std::string_view word) {
    const std::string_view name = word.substr(2, word.find('=') - 2);
    const bool has_value = word.contains('=');
    if (name == "jobs") {
      if (!has_value && at_ < words_.size() && is_number(words_[at_])) ++at_;
    } else if (name.starts_with("jobserver-")) {
      if (!has_value) ++at_;
    } else {
      keep(word);
    }
  }

  // "-kj4", or as the first word "kj4": letters up to one that takes the rest of the word as its value.
  void pass_letters(std::string_view word) {
    const std::size_t dash = word.starts_with('-') ? 1 : 0;
    const std::size_t last = std::min(word.find_first_of("jlOCEfIoW", dash), word.size());
    if (last < word.size() && word[last] == 'j') {
      if (last > dash) keep(word.substr(0, last));
      if (last + 1 == word.size() && at_ < words_.size() && is_number(words_[at_])) ++at_;
      return;
    }
    keep(word);
    const bool next_is_value =
        last + 1 == word.size() && std::string_view("CEfIoW").contains(word[last]) && at_ < words_.size();
    if (next_is_value) keep(words_[at_++]);
  }

  std::vector<std::string_view> words_;
  std::size_t at_ = 0;  // the word after the one that is looked at
};

std::string without_backslashes(std::string_view word) {
  std::string plain;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\' && i + 1 < word.size()) ++i;
    plain += word[i];
  }
  return plain;
}

}  // namespace

std::string makeflags_for(std::string_view users, std::uint32_t jobs, int read_fd, int write_fd) {
  const Sieve sieve(users);
  std::string flags = sieve.kept;
  // With the blank in front that make itself puts there when it has no letters.
  if (jobs > 1) flags += fmt::format(" -j{} --jobserver-auth={},{}", jobs, read_fd, write_fd);
  if (!sieve.definitions.empty()) {
    if (!flags.empty()) flags += ' ';
    flags += sieve.definitions;
  }
  return flags;
}

std::optional<std::string> jobserver_auth(std::string_view makeflags) {
  std::optional<std::string> last;
  for (const std::string_view word : words_of(makeflags)) {
    if (word == "--") break;
    for (const std::string_view option : {"--jobserver-auth=", "--jobserver-fds="}) {
      if (word.starts_with(option)) last = without_backslashes(word.substr(option.size()));
    }
  }
  return last;
}

}  // namespace drover::process
