// --shuf: a random order that depends on the seed alone.
//
//     auto order = shuffled_order(tasks.size(), seed);      // a permutation of 0 … size-1
//
// The same seed and size give the same order on every machine and in every version: the generator and the
// way to a bounded number are written out here, since those of <random> differ from library to library.
// Cost     8 bytes an input, some 10 ns each.
// Source   splitmix64 (Steele, Lea, Flood 2014); Fisher and Yates's shuffle.
#pragma once

#include <cstdint>
#include <vector>

namespace drover::farm {

[[nodiscard]] std::vector<std::uint64_t> shuffled_order(std::uint64_t size, std::uint64_t seed);

}  // namespace drover::farm
