// The name of this machine; empty if it cannot be told. Source: gethostname(2).
#pragma once

#include <string>

namespace drover::machine {

[[nodiscard]] std::string host_name();

}  // namespace drover::machine
