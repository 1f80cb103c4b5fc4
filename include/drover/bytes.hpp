// drover/bytes.hpp: an amount of memory.
//
//     using namespace drover::literals;   4_GiB
//
// Units    powers of 1024, as the kernel counts; "500M", "4G", "4GB" and "4GiB" name the same kind.
// Threads  a value.
#pragma once

#include <compare>
#include <cstdint>

namespace drover {

struct Bytes {
  std::uint64_t count = 0;

  friend constexpr auto operator<=>(Bytes, Bytes) = default;
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
};

inline namespace literals {
constexpr Bytes operator""_KiB(unsigned long long n) {
  return {n << 10U};
}
constexpr Bytes operator""_MiB(unsigned long long n) {
  return {n << 20U};
}
constexpr Bytes operator""_GiB(unsigned long long n) {
  return {n << 30U};
}
}  // namespace literals

}  // namespace drover
