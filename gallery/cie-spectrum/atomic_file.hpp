// Writing a file so that nobody ever sees half of it.
//
//     Result<void> written = replace_file("cie_0.5.fits", bytes);
//
// The bytes go to a hidden file in the same folder (.cie_0.5.fits.<random>.part), reach the disk, and take
// the name by rename(2): readers see the old file or the whole new one, also when the process is killed or
// the disk fills up. An error removes the hidden file; SIGKILL may leave it, never under the final name.
#pragma once

#include <filesystem>
#include <string_view>

#include "cie-spectrum/refusal.hpp"

namespace cie {

// Writes or overwrites `path`, through a symbolic link if it is one. What is there must be a regular file: a
// rename over /dev/null would take the device away.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace cie
