// The RECORD of `drover log RECORD` and `drover status RECORD`, looked at before anything opens it.
#pragma once

#include <string>

#include "units/result.hpp"

namespace drover::cli {

// Errors: usage: no name, a folder (its records are named), no regular file. A file that is missing passes: what
// opens it says so, and a run that began just now may not have made it yet.
[[nodiscard]] Result<void> check_record_argument(const std::string& record);

}  // namespace drover::cli
