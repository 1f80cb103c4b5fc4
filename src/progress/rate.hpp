// How fast tasks end of late, and how long the rest will take.
//
//     rate.sample(done, running, now);   rate.left(total - done, running, now)
//
// The estimate looks back over the last 30 seconds, or over so many ends as make two rounds of the running
// tasks (ten at the least), whichever is longer: tasks of an hour and tasks of a millisecond both give a
// steady number, and a change of pace shows soon. Between two ends the time left counts down; when the next
// end is overdue the rate falls instead, so a stalled run never shows an old rate.
//
// Ranges   nothing before the third end.
// Cost     constant; at most 64 marks are kept.
// Threads  not synchronised.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "schedule/task.hpp"

namespace drover::progress {

class Rate {
 public:
  // `done` tasks have ended by `now`; neither ever falls.
  void sample(std::uint64_t done, std::uint64_t running, schedule::Time now);

  [[nodiscard]] std::optional<double> per_second(std::uint64_t running, schedule::Time now) const;
  [[nodiscard]] std::optional<schedule::Time> left(std::uint64_t remaining, std::uint64_t running,
                                                   schedule::Time now) const;

 private:
  struct Mark {
    schedule::Time at{};
    std::uint64_t done = 0;
  };
  struct Pace {
    double per_second;    // as it looks now
    double counted_down;  // seconds since the last end, as far as that is no delay
  };
  [[nodiscard]] std::optional<Pace> pace(std::uint64_t running, schedule::Time now) const;
  void thin_out();

  std::vector<Mark> marks_{Mark{}};  // oldest first; the run's beginning is the first
  Mark last_;                        // the latest end that was seen
};

}  // namespace drover::progress
