// Bytes as text that no reader can damage. Source: RFC 4648, section 4 (the alphabet with + and /, padded).
#pragma once

#include <string>
#include <string_view>

namespace drover::farm {

[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace drover::farm
