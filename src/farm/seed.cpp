#include "farm/seed.hpp"

#include "units/assert.hpp"

namespace drover::farm {
namespace {

constexpr unsigned seed_bits = 31;
constexpr std::uint32_t seeds =
    (1U << seed_bits) - 1;  // 1…2³¹−1: zero is left out, many generators refuse it
constexpr unsigned rounds = 8;

// The finalizer of SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators").
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15U;

}  // namespace

// The two halves of an odd number of bits differ in size: rounds work on one and the other in turn, which is
// a permutation whatever the round function is.
std::uint32_t permuted(std::uint64_t key, unsigned bits, std::uint32_t number) {
  DROVER_ASSERT(bits >= 2 && bits <= seed_bits && number >> bits == 0, bits, number);
  const unsigned low_bits = bits / 2;
  const std::uint32_t low_mask = (1U << low_bits) - 1;
  const std::uint32_t high_mask = (1U << (bits - low_bits)) - 1;
  std::uint32_t low = number & low_mask;
  std::uint32_t high = number >> low_bits;
  std::uint64_t round_key = key;
  for (unsigned round = 0; round < rounds; round += 2) {
    round_key += golden_gamma;
    high ^= static_cast<std::uint32_t>(mixed(mixed(round_key) ^ low) >> 32) & high_mask;
    round_key += golden_gamma;
    low ^= static_cast<std::uint32_t>(mixed(mixed(round_key) ^ high) >> 32) & low_mask;
  }
  return high << low_bits | low;
}

std::uint32_t task_seed(std::uint64_t run_seed, schedule::TaskNumber task) {
  // Cycle walking: the one number too many is permuted again, which keeps the rest a permutation.
  auto number = static_cast<std::uint32_t>((task - 1) % seeds);
  do {
    number = permuted(run_seed, seed_bits, number);
  } while (number >= seeds);
  return number + 1;
}

}  // namespace drover::farm
