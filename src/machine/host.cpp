#include "machine/host.hpp"

#include <unistd.h>

#include <array>

namespace drover::machine {

std::string host_name() {
  std::array<char, 256> name{};  // HOST_NAME_MAX is 64
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

}  // namespace drover::machine
