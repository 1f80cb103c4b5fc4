// UTF-8 as a person's terminal and a JSON reader need it: is it valid, how wide is it, does the locale have
// it. Source: the Unicode Standard, table 3-7 (well-formed byte sequences); locale(7) for the variables.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace drover::progress {

// What may be written to standard error.
enum class Encoding { ascii, utf8 };

// Bytes of the well-formed sequence that `text` starts with, 1…4; 0 if it starts with none.
[[nodiscard]] std::size_t utf8_step(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// Characters, a malformed byte counting as one. (Wide East Asian characters count as one too.)
[[nodiscard]] std::size_t columns(std::string_view text);

// From LC_ALL, LC_CTYPE and LANG: the first one that is set and not empty decides.
using Lookup = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Encoding locale_encoding(const Lookup& environment);

}  // namespace drover::progress
