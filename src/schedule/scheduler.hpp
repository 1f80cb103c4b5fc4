// Decides which task starts where and when, and what becomes of it. Pure: no
// system call, no clock, no thread.
//
//     scheduler.handle(events, now, decisions);   // events in, decisions out, both in batches
//
// The executor (processes, threads, ranks, the simulator) reports events and carries decisions out. The same
// events at the same times give the same decisions, whatever carries them out.
//
// Memory   state for tasks in flight and for failed ones that wait for another attempt, nothing else: ten
//          million tasks stream through. No allocation on the way start → ended(success).
// Cost     constant a task: slots come from a bit set, deadlines from lists in the order of starting.
// Threads  not synchronised: one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "drover/bytes.hpp"
#include "schedule/halt.hpp"
#include "schedule/task.hpp"

namespace drover::schedule {

// Where tasks come from. Pulled only when a task could start at once, so an endless input is no burden.
class Source {
 public:
  enum class Answer {
    task,   // `number` was set
    later,  // nothing yet (a pipe that waits for its writer): ask again after Event::input_ready
    end,
  };
  virtual ~Source() = default;
  [[nodiscard]] virtual Answer next(TaskNumber& number) = 0;
};

struct Rules {
  std::uint32_t slots = 1;  // tasks at a time, ≥ 1
  std::uint32_t cores = 0;  // budget; 0: not limited (the number of slots was given literally)
  std::uint32_t cores_per_task = 1;
  Bytes memory{};  // budget; 0: not limited
  Bytes memory_per_task{};
  // --mem auto: what a task needs is learnt from the peaks told (memory_needs.hpp); `memory` is the budget,
  // memory_per_task is not used.
  bool learn_memory = false;
  Bytes known_peak{};           // learn_memory: of earlier runs, 0 if there were none
  Bytes memory_free_floor{};    // --memfree (free_memory.hpp); 0: none
  bool cores_are_lent = false;  // by an outer GNU make job server (lent_cores.hpp)
  std::uint32_t retries = 0;    // attempts after the first
  Time retry_delay{};           // before attempt 2; doubles with each further one, ± 25 % jitter
  std::uint64_t seed = 0;       // of the jitter
  std::optional<Time> timeout{};
  // Of the median run time, from the third finished task on. Only tasks that succeed enter the median: those
  // that fail at once would make it too short for all others.
  std::optional<double> timeout_per_cent{};
  Time grace = std::chrono::seconds(10);  // between terminate and kill
  Time delay{};                           // least time between two starts
  Halt halt{};
  std::uint64_t run_ahead = 0;  // keep-order: how far a task may be ahead of the oldest unfinished; 0: any
};

struct Event {
  enum class Kind : std::uint8_t {
    ended,  // the task in `slot` ended; `success`, `ran`
    lost,   // the worker of `slot` vanished without a fault of the task: run it again, not counted as a retry
    could_not_start,  // no process or descriptor left for `slot`: put back until something ends
    drain,            // start nothing more, let the running ones end (SIGQUIT, SIGHUP, input error)
    stop,             // start nothing more, terminate the running ones, kill after the grace (Ctrl-C once)
    kill,             // kill the running ones now (Ctrl-C twice)
    more_slots,       // SIGUSR1
    fewer_slots,      // SIGUSR2; never below one; what runs goes on
    hold,             // start nothing until `release` (nobody reads the output)
    release,
    input_ready,  // a source that said `later` may have more
    tick,         // time passed, nothing else
    memory_used,  // a sample of the task in `slot`; `memory`
    memory_free,  // what the machine, or the cgroup, has free now; `memory`
    cores_lent,   // `cores`: all that are lent to us now, without the one that is ours anyway
  };
  Kind kind;
  Slot slot = 0;
  bool success = false;
  Time ran{};
  bool by_itself = false;  // it had ended before it was asked to: judge it as if it had not been asked
  Bytes memory{};          // ended, memory_used: the attempt's largest so far, 0 if not known; memory_free
  bool out_of_memory = false;  // ended: the kernel killed it for lack of memory
  std::uint32_t cores = 0;     // cores_lent
};

// Why a running task is asked to end.
enum class EndReason : std::uint8_t {
  timeout,
  halted,
  stopped,
  memory,  // free memory fell below half the floor
};

// What became of a task for good.
enum class Verdict : std::uint8_t { succeeded, failed, not_run };

struct Decision {
  enum class Kind : std::uint8_t {
    start,      // run `task`, attempt `attempt`, in `slot`
    terminate,  // ask the task in `slot` to end (SIGTERM); `reason`
    kill,       // end it now (SIGKILL); `reason`
    retry,      // the attempt in `slot` failed; `task` will run again not before `at`
    finished,   // `task` is done with: `verdict`. `slot` says where it ran last (0 if it never did)
    again,      // the attempt in `slot` was ended to free memory: `task` will run it again, same number
  };
  Kind kind;
  Slot slot = 0;
  TaskNumber task = 0;
  std::uint32_t attempt = 0;  // from 1 on; `retry` and `finished` name the one that the decision rests on
  EndReason reason{};
  Verdict verdict{};
  Time at{};
  Bytes memory{};  // start: what is reserved for it; 0 if memory is not limited

  friend bool operator==(const Decision&, const Decision&) = default;
};

// What a person asks "why does nothing start?".
enum class Waiting : std::uint8_t {
  nothing,  // something may start, or everything is done
  slots,    // all slots are taken
  cores,
  memory,
  input,      // the source said `later`
  delay,      // --delay
  retry,      // only tasks that wait for another attempt are left
  order,      // --keep-order: too far ahead of the oldest unfinished task
  held,       // output is not read
  exhausted,  // the system had no process or descriptor left
  halted,     // draining, stopped or halted
  lent,       // for the outer job server to lend cores
};

// What is reserved where a peak is known, over that peak.
inline constexpr double memory_margin = 1.1;

// What the peaks told so far say of a task's memory.
struct LearntMemory {
  Bytes largest_peak{};
  Bytes reservation{};     // of a task that starts now; the whole budget while no peak is known
  std::uint64_t from = 0;  // peaks it rests on
};

struct Counts {
  std::uint64_t read = 0;  // pulled from the source
  std::uint64_t running = 0;
  std::uint64_t waiting = 0;  // failed or put back, another attempt to come
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t not_run = 0;   // pulled, but ended or left by halt, stop, kill
  std::uint64_t attempts = 0;  // starts that happened

  friend bool operator==(const Counts&, const Counts&) = default;
};

class Scheduler {
 public:
  // Requires: rules.slots ≥ 1, and one task within every budget. `source` outlives the scheduler.
  Scheduler(const Rules& rules, Source& source);
  ~Scheduler();
  Scheduler(Scheduler&&) noexcept;
  Scheduler& operator=(Scheduler&&) noexcept;

  // Takes a batch of events that happened by `now` (≥ every earlier now) and appends the
  // decisions that follow. Ends first, then signals, then time, then starts. The first call (no
  // events) starts the first tasks.
  void handle(std::span<const Event> events, Time now, std::vector<Decision>& decisions);

  // When handle() must be called even if nothing happens: a deadline, a retry, a delay. `never` if none.
  [[nodiscard]] Time next_deadline() const;

  // Nothing runs, nothing waits, and the source has ended or is not asked any more.
  [[nodiscard]] bool done() const;

  [[nodiscard]] const Counts& counts() const;
  [[nodiscard]] Waiting waiting_for() const;
  [[nodiscard]] std::uint32_t slots() const;   // as changed by more_slots and fewer_slots
  [[nodiscard]] bool halted() const;           // by the halt rule
  [[nodiscard]] bool source_ended() const;     // the source said `end`
  [[nodiscard]] Time median_run_time() const;  // of the succeeded ones, within 3 %; zero before the first
  [[nodiscard]] LearntMemory learnt_memory() const;  // nothing unless rules.learn_memory
  [[nodiscard]] Bytes memory_reserved() const;       // by the running attempts, in all

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace drover::schedule
