// The time of a run: it begins at zero and stands still while the run is stopped (Ctrl-Z), so
// that no timeout counts the pause.
#pragma once

#include <chrono>

#include "schedule/task.hpp"

namespace drover::farm {

// `Steady` tells the time: a clock in the standard's sense that never goes back. Tests have one of their own.
template <class Steady>
class PausableClock {
 public:
  PausableClock() : begin_(Steady::now()) {}

  [[nodiscard]] schedule::Time now() const { return paused_ ? stopped_at_ : running(); }
  void pause() {
    if (paused_) return;
    stopped_at_ = running();
    paused_ = true;
  }
  void resume() {
    if (!paused_) return;
    paused_ = false;
    lost_ += running() - stopped_at_;
  }
  [[nodiscard]] bool paused() const { return paused_; }

 private:
  [[nodiscard]] schedule::Time running() const { return Steady::now() - begin_ - lost_; }
  typename Steady::time_point begin_;
  schedule::Time lost_{};
  schedule::Time stopped_at_{};
  bool paused_ = false;
};

using Clock = PausableClock<std::chrono::steady_clock>;

}  // namespace drover::farm
