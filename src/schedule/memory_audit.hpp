// The part of the audit that watches memory: reservations, what is learnt, and the floor of free memory. See
// audit.hpp; each call gives the promise that was broken, or null.
//
// What is known is worked out anew from the events, by the words of scheduler.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "schedule/scheduler.hpp"
#include "schedule/simulator.hpp"

namespace drover::schedule {

class MemoryAudit {
 public:
  explicit MemoryAudit(const SimulationRules& rules);

  // Ends first, then all events of the batch once more.
  void attempt_over(const Event& event);
  void told(const Event& event, Time now);

  const char* start(const Decision& decision, Time now);
  const char* asked_to_end(const Decision& decision);
  void finished(TaskNumber task) { needs_.erase(task); }

  // After the decisions of a batch.
  const char* nothing_left_undone();
  // Is there a task for which memory is lacking?
  [[nodiscard]] bool lacking(const LearntMemory& learnt, Time now);

 private:
  struct Seat {
    bool runs = false;
    bool asked = false;
    bool alone = false;  // started before any peak was known
    TaskNumber task = 0;
    std::uint64_t order = 0;
    Time started{};
    Bytes told{};  // reserved, by the decision
    Bytes truth{};
    Bytes peak{};  // by the samples
    Bytes reached{};
    Time reached_at{};
  };
  struct Need {  // of a task that once died of too little memory
    Bytes had{};
    Bytes least{};
  };

  Seat& seat(Slot slot);
  void used(Seat& seat, Bytes memory, Time now);
  void learn(Bytes peak);
  void learn_from_the_steady(Time now);
  [[nodiscard]] Bytes reserved(const Seat& seat) const;
  [[nodiscard]] Bytes reserved_in_all() const;
  [[nodiscard]] const char* room_for(const Decision& decision) const;
  [[nodiscard]] std::uint64_t running_freely() const;

  Rules rules_;
  MemoryUse use_;
  std::uint64_t seed_;
  bool learns_;
  bool equal_peaks_;  // and all at once, in a budget that the machine has
  std::vector<Seat> seats_;
  std::unordered_map<TaskNumber, Need> needs_;
  std::uint64_t starts_ = 0;
  std::uint64_t running_ = 0;
  bool known_ = false;
  Bytes largest_{};
  std::optional<Bytes> free_;
  std::optional<Slot> ending_;  // to free memory
  bool told_since_end_ = false;
};

}  // namespace drover::schedule
