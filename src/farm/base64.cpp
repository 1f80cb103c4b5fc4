#include "farm/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace drover::farm {

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) -> std::uint32_t {
      return i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U;
    };
    const std::uint32_t three = (byte(0) << 16U) | (byte(1) << 8U) | byte(2);
    text += alphabet[(three >> 18U) & 63U];
    text += alphabet[(three >> 12U) & 63U];
    text += i + 1 < bytes.size() ? alphabet[(three >> 6U) & 63U] : '=';
    text += i + 2 < bytes.size() ? alphabet[three & 63U] : '=';
  }
  return text;
}

}  // namespace drover::farm
