// The simulator's memory: what the pretended tasks take at a moment, and what is left. See simulator.hpp.
//
//     memory.start(decision, now, takes);   memory.end(slot, now) → its peak
//     memory.look(now, events)              a sample of each task, and of free memory
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "schedule/scheduler.hpp"
#include "schedule/simulator.hpp"

namespace drover::schedule {

class PretendMemory {
 public:
  explicit PretendMemory(const SimulationRules& rules);

  void start(const Decision& decision, Time now, Time takes);
  Bytes end(Slot slot, Time now);  // Gives its peak, 0 if that is not told.

  // Who takes most, while all take more than the machine has; it is not counted from then on.
  [[nodiscard]] std::optional<Slot> take_victim(Time now);

  [[nodiscard]] Time next() const { return next_look_; }  // `never` if nothing is to be seen
  void look(Time now, std::vector<Event>& events);

  [[nodiscard]] Bytes most() const { return most_; }

 private:
  struct Task {
    bool runs = false;
    bool told = true;
    Bytes peak{};
    Time started{};
    Time grows{};  // until it is at its peak
  };
  [[nodiscard]] static Bytes taken(const Task& task, Time now);
  [[nodiscard]] Bytes sum(Time now);
  [[nodiscard]] Bytes left(Bytes taken, Time now) const;

  MemoryUse use_;
  bool free_is_told_;
  double drops_;
  std::uint64_t seed_;
  std::vector<Task> tasks_;  // by slot
  std::uint64_t starts_ = 0;
  std::uint64_t running_ = 0;
  Time next_look_ = never;
  Bytes most_{};
};

}  // namespace drover::schedule
