#include "farm/shuffle.hpp"

#include <numeric>
#include <utility>

namespace drover::farm {
namespace {

class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  // Evenly in 0 … bound-1. The few numbers that would make some results likelier are thrown away.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t unfair = (0 - bound) % bound;
    while (true) {
      const std::uint64_t number = next();
      if (number >= unfair) return number % bound;
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace

std::vector<std::uint64_t> shuffled_order(std::uint64_t size, std::uint64_t seed) {
  std::vector<std::uint64_t> order(size);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  SplitMix random(seed);
  for (std::uint64_t left = size; left > 1; --left) std::swap(order[left - 1], order[random.below(left)]);
  return order;
}

}  // namespace drover::farm
