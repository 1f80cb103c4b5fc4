#include "farm/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "farm/decimal.hpp"
#include "farm/table.hpp"

namespace drover::farm {
namespace {

constexpr std::string_view how_to_write = "write NAME=v1,v2,… or NAME=first..last or NAME=first..last..step";

class Range final : public Rows {
 public:
  Range(Decimal first, std::int64_t step, std::uint64_t size, std::size_t shift, std::size_t width)
      : first_(first), step_(step), size_(size), shift_(shift), width_(width) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  void append(std::uint64_t i, Row& into) const override {
    Decimal value = first_;
    value.scaled += static_cast<std::int64_t>(i) * step_;
    for (std::size_t s = 0; s < shift_; ++s) value.scaled /= 10, --value.decimals;
    std::string text;
    value.print(text, width_);
    into.add(text);
  }

 private:
  Decimal first_;
  std::int64_t step_;
  std::uint64_t size_;
  std::size_t shift_;  // decimals that only `last` has: calculated with, not printed
  std::size_t width_;  // of the whole part, where it is filled with zeros
};

std::vector<std::string_view> parts_between(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t found = text.find(separator);
    parts.push_back(text.substr(0, found));
    if (found == std::string_view::npos) return parts;
    text.remove_prefix(found + separator.size());
  }
}

std::string_view whole_part(std::string_view number) {
  return number.substr(0, number.find('.'));
}

// bash: {01..10} and {-01..10} are filled with zeros, {0..10} and {-0..10} are not.
bool asks_for_zeros(std::string_view number) {
  std::string_view digits = whole_part(number);
  if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
  return digits.size() > 1 && digits[0] == '0';
}

Result<std::unique_ptr<Rows>> parse_range(std::string_view text) {
  const auto refuse = [&](std::string_view why, std::string_view advice) {
    return failure(Errc::usage, fmt::format("'{}' is no range of numbers: {}", text, why),
                   std::string(advice));
  };
  const auto parts = parts_between(text, "..");
  if (parts.size() > 3) return refuse("it has more than a first, a last and a step", how_to_write);
  std::vector<Decimal> numbers;
  unsigned decimals = 0;
  for (const std::string_view part : parts) {
    const auto number = Decimal::parse(part);
    if (!number)
      return refuse(fmt::format("'{}' is not a decimal number of at most 18 digits", part),
                    "write 0.001, not 1e-3; several values are separated by commas");
    numbers.push_back(*number);
    decimals = std::max(decimals, number->decimals);
  }
  if (numbers.size() < 3) numbers.push_back({1, 0});
  if (numbers[2].scaled == 0)
    return refuse("the step is 0", "write a step that leads from the first to the last");
  const std::size_t shown = std::max(numbers[0].decimals, numbers[2].decimals);
  for (Decimal& number : numbers) {
    const auto fine = number.with_decimals(decimals);
    if (!fine) return refuse("it needs more than 18 digits", "write it with fewer digits");
    number = *fine;
  }

  const std::int64_t first = numbers[0].scaled;
  const std::int64_t last = numbers[1].scaled;
  const std::int64_t stride = numbers[2].scaled < 0 ? -numbers[2].scaled : numbers[2].scaled;
  const std::int64_t distance = last < first ? first - last : last - first;
  const bool filled = asks_for_zeros(parts[0]) || asks_for_zeros(parts[1]);
  const std::size_t width = filled ? std::max(whole_part(parts[0]).size(), whole_part(parts[1]).size()) : 0;
  return std::make_unique<Range>(numbers[0], last < first ? -stride : stride,
                                 static_cast<std::uint64_t>(distance / stride) + 1, decimals - shown, width);
}

bool looks_like_range(std::string_view text) {
  return text.find("..") != std::string_view::npos && text.find('/') == std::string_view::npos;
}

Result<std::unique_ptr<Rows>> parse_list(std::string_view text) {
  auto table = std::make_unique<Table>();
  for (const std::string_view value : parts_between(text, ",")) {
    if (looks_like_range(value) && parse_range(value))
      return failure(Errc::usage, fmt::format("'{}' is a range inside a list", value),
                     "write either a list or one range");
    table->add_value(value);
  }
  return table;
}

}  // namespace

Result<GridParameter> parse_grid(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto named = [&](const Error& error) {
    return failure(error.code(), fmt::format("--grid {}: {}", text, error.message()), error.advice());
  };
  if (equals == std::string_view::npos)
    return named(Error(Errc::usage, "there is no '='", std::string(how_to_write)));
  if (name.empty())
    return named(Error(Errc::usage, "there is no name before the '='", std::string(how_to_write)));
  const std::string_view values = text.substr(equals + 1);
  if (values.empty()) return named(Error(Errc::usage, "there are no values", std::string(how_to_write)));

  const bool list = values.find(',') != std::string_view::npos || !looks_like_range(values);
  auto rows = list ? parse_list(values) : parse_range(values);
  if (!rows) return named(rows.error());
  return GridParameter{std::string(name), *std::move(rows)};
}

}  // namespace drover::farm
