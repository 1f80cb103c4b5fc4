#include "farm/number_after.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "machine/unique_fd.hpp"

namespace drover::farm {

std::optional<std::uint64_t> number_after(std::string_view begin, const std::string& path) {
  // Without waiting: somebody may have made a FIFO of that name.
  const machine::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 128> bytes;
  const ssize_t got = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
  if (got <= 0) return std::nullopt;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
  if (!text.starts_with(begin)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + begin.size(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

}  // namespace drover::farm
