// Random numbers from a hash of a seed and two other numbers: no state, hence
// the same for any order of asking.
//
//     unit(draw(seed, task, attempt))      uniform on [0, 1)
//
// For jitter and for the simulator. The random streams of tasks are another matter: those are Philox.
// Source   the finaliser is splitmix64's (Steele, Lea, Flood 2014, "Fast splittable
//          pseudorandom number generators").
#pragma once

#include <cstdint>

namespace drover::schedule {

[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

[[nodiscard]] constexpr std::uint64_t draw(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  return mixed(mixed(mixed(seed) ^ a) ^ b);
}

[[nodiscard]] constexpr double unit(std::uint64_t drawn) {
  return static_cast<double>(drawn >> 11U) * 0x1p-53;
}

}  // namespace drover::schedule
