// All bytes of a file. Errors: not_found, denied, io; the message names the file.
#pragma once

#include <string>

#include "units/result.hpp"

namespace drover::record {

[[nodiscard]] Result<std::string> whole_file(const std::string& path);

}  // namespace drover::record
