// Where the program of a command is: what execvp(3) would find, looked up once and not for every task.
//
// Errors   not_found, denied (a file of that name without the x bit); the message names the program.
// Source   execvp(3); POSIX.1-2017, 8.3 (PATH).
#pragma once

#include <string>
#include <string_view>

#include "units/result.hpp"

namespace drover::farm {

// A name with a slash is a path (made absolute, so that it is found from any working directory); any other
// name is searched for in `path` (the value of PATH).
[[nodiscard]] Result<std::string> find_program(std::string_view name, std::string_view path);

// PATH of our environment, or the system's default.
[[nodiscard]] std::string search_path();

}  // namespace drover::farm
