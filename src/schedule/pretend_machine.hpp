// The simulator's executor: carries decisions out in virtual time, with faults drawn from the seed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "schedule/pretend_memory.hpp"
#include "schedule/scheduler.hpp"
#include "schedule/simulator.hpp"

namespace drover::schedule {

class PretendMachine {
 public:
  explicit PretendMachine(const SimulationRules& rules);

  void carry_out(std::span<const Decision> decisions, Time now);
  void input_paused(Time now);  // The source said `later`: input_ready is to follow.
  void person_stops(Time now);  // Only hung tasks are left and nothing will end them.

  [[nodiscard]] Time next() const;                  // of the next event; `never` if none
  void take(Time now, std::vector<Event>& events);  // Appends the events up to `now`.

  [[nodiscard]] Time busy() const { return busy_; }  // sum over the attempts that ended
  [[nodiscard]] Time last_end() const { return last_end_; }
  [[nodiscard]] Bytes most_memory() const { return memory_.most(); }
  [[nodiscard]] std::uint64_t out_of_memory() const { return out_of_memory_; }

 private:
  struct Happening {
    Time at;
    std::uint64_t order;  // of planning: events of one moment keep theirs
    Event event;
    std::uint32_t run;  // of the slot; another one by now: it was ended in another way
  };
  struct Place {
    Time started{};
    Time ends = never;
    std::uint32_t run = 0;
    bool ignores_terminate = false;
    bool ends_well = false;
    bool starts = true;
  };

  void start(const Decision& decision, Time now);
  void plan_end(Slot slot, Time at, Event::Kind kind, bool success, bool out_of_memory = false);
  void end_early(Slot slot, Time at, bool success, bool out_of_memory = false);
  void kill_for_memory(Time now);
  void plan(Time at, Event event);
  void plan_signals();
  void plan_lent_cores(Time run);
  [[nodiscard]] bool stale(const Happening& happening) const;
  [[nodiscard]] double chance(std::uint64_t what) const;
  static bool later(const Happening& a, const Happening& b);

  SimulationRules rules_;
  PretendMemory memory_;
  std::uint64_t out_of_memory_ = 0;
  std::vector<Place> places_;
  std::vector<Happening> ahead_;  // a heap, earliest first
  std::uint64_t planned_ = 0;
  std::uint64_t starts_ = 0;
  Time burst_until_{};
  Time busy_{};
  Time last_end_{};
};

}  // namespace drover::schedule
