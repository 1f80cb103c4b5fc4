// The order in which people number files: run2 before run10, and the files of a folder together.
//
//     std::ranges::sort(paths, before_in_natural_order);
//
// Digits are compared as numbers of any length, '/' sorts before everything else, all other bytes as they
// are. Of names that differ only in leading zeros, the one with fewer comes first. A strict total order.
#pragma once

#include <string_view>

namespace drover::farm {

[[nodiscard]] bool before_in_natural_order(std::string_view a, std::string_view b);

}  // namespace drover::farm
