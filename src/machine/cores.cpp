#include "drover/cores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "drover/error.hpp"
#include "units/number.hpp"

namespace drover {
namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw Error(Errc::usage, fmt::format("'{}' is not a number of cores", text),
              "write none, quarter, half, all, a number from 1 such as 8, or a share from 1% to 100%");
}

std::string lower(std::string_view text) {
  std::string copy(text);
  for (char& c : copy) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return copy;
}

}  // namespace

Cores Cores::parse(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Cores>, 4> words{
      {{"none", none()}, {"quarter", quarter()}, {"half", half()}, {"all", all()}}};
  const std::string word = lower(text);
  for (const auto& [name, policy] : words) {
    if (word == name) return policy;
  }
  const bool is_share = text.ends_with('%');
  const auto number = whole_number<std::uint32_t>(is_share ? text.substr(0, text.size() - 1) : text);
  if (!number || *number == 0 || (is_share && *number > 100)) refuse(text);
  return is_share ? percent(*number) : exactly(*number);
}

std::uint32_t Cores::of(std::uint32_t usable) const {
  switch (kind_) {
    case Kind::none:
      return 1;
    case Kind::quarter:
      return std::max(usable / 4, 1U);
    case Kind::half:
      return std::max(usable / 2, 1U);
    case Kind::all:
      return std::max(usable, 1U);
    case Kind::exactly:
      return number_;
    case Kind::percent:
      return std::max(static_cast<std::uint32_t>(std::uint64_t{usable} * number_ / 100), 1U);
  }
  std::unreachable();
}

}  // namespace drover
