// drover/cores.hpp: how many cores to use, in the words of people.
//
//     Cores::parse("half")        none, quarter, half, all, 8, 75%   (any case)
//
// A policy is a share of the usable cores, not of those the machine has: affinity, cgroup quota and batch
// allocation are taken off first (src/machine/usable.hpp). Shares are rounded down and are never less
// than one. `none` means no parallelism: one.
//
// Errors   drover::Error{usage} for '0', negative, empty, '1.5' and unknown words; it lists what is valid.
// Threads  a value.
// Source   the rounding follows stcal's compute_num_cores (quarter = n div 4, half = n div 2, at least 1).
#pragma once

#include <cstdint>
#include <string_view>

namespace drover {

class Cores {
 public:
  static constexpr Cores none() { return {Kind::none, 0}; }
  static constexpr Cores quarter() { return {Kind::quarter, 0}; }
  static constexpr Cores half() { return {Kind::half, 0}; }
  static constexpr Cores all() { return {Kind::all, 0}; }
  // n ≥ 1; parse() refuses 0.
  static constexpr Cores exactly(std::uint32_t n) { return {Kind::exactly, n}; }
  static constexpr Cores percent(std::uint32_t p) { return {Kind::percent, p}; }  // 1…100

  [[nodiscard]] static Cores parse(std::string_view text);

  // The share of `usable` cores (≥ 1). `exactly` is returned as it is, beyond `usable` too: it was asked for.
  [[nodiscard]] std::uint32_t of(std::uint32_t usable) const;

  [[nodiscard]] bool is_exact() const { return kind_ == Kind::exactly; }

  friend bool operator==(const Cores&, const Cores&) = default;

 private:
  enum class Kind : std::uint8_t { none, quarter, half, all, exactly, percent };
  constexpr Cores(Kind kind, std::uint32_t number) : kind_(kind), number_(number) {}
  Kind kind_;
  std::uint32_t number_;
};

}  // namespace drover
