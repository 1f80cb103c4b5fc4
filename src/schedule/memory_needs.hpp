// How much memory an attempt reserves: nothing (no budget), --mem SIZE, or what the peaks of earlier ones
// have taught (--mem auto).
//
//     needs.of_new()                                what a task reserves that starts now
//     needs.used(slot, memory, now);  needs.end(slot, memory);        peaks, as they come
//
// Learning: until a peak is known, the one attempt that runs has the whole budget, so no other fits beside
// it. A peak is known when its attempt has ended, whatever the verdict, or when it is steady (steady_peak.hpp).
// From then on a task reserves the largest known peak and a tenth; that never shrinks again. An attempt whose
// memory was never told teaches nothing: the next one is alone as well.
//
// Cost     nothing but of_new() unless peaks are learnt; then constant, each function.
#pragma once

#include <optional>
#include <vector>

#include "schedule/scheduler.hpp"
#include "schedule/steady_peak.hpp"

namespace drover::schedule {

class MemoryNeeds {
 public:
  explicit MemoryNeeds(const Rules& rules);

  [[nodiscard]] Bytes of_new() const { return of_new_; }
  // Of the next attempt of a task that died of too little memory; 0 without a budget. `peak` may be 0.
  [[nodiscard]] Bytes after_out_of_memory(Bytes reserved, Bytes peak) const;

  [[nodiscard]] bool learns() const { return learns_; }
  [[nodiscard]] LearntMemory learnt() const;

  // The rest is for learning, and does nothing without it.
  void start(Slot slot, Time now) {
    if (learns_) [[unlikely]]
      follow(slot, now);
  }
  void end(Slot slot, Bytes peak) {  // 0: not told; then what was told while it ran counts
    if (learns_) [[unlikely]]
      take_last_peak(slot, peak);
  }
  // Requires learns(), and that the slot holds an attempt. Gives its reservation as far as its own peak
  // calls for it.
  Bytes used(Slot slot, Bytes memory, Time now);

  // An attempt has the whole budget until a peak is known.
  [[nodiscard]] bool unsettled() const { return alone_.has_value(); }
  // That attempt, once, as soon as it can have less. Requires: unsettled.
  [[nodiscard]] std::optional<Slot> settle(Time now);
  // When it will be known at the latest if the peak stays as it is; `never` if nobody waits for it.
  [[nodiscard]] Time settles_at() const { return alone_ ? attempts_[*alone_].peak.steady_at() : never; }
  [[nodiscard]] Bytes peak(Slot slot) const { return attempts_[slot].peak.largest(); }

 private:
  struct Attempt {
    SteadyPeak peak;
    bool known = false;
  };
  void follow(Slot slot, Time now);
  void take_last_peak(Slot slot, Bytes peak);
  void learn(Attempt& attempt, Bytes peak);

  bool learns_;
  Bytes budget_;
  Bytes of_new_;
  Bytes largest_{};
  std::uint64_t from_ = 0;         // peaks known
  std::optional<Slot> alone_;      // runs with the whole budget
  std::vector<Attempt> attempts_;  // by slot
};

}  // namespace drover::schedule
