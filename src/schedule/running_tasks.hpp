// The attempts that run, by slot, on two lists: those that run freely in the order of starting, and
// those asked to end in the order of asking. With one timeout and one grace for all, the head of
// each list is its next deadline.
//
//     running.start(pending, now);  running.ask_to_end(slot, reason, now);  running.kill(slot);
//     running.end(slot);
//
// The lists are threaded through the slots (intrusive): no allocation but for a slot's first use.
// Cost     constant, each function.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "schedule/pending.hpp"
#include "schedule/scheduler.hpp"

namespace drover::schedule {

enum class Stage : std::uint8_t { empty, running, asked_to_end, killed };

struct Running {
  Pending pending;
  Stage stage = Stage::empty;
  EndReason reason{};  // once asked to end or killed
  Time since{};        // started; once asked to end: asked
  Bytes reserved{};    // memory
  Slot previous = 0;
  Slot next = 0;
};

class RunningTasks {
 public:
  void start(const Pending& pending, Bytes reserved, Time now);
  void ask_to_end(Slot slot, EndReason reason, Time now);  // Requires: it runs freely.
  void kill(Slot slot, EndReason reason);  // The first reason stays. Requires: not killed yet.
  Running end(Slot slot);                  // Takes it out, whatever its stage. Requires: not empty.

  void reserve(Slot slot, Bytes memory) { slots_[slot].reserved = memory; }

  [[nodiscard]] bool holds(Slot slot) const {
    return slot < slots_.size() && slots_[slot].stage != Stage::empty;
  }
  [[nodiscard]] const Running& at(Slot slot) const { return slots_[slot]; }
  [[nodiscard]] std::optional<Slot> first_started() const { return head_of(free_); }
  [[nodiscard]] std::optional<Slot> last_started() const {  // Of those that run freely.
    return free_.tail == none ? std::nullopt : std::optional(free_.tail);
  }
  [[nodiscard]] std::optional<Slot> first_asked() const { return head_of(asked_); }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  static constexpr Slot none = ~Slot{0};
  struct List {
    Slot head = none;
    Slot tail = none;
  };

  static std::optional<Slot> head_of(const List& list) {
    return list.head == none ? std::nullopt : std::optional(list.head);
  }
  void append(List& list, Slot slot);
  void unlink(List& list, Slot slot);
  void leave_list(Slot slot);

  std::vector<Running> slots_;
  List free_;
  List asked_;
  std::uint64_t count_ = 0;
};

}  // namespace drover::schedule
