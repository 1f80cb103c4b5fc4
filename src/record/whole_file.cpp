#include "record/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "machine/unique_fd.hpp"
#include "units/system_error.hpp"

namespace drover::record {

Result<std::string> whole_file(const std::string& path) {
  const machine::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_failure("cannot read " + path);
  std::string bytes;
  std::array<char, 64UL << 10U> block;
  while (true) {
    const ssize_t n = ::read(file.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_failure("cannot read " + path);
    if (n == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace drover::record
