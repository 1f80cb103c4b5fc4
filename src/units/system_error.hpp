// What the system refused, as an Error: the code that fits errno, and a message
// that names the thing at fault.
#pragma once

#include <cerrno>
#include <string>

#include "units/result.hpp"

namespace drover {

[[nodiscard]] Errc errc_of(int error_number);

// "cannot write out/a.txt: No space left on device". `what` is the part before the colon.
[[nodiscard]] std::unexpected<Error> system_failure(std::string what, int error_number = errno,
                                                    std::string advice = {});

}  // namespace drover
