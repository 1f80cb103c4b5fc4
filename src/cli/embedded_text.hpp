// The manual pages of src/cli/help, built into the program by cmake/embed.cmake.
#pragma once

#include <string_view>

namespace drover::cli {

// "run", "cores"; empty if there is no such page.
[[nodiscard]] std::string_view embedded_text(std::string_view name);

}  // namespace drover::cli
