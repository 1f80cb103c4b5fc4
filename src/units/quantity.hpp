// How people write amounts of memory and time, and how drover writes them back.
//
// SIZE  500M, 4G, 1.5T, also 4GB, 4GiB: powers of 1024; without a unit an error.
// DUR   90s, 15m, 6h, 2d, 1h30m, 6:00:00, 1-12:00:00; a bare number is seconds where `bare_is_seconds`.
// Errors  Errc::usage; the message quotes the text and says how to write it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "drover/bytes.hpp"
#include "units/result.hpp"

namespace drover {

[[nodiscard]] Result<Bytes> parse_size(std::string_view text);

enum class BareNumber { is_seconds, is_an_error };
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view text, BareNumber bare);

// "4 GB", "1.5 GB", "300 MB", "512 KB": at most three digits, powers of 1024.
[[nodiscard]] std::string describe(Bytes size);

// "0.3 ms", "12 ms", "1.5 s", "90 s", "4 min 10 s", "2 h 5 min", "3 d 4 h": two units at the most.
[[nodiscard]] std::string describe(std::chrono::nanoseconds time);

// 1234567 → "1 234 567" (a thin grouping that no locale reads as a decimal sign).
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace drover
