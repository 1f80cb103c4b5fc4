// Every grid that is accepted gives values; those of a range are evenly spaced decimals from first towards
// last.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "farm/decimal.hpp"
#include "farm/grid.hpp"
#include "units/assert.hpp"

namespace {

using drover::farm::Decimal;

// The number that a printed value stands for, in units of 10^-decimals.
__extension__ using Wide = __int128;
Wide exact(std::string_view text, unsigned decimals) {
  const auto number = Decimal::parse(text);
  DROVER_ASSERT(number.has_value(), text);
  Wide scaled = number->scaled;
  for (unsigned d = number->decimals; d < decimals; ++d) scaled *= 10;
  return scaled;
}

std::string value_of(const drover::farm::Rows& rows, std::uint64_t i) {
  drover::farm::Row row;
  rows.append(i, row);
  DROVER_ASSERT(row.size() == 1, row.size());
  return std::string(row.value(0));
}

void check_range(const drover::farm::Rows& rows, std::string_view text) {
  const std::size_t dots = text.find("..");
  std::string_view last = text.substr(dots + 2);
  last = last.substr(0, last.find(".."));
  const Wide begin = exact(text.substr(0, dots), 18);
  const Wide end = exact(last, 18);

  const std::uint64_t count = rows.size();
  DROVER_ASSERT(exact(value_of(rows, 0), 18) == begin, text);
  Wide step = 0;
  for (std::uint64_t i = 1; i < std::min<std::uint64_t>(count, 100); ++i) {
    const Wide difference = exact(value_of(rows, i), 18) - exact(value_of(rows, i - 1), 18);
    DROVER_ASSERT(i == 1 || difference == step, text, i);
    step = difference;
  }
  const Wide reached = exact(value_of(rows, count - 1), 18);
  DROVER_ASSERT(begin <= end ? reached <= end : reached >= end, text);
  if (count == 1) return;
  DROVER_ASSERT((step > 0) == (begin < end), text);
  DROVER_ASSERT(begin < end ? reached + step > end : reached + step < end, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto grid = drover::farm::parse_grid(text);
  if (!grid) {
    DROVER_ASSERT(!grid.error().advice().empty(), text);
    return 0;
  }
  const std::string_view values = text.substr(text.find('=') + 1);
  DROVER_ASSERT(!grid->name.empty() && text.starts_with(grid->name + "="), text);
  DROVER_ASSERT(grid->rows->size() > 0, text);
  const bool list = values.find(',') != std::string_view::npos ||
                    values.find('/') != std::string_view::npos || values.find("..") == std::string_view::npos;
  if (!list) {
    check_range(*grid->rows, values);
    return 0;
  }
  std::string joined = value_of(*grid->rows, 0);
  for (std::uint64_t i = 1; i < grid->rows->size(); ++i) joined += "," + value_of(*grid->rows, i);
  DROVER_ASSERT(joined == values, joined, values);
  return 0;
}
