#include "machine/unique_fd.hpp"

#include <unistd.h>

namespace drover::machine {

void UniqueFd::reset() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace drover::machine
