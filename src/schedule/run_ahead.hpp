// How far tasks may start ahead of the oldest unfinished one, so that what
// --keep-order holds back stays bounded.
//
//     if (run_ahead.allows(sequence)) …start…   run_ahead.finished(sequence);
//
// Memory   one bit a task between the oldest unfinished and the youngest finished one, at most `limit`.
// Cost     constant on average.
#pragma once

#include <cstdint>
#include <vector>

namespace drover::schedule {

class RunAhead {
 public:
  explicit RunAhead(std::uint64_t limit) : limit_(limit) {}  // 0: any distance

  [[nodiscard]] bool allows(std::uint64_t sequence) const {
    return limit_ == 0 || sequence - oldest_ < limit_;
  }
  void finished(std::uint64_t sequence);  // Each once, in any order, from 0 on without gaps.

 private:
  void grow(std::uint64_t distance);

  std::uint64_t limit_;
  std::uint64_t oldest_ = 0;    // unfinished
  std::vector<bool> finished_;  // a ring: task `sequence` at sequence mod size, a power of two
};

}  // namespace drover::schedule
