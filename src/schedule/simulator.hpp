// A run in virtual time: the real Scheduler on a pretend machine of up to 100,000 cores, with seeded faults.
//
//     const SimulationResult result = simulate({.rules = {.slots = 8}, .tasks = 20});
//     result.makespan;  result.utilisation;  result.problems.empty();
//
// Every run is audited while it goes: each task accounted for exactly once, budgets never
// exceeded, attempts and timeouts kept, --keep-order in order. The same rules and seed give the
// same digest, decision for decision.
//
// Memory   one bit a task (the audit) and what is in flight: ten million tasks are 1.25 MB.
// Cost     about 0.3 µs a task.
// Threads  simulations share nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schedule/scheduler.hpp"

namespace drover::schedule {

// How long tasks run. The time of a task depends on the seed, its number and its attempt alone.
struct RunTimes {
  enum class Shape : std::uint8_t { fixed, uniform, exponential, log_normal };
  Shape shape = Shape::fixed;
  // fixed: the time; uniform: the middle; exponential: the mean; log_normal: the median
  Time typical = std::chrono::seconds(1);
  double spread = 0;  // uniform: half the width over the middle; log_normal: σ of the logarithm
  Time grain{1};      // rounded up to a multiple: a coarse grain makes many tasks end at once
};

[[nodiscard]] Time run_time(const RunTimes& times, std::uint64_t seed, TaskNumber task,
                            std::uint32_t attempt);

// What the pretended tasks take of memory. The peak of a task depends on the seed and its number alone.
struct MemoryUse {
  Bytes typical{};                         // 0: nothing, and nothing is told
  double spread = 0;                       // uniform: half the width over the middle
  double large = 0;                        // share of the tasks that take three times as much
  double grows = 0;                        // share of its time in which a task reaches its peak, evenly
  double untold = 0;                       // share of the attempts of which nothing is told
  Bytes machine{};                         // more in all, and the kernel kills who takes most; 0: endless
  Time sampled = std::chrono::seconds(1);  // how often tasks and free memory are looked at
};

[[nodiscard]] Bytes memory_peak(const MemoryUse& use, std::uint64_t seed, TaskNumber task);

// Probabilities of an attempt unless said otherwise. The first four add up to 1 at the most.
struct Faults {
  double fails = 0;          // ends with failure after its run time
  double out_of_memory = 0;  // is killed for lack of memory part way through, whatever the machine has
  double lost = 0;           // its worker vanishes part way through
  double hangs = 0;          // never ends by itself
  double slow = 0;           // takes ten times as long
  double ignores_terminate = 0;
  double ends_well_when_asked = 0;              // reports success when terminated
  double could_not_start = 0;                   // begins a burst in which nothing can start
  Time burst = std::chrono::milliseconds(300);  // longest
  double input_later = 0;                       // of a pull
  double drain = 0;                             // of a run, as are the next two; at a random moment
  double stop = 0;
  double kill = 0;
  double slot_changes = 0;  // SIGUSR1 and SIGUSR2: their mean number in a run
  double holds = 0;         // pauses of starting: their mean number in a run
  double memory_drops = 0;  // share of the time in which others take nearly all free memory
  double lent_changes = 0;  // how often the cores lent become more or fewer: their mean number in a run
};

struct SimulationRules {
  Rules rules{};
  std::uint64_t tasks = 0;  // < 2³²
  TaskNumber first = 1;     // number of the first task
  bool shuffled = false;    // the source gives the numbers in another order
  bool keep_order = false;  // audit class Order as well
  RunTimes run_times{};
  MemoryUse memory_use{};
  Faults faults{};
  std::uint64_t seed = 1;
};

struct SimulationResult {
  Time makespan{};  // until the last task ended
  Counts counts{};
  double utilisation = 0;  // of the slots, over the makespan
  std::uint64_t most_at_once = 0;
  Bytes most_memory{};              // that was in use
  std::uint64_t out_of_memory = 0;  // tasks killed because the machine had no more
  std::uint64_t digest = 0;         // of every decision with its time
  bool halted = false;
  std::vector<std::string> problems{};  // what the audit found, the first ten; empty: all is well
};

// What went into a scheduler and what came out, to be replayed into another one.
struct Recording {
  struct Step {
    Time now{};
    std::size_t events = 0;  // how many of `events` belong to it
    std::size_t decisions = 0;
  };
  struct Pull {
    Source::Answer answer{};
    TaskNumber task = 0;
  };
  std::vector<Step> steps;
  std::vector<Event> events;
  std::vector<Decision> decisions;
  std::vector<Pull> pulls;
};

[[nodiscard]] SimulationResult simulate(const SimulationRules& rules, Recording* recording = nullptr);

// The decisions of a fresh scheduler that is given the recorded events at the
// recorded times, and nothing else.
[[nodiscard]] std::vector<Decision> replay(const Rules& rules, const Recording& recording);

}  // namespace drover::schedule
