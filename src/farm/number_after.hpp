// The number that a file of ours begins with, after a text that is always the same: whose file it is, without reading it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drover::farm {

// Nothing if the file is not there or begins in another way.
[[nodiscard]] std::optional<std::uint64_t> number_after(std::string_view begin, const std::string& path);

}  // namespace drover::farm
