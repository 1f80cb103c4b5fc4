// The scheduler's inside: what it knows, and the steps that handle() takes in their order.
//
//     endings.cpp   ended, lost, could_not_start → finished, retry
//     signals.cpp   drain, stop, kill, slots, hold, the halt rule
//     memory.cpp    reservations as peaks become known, and the floor of free memory
//     starts.cpp    what may start now, and if nothing, why
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "schedule/admission.hpp"
#include "schedule/exhaustion.hpp"
#include "schedule/free_memory.hpp"
#include "schedule/free_slots.hpp"
#include "schedule/lent_cores.hpp"
#include "schedule/memory_needs.hpp"
#include "schedule/retry_queue.hpp"
#include "schedule/run_ahead.hpp"
#include "schedule/run_time_sketch.hpp"
#include "schedule/running_tasks.hpp"
#include "schedule/scheduler.hpp"

namespace drover::schedule {

struct Scheduler::State {
  State(const Rules& the_rules, Source& the_source)
      : rules(the_rules),
        source(&the_source),
        admission(the_rules),
        memory_needs(the_rules),
        free_memory(the_rules.memory_free_floor),
        lent_cores(the_rules),
        run_ahead(the_rules.run_ahead) {}

  Rules rules;
  Source* source;
  Counts counts;
  Admission admission;
  MemoryNeeds memory_needs;
  FreeMemory free_memory;
  LentCores lent_cores;
  Exhaustion exhaustion;
  RunAhead run_ahead;
  FreeSlots free_slots;
  RunningTasks running;
  RetryQueue retries;
  RunTimeSketch run_times;

  Time now{};
  Time next_start{};  // earliest, by `delay`
  Waiting waiting = Waiting::nothing;
  bool source_ended = false;
  bool input_awaited = false;  // the source said `later`
  bool held = false;
  bool draining = false;  // nothing starts any more
  bool halt_met = false;  // noticed at a verdict, acted upon when the batch's ends are taken in
  bool halted = false;
  std::vector<Decision>* decisions = nullptr;  // of the call that is going on

  // The steps of handle().
  void take_ends(std::span<const Event> events);
  void take_signals(std::span<const Event> events);
  void end_overdue();
  void start_tasks();

  // endings.cpp
  Running vacate(Slot slot);
  void ended(const Event& event);
  void lost(Slot slot);
  void could_not_start(Slot slot);
  void failed(const Pending& pending);
  void start_again(const Pending& pending);
  void run_again(const Pending& pending);
  void give_up(Pending pending);
  void finish(const Pending& pending, Verdict verdict);

  // signals.cpp
  void take_signal(const Event& event);
  void drain();
  void ask_all_to_end(EndReason reason);
  void ask_to_end(Slot slot, EndReason reason);
  void kill_all();
  void kill(Slot slot, EndReason reason);
  void halt_if_met();
  [[nodiscard]] Time time_limit() const;

  // memory.cpp
  void memory_used(const Event& event);
  void settle_memory();
  void reserve(Slot slot, Bytes memory);
  void free_some_memory();

  // starts.cpp
  void start(Pending&& pending);
  void look_ahead();
  [[nodiscard]] bool something_to_start() const;
  [[nodiscard]] Waiting idle_reason() const;
  [[nodiscard]] Waiting obstacle() const;
  [[nodiscard]] Bytes memory_of_next() const;
  [[nodiscard]] std::optional<Pending> pull();

  [[nodiscard]] Time next_deadline() const;
  [[nodiscard]] bool done() const;
};

}  // namespace drover::schedule
