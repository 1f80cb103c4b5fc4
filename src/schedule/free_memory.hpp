// --memfree: how much memory the machine has free, against a floor under which nothing starts.
//
//     free_memory.told(bytes);   free_memory.too_little()   free_memory.far_too_little()
//
// Under half the floor one running attempt after the other is ended: the next only when the one before has
// ended and free memory was told again, for what it gave back shows only then. Before anything was told
// nothing starts and nothing is ended.
#pragma once

#include "schedule/scheduler.hpp"

namespace drover::schedule {

class FreeMemory {
 public:
  explicit FreeMemory(Bytes floor) : floor_(floor) {}  // 0: anything is enough

  void told(Bytes free) {
    free_ = free;
    told_since_end_ = true;
  }
  void asked_to_end(Slot slot) { ending_ = slot; }
  void ended(Slot slot) {
    if (slot != ending_) return;
    ending_ = none;
    told_since_end_ = false;
  }

  [[nodiscard]] bool too_little() const { return free_ < floor_; }
  // One attempt has to end to free some.
  [[nodiscard]] bool far_too_little() const {
    return told_since_end_ && ending_ == none && free_.count < floor_.count / 2;
  }

 private:
  static constexpr Slot none = ~Slot{0};

  Bytes floor_;
  Bytes free_{};
  bool told_since_end_ = false;
  Slot ending_ = none;
};

}  // namespace drover::schedule
