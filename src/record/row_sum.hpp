// A check sum of a row's values, kept in the row: a bit that flipped on the disk is found when the row is read,
// where SQLite itself would hand on a wrong value.
//
// FNV-1a of 32 bits (Fowler, Noll & Vo; RFC 9923): each step is a bijection, so one changed byte always shows.
#pragma once

#include <cstdint>
#include <string_view>

namespace drover::record {

class RowSum {
 public:
  RowSum& add(std::string_view text) {
    for (const char c : text) step(static_cast<unsigned char>(c));
    return add(static_cast<std::int64_t>(text.size()));
  }
  // Small numbers are short: as many bytes as they need, and how many.
  RowSum& add(std::int64_t number) {
    auto rest = static_cast<std::uint64_t>(number);
    unsigned char bytes = 0;
    for (; rest != 0; rest >>= 8U, ++bytes) step(static_cast<unsigned char>(rest));
    step(bytes);
    return *this;
  }
  [[nodiscard]] std::int64_t value() const { return sum_; }

 private:
  void step(unsigned char byte) {
    constexpr std::uint32_t prime = 16777619;
    sum_ = (sum_ ^ byte) * prime;
  }
  std::uint32_t sum_ = 2166136261;
};

}  // namespace drover::record
