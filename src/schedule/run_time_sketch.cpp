#include "schedule/run_time_sketch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace drover::schedule {

void RunTimeSketch::add(Time ran) {
  const std::size_t c = class_of(ran);
  ++samples_[c];
  ++count_;
  if (c < median_class_) ++below_median_;
  follow_median();
}

Time RunTimeSketch::median() const {
  return count_ == 0 ? Time{} : middle_of(median_class_);
}

Time RunTimeSketch::quantile(double q) const {
  if (count_ == 0) return Time{};
  const double rank = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  const std::uint64_t wanted = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rank), 1, count_);
  std::uint64_t seen = 0;
  std::size_t c = 0;
  while ((seen += samples_[c]) < wanted) ++c;
  return middle_of(c);
}

std::size_t RunTimeSketch::class_of(Time ran) {
  const auto value = static_cast<std::uint64_t>(std::max(ran, Time{}).count());
  const unsigned bits = static_cast<unsigned>(std::bit_width(value));
  const unsigned dropped = bits > precision + 1 ? bits - (precision + 1) : 0;
  return (std::size_t{dropped} << precision) + static_cast<std::size_t>(value >> dropped);
}

Time RunTimeSketch::middle_of(std::size_t c) {
  const std::size_t dropped = c < (std::size_t{2} << precision) ? 0 : (c >> precision) - 1;
  const std::uint64_t lowest = (c - (dropped << precision)) << dropped;
  return Time(static_cast<Time::rep>(lowest + ((std::uint64_t{1} << dropped) >> 1U)));
}

// One sample moves the median by one rank: mostly it stays in its class.
void RunTimeSketch::follow_median() {
  const std::uint64_t rank = count_ / 2;
  while (below_median_ > rank) below_median_ -= samples_[--median_class_];
  while (below_median_ + samples_[median_class_] <= rank) below_median_ += samples_[median_class_++];
}

}  // namespace drover::schedule
