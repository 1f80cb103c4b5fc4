#include "schedule/pretend_source.hpp"

#include <numeric>
#include <utility>

#include "schedule/draw.hpp"
#include "units/assert.hpp"

namespace drover::schedule {
namespace {

constexpr std::uint64_t stream_pauses = 101;
constexpr std::uint64_t stream_stride = 102;

// The x with a·x = 1 modulo n, by Euclid's algorithm. Requires: no common factor.
std::uint64_t inverse_modulo(std::uint64_t a, std::uint64_t n) {
  std::int64_t x = 1, next_x = 0;
  auto rest = static_cast<std::int64_t>(a), next_rest = static_cast<std::int64_t>(n);
  while (next_rest != 0) {
    const std::int64_t quotient = rest / next_rest;
    x = std::exchange(next_x, x - quotient * next_x);
    rest = std::exchange(next_rest, rest - quotient * next_rest);
  }
  return static_cast<std::uint64_t>(x < 0 ? x + static_cast<std::int64_t>(n) : x);
}

}  // namespace

PretendSource::PretendSource(const SimulationRules& rules, Recording* recording)
    : tasks_(rules.tasks),
      first_(rules.first),
      later_(rules.faults.input_later),
      seed_(rules.seed),
      recording_(recording) {
  DROVER_ASSERT(tasks_ <= ~std::uint32_t{0}, tasks_);  // index × stride has to fit into 64 bits
  if (!rules.shuffled || tasks_ < 3) return;
  stride_ = 2 + draw(seed_, stream_stride, 0) % (tasks_ - 2);
  while (std::gcd(stride_, tasks_) != 1) ++stride_;
  inverse_ = inverse_modulo(stride_, tasks_);
}

Source::Answer PretendSource::next(TaskNumber& number) {
  const Answer given = answer(number);
  if (recording_ != nullptr) recording_->pulls.push_back({given, given == Answer::task ? number : 0});
  return given;
}

Source::Answer PretendSource::answer(TaskNumber& number) {
  if (later_ > 0 && unit(draw(seed_, stream_pauses, asked_++)) < later_) {
    paused_ = true;
    return Answer::later;
  }
  if (given_ == tasks_) return Answer::end;
  number = first_ + given_++ * stride_ % tasks_;
  return Answer::task;
}

bool PretendSource::paused() {
  return std::exchange(paused_, false);
}

std::uint64_t PretendSource::index_of(TaskNumber number) const {
  if (number < first_ || number - first_ >= tasks_) return tasks_;
  return (number - first_) * inverse_ % tasks_;
}

}  // namespace drover::schedule
