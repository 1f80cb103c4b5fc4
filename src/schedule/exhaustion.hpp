// The system had no process or descriptor left: when is it worth trying again?
//
// As soon as something of ours ends. If nothing of ours runs, others hold what is lacking: after 100 ms, then
// 200 ms, … 1 s. An end of ours makes the wait short again.
#pragma once

#include "schedule/task.hpp"

namespace drover::schedule {

class Exhaustion {
 public:
  static constexpr Time first_wait = std::chrono::milliseconds(100);
  static constexpr Time longest_wait = std::chrono::seconds(1);

  void could_not_start() { exhausted_ = true; }
  void something_ended();

  // After each batch of events: sets the time to try again, or finds that it has come.
  void settle(Time now, bool nothing_runs);

  [[nodiscard]] bool exhausted() const { return exhausted_; }
  [[nodiscard]] Time retry_at() const { return retry_at_; }  // `never` while it is an end that is waited for

 private:
  bool exhausted_ = false;
  Time retry_at_ = never;
  Time wait_ = first_wait;
};

}  // namespace drover::schedule
