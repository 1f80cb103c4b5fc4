#include "units/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "units/number.hpp"

namespace drover {
namespace {

using std::chrono::nanoseconds;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Takes "12" or "1.5" off the front of `text`. Not strtod: that one reads "inf", "0x1p3" and the locale's
// comma. long double, because 64 bits of mantissa hold every size up to 2^64 exactly.
std::optional<long double> take_decimal(std::string_view& text) {
  long double value = 0;
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) value = value * 10 + (text[i] - '0');
  if (i == 0) return std::nullopt;
  if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
    long double scale = 1;
    long double fraction = 0;
    for (++i; i < text.size() && is_digit(text[i]); ++i) {
      fraction = fraction * 10 + (text[i] - '0');
      scale *= 10;
    }
    value += fraction / scale;
  }
  text.remove_prefix(i);
  return value;
}

// K, M, G, T, P, each alone or followed by B or iB, any case; B alone: bytes. The power of 1024.
std::optional<int> size_unit(std::string_view unit) {
  if (unit.empty()) return std::nullopt;
  if (unit.size() == 1 && upper(unit[0]) == 'B') return 0;
  const auto power = std::string_view("KMGTP").find(upper(unit[0]));
  if (power == std::string_view::npos) return std::nullopt;
  std::string rest(unit.substr(1));
  std::ranges::transform(rest, rest.begin(), upper);
  if (!rest.empty() && rest != "B" && rest != "IB") return std::nullopt;
  return static_cast<int>(power) + 1;
}

std::unexpected<Error> bad_size(std::string_view text, std::string_view why) {
  return failure(Errc::usage, fmt::format("'{}' is not an amount of memory{}", text, why),
                 "write 500M, 4G or 1.5T");
}

}  // namespace

Result<Bytes> parse_size(std::string_view text) {
  std::string_view rest = text;
  const std::optional<long double> number = take_decimal(rest);
  if (!number) return bad_size(text, "");
  if (rest.empty()) return bad_size(text, ": the unit is missing");
  if (rest.front() == ' ') rest.remove_prefix(1);  // describe() writes "4 GB"
  const std::optional<int> power = size_unit(rest);
  if (!power) return bad_size(text, fmt::format(": there is no unit '{}'", rest));
  const long double bytes = std::floor(std::ldexp(*number, 10 * *power));
  if (bytes >= 0x1p64L) return bad_size(text, ": it is too large");
  return Bytes{static_cast<std::uint64_t>(bytes)};
}

namespace {

struct TimeUnit {
  std::string_view name;
  long double seconds;
};
constexpr std::array<TimeUnit, 5> time_units{
    {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}, {"ms", 0.001L}}};

// "1h30m": units in falling order, each once, so that "1m30m" or "5s2h" is seen to be a slip.
std::optional<long double> seconds_of_units(std::string_view text) {
  long double total = 0;
  std::size_t next = 0;
  while (!text.empty()) {
    const std::optional<long double> number = take_decimal(text);
    if (!number) return std::nullopt;
    const auto end = std::ranges::find_if(text, is_digit);
    const std::string_view name(text.begin(), end);
    while (next < time_units.size() && time_units[next].name != name) ++next;
    if (next == time_units.size()) return std::nullopt;
    total += *number * time_units[next++].seconds;
    text.remove_prefix(name.size());
  }
  return total;
}

// "6:00:00" and "1-12:00:00", as batch schedulers write wall times. "6:00" is refused: it is six minutes to
// Slurm and six hours to most people.
std::optional<long double> seconds_of_clock(std::string_view text) {
  std::uint64_t days = 0;
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto number = whole_number<std::uint32_t>(text.substr(0, dash));
    if (!number) return std::nullopt;
    days = *number;
    text.remove_prefix(dash + 1);
  }
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const auto hours = whole_number<std::uint32_t>(text.substr(0, first));
  const auto minutes = whole_number<std::uint32_t>(text.substr(first + 1, last - first - 1));
  const auto seconds = whole_number<std::uint32_t>(text.substr(last + 1));
  if (!hours || !minutes || !seconds || *minutes > 59 || *seconds > 59) return std::nullopt;
  if (dash != std::string_view::npos && *hours > 23) return std::nullopt;
  return ((static_cast<long double>(days) * 24 + *hours) * 60 + *minutes) * 60 + *seconds;
}

std::unexpected<Error> bad_duration(std::string_view text, std::string_view why) {
  return failure(Errc::usage, fmt::format("'{}' is not a length of time{}", text, why),
                 "write 90s, 15m, 6h, 2d, 1h30m, 6:00:00 or 1-12:00:00");
}

}  // namespace

Result<nanoseconds> parse_duration(std::string_view text, BareNumber bare) {
  if (text.empty()) return bad_duration(text, "");
  std::string_view rest = text;
  const std::optional<long double> number = take_decimal(rest);
  std::optional<long double> seconds;
  if (number && rest.empty()) {
    if (bare == BareNumber::is_an_error) return bad_duration(text, ": the unit is missing");
    seconds = number;
  } else if (text.find(':') != std::string_view::npos) {
    seconds = seconds_of_clock(text);
  } else {
    seconds = seconds_of_units(text);
  }
  if (!seconds) return bad_duration(text, "");
  const long double count = std::round(*seconds * 1e9L);
  if (count >= 0x1p63L) return bad_duration(text, ": it is too long");
  return nanoseconds(static_cast<nanoseconds::rep>(count));
}

namespace {

// With as many decimals as asked for, and none that say nothing: 1.50 → "1.5", 4.00 → "4".
std::string decimal(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string two_units(std::int64_t large, std::string_view large_name, std::int64_t small,
                      std::string_view small_name) {
  if (small == 0) return fmt::format("{} {}", large, large_name);
  return fmt::format("{} {} {} {}", large, large_name, small, small_name);
}

constexpr std::int64_t rounded_division(std::int64_t a, std::int64_t b) {
  return a / b + (a % b * 2 >= b ? 1 : 0);
}

}  // namespace

std::string describe(Bytes size) {
  constexpr std::array<std::string_view, 7> units{"B", "KB", "MB", "GB", "TB", "PB", "EB"};
  auto value = static_cast<double>(size.count);
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < units.size(); ++unit) value /= 1024;
  const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return fmt::format("{} {}", decimal(value, decimals), units[unit]);
}

std::string describe(nanoseconds time) {
  const std::int64_t ns = time.count();
  if (ns == nanoseconds::min().count()) return describe(nanoseconds(ns + 1));
  if (ns < 0) return "-" + describe(nanoseconds(-ns));
  if (ns == 0) return "0 s";
  const auto value = static_cast<double>(ns);
  if (ns < 1'000) return fmt::format("{} ns", ns);
  if (ns < 99'500) return fmt::format("{} µs", decimal(value / 1e3, 0));
  if (ns < 999'500'000) return fmt::format("{} ms", decimal(value / 1e6, ns < 10'000'000 ? 1 : 0));
  if (ns < 60'000'000'000) return fmt::format("{} s", decimal(value / 1e9, 1));
  const std::int64_t s = rounded_division(ns, 1'000'000'000);
  if (s < 120) return fmt::format("{} s", s);
  if (s < 3600) return two_units(s / 60, "min", s % 60, "s");
  const std::int64_t min = rounded_division(s, 60);
  if (min < 24 * 60LL) return two_units(min / 60, "h", min % 60, "min");
  const std::int64_t h = rounded_division(min, 60);
  return two_units(h / 24, "d", h % 24, "h");
}

std::string grouped(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, 1, ' ');
  }
  return text;
}

}  // namespace drover
