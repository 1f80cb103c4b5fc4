#include "machine/surroundings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "machine/unique_fd.hpp"

namespace drover::machine {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string Surroundings::path(std::string_view absolute) const {
  std::string below = root;
  while (!below.empty() && below.back() == '/') below.pop_back();
  return below.append(absolute);
}

// read(2) and not a stream: this runs at every start, and a stream costs more than the file.
std::optional<std::string> text_of(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 4096> part;
  while (true) {
    const ssize_t got = ::read(file.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

std::optional<std::string> value_in(const std::string& path) {
  std::optional<std::string> text = text_of(path);
  if (text) text->erase(text->find_last_not_of(" \t\n") + 1);
  return text;
}

}  // namespace drover::machine
