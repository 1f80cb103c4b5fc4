#include "schedule/exhaustion.hpp"

#include <algorithm>

#include "schedule/deadline.hpp"

namespace drover::schedule {

void Exhaustion::something_ended() {
  exhausted_ = false;
  retry_at_ = never;
  wait_ = first_wait;
}

void Exhaustion::settle(Time now, bool nothing_runs) {
  if (!exhausted_ || !nothing_runs) return;
  if (retry_at_ == never) {
    retry_at_ = after(now, wait_);
    wait_ = std::min(2 * wait_, longest_wait);
  } else if (retry_at_ <= now) {
    exhausted_ = false;
    retry_at_ = never;
  }
}

}  // namespace drover::schedule
