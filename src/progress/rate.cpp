#include "progress/rate.hpp"

#include <algorithm>
#include <cmath>

namespace drover::progress {

namespace {

using schedule::Time;
using namespace std::chrono_literals;

constexpr Time window = 30s;
constexpr Time between_marks = 500ms;  // 64 marks of them span the window
constexpr std::size_t most_marks = 64;
constexpr std::uint64_t least_ends = 10;
constexpr std::uint64_t first_estimate = 3;
constexpr double longest_seconds =
    3e8;  // ten years: beyond it an estimate is noise, and nanoseconds overflow

double seconds(Time time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

void Rate::sample(std::uint64_t done, std::uint64_t running, Time now) {
  if (done <= last_.done) return;
  last_ = {now, done};
  if (now - marks_.back().at >= between_marks) marks_.push_back(last_);
  const std::uint64_t ends = std::max(least_ends, 2 * running);
  while (marks_.size() >= 2 && now - marks_[1].at >= window && done - marks_[1].done >= ends)
    marks_.erase(marks_.begin());
  if (marks_.size() > most_marks) thin_out();
}

// Keeps every second mark, the oldest among them: the window stays as long as it was.
void Rate::thin_out() {
  for (std::size_t i = 1; 2 * i < marks_.size(); ++i) marks_[i] = marks_[2 * i];
  marks_.resize((marks_.size() + 1) / 2);
}

std::optional<Rate::Pace> Rate::pace(std::uint64_t running, Time now) const {
  const Mark& oldest = marks_.front();
  const double span = seconds(last_.at - oldest.at);
  if (last_.done < first_estimate || last_.done <= oldest.done || span <= 0) return std::nullopt;
  const double ends = static_cast<double>(last_.done - oldest.done);
  // `running` tasks end within running / rate seconds at this pace; no end for longer than that is a delay.
  const double usual = static_cast<double>(std::max<std::uint64_t>(running, 1)) * span / ends;
  const double since = std::max(0.0, seconds(now - last_.at));
  return Pace{ends / (span + std::max(0.0, since - usual)), std::min(since, usual)};
}

std::optional<double> Rate::per_second(std::uint64_t running, Time now) const {
  const std::optional<Pace> here = pace(running, now);
  return here ? std::optional(here->per_second) : std::nullopt;
}

std::optional<Time> Rate::left(std::uint64_t remaining, std::uint64_t running, Time now) const {
  const std::optional<Pace> here = pace(running, now);
  if (!here) return std::nullopt;
  const double left = static_cast<double>(remaining) / here->per_second - here->counted_down;
  if (left > longest_seconds) return std::nullopt;
  return Time(std::llround(std::max(0.0, left) * 1e9));
}

}  // namespace drover::progress
