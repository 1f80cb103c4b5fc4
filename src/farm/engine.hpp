// The event loop of a run: reports to the scheduler what happened, carries out what it decides.
//
//     inputs → scheduler → starter → process → pipes → collator → standard output
//                  ↑___________ended____________|→ reporter → job log, crash report, summary
//
// Everything that waits, waits here. The loop never blocks on a task, a reader or an input.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "farm/clock.hpp"
#include "farm/collator.hpp"
#include "farm/memory_death.hpp"
#include "farm/options.hpp"
#include "farm/plan.hpp"
#include "farm/remaining_inputs.hpp"
#include "farm/reporter.hpp"
#include "farm/running_task.hpp"
#include "farm/starter.hpp"
#include "process/guardian.hpp"
#include "process/jobserver.hpp"
#include "process/poller.hpp"
#include "progress/display.hpp"
#include "schedule/scheduler.hpp"

namespace drover::farm {

// The inputs as the scheduler sees them: numbers. The values of tasks that were pulled wait here for their start.
class PulledInputs : public schedule::Source {
 public:
  explicit PulledInputs(RemainingInputs inputs) : inputs_(std::move(inputs)) {}
  [[nodiscard]] Answer next(schedule::TaskNumber& number) override;

  // Swaps the values of a task that starts into `input`. Requires: tasks start in the order they were pulled in.
  void take(schedule::TaskNumber number, TaskInput& input);

  std::optional<Error> error;  // the input broke off; what was read stands
  [[nodiscard]] RemainingInputs& inputs() { return inputs_; }
  [[nodiscard]] const RemainingInputs& inputs() const { return inputs_; }
  [[nodiscard]] std::optional<std::uint64_t> total() const { return inputs_.total(); }

 private:
  RemainingInputs inputs_;
  std::vector<TaskInput> pulled_;  // first_ … count_ wait; reused from batch to batch
  std::size_t first_ = 0, count_ = 0;
};

class Engine {
 public:
  struct Parts {
    const RunOptions& options;
    process::Guarded& me;
    Plan plan;
    Bytes memory_budget;
    std::uint32_t usable_cores;
    RemainingInputs inputs;
    std::optional<process::JobserverClient> lender;
    Starter starter;
    Reporter reporter;
    std::optional<TextTemplate> tag;
    process::Poller poller;
    progress::Display& display;
    std::optional<record::Earlier::Counts> before{};  // of the run that is resumed
    Bytes known_peak{};                               // of its tasks
  };
  explicit Engine(Parts parts);

  // Runs everything to its end and returns the exit status.
  [[nodiscard]] int run();

 private:
  // What a descriptor that became ready belongs to.
  enum class Tag : std::uint8_t {
    ended,
    output,
    errors,
    signals,
    guardian,
    input,
    standard_output,
    standard_error,
    lender,
  };
  static std::uint64_t tag(Tag kind, schedule::Slot slot = 0) {
    return (std::uint64_t{slot} << 8U) | static_cast<std::uint64_t>(kind);
  }

  // engine.cpp: the loop
  void turn();
  [[nodiscard]] bool finished() const;
  [[nodiscard]] schedule::Time wake_at() const;
  void schedule_and_apply();
  void apply(const schedule::Decision& decision);
  void note(schedule::Event::Kind kind) { events_.push_back({kind, 0, false, {}}); }
  void fail(const Error& error);
  [[nodiscard]] progress::Snapshot snapshot() const;
  [[nodiscard]] int exit_status() const;
  void watch_outlets();
  void watch_input();
  void input_is_ready();
  void hold_if_needed();
  [[nodiscard]] int say_goodbye();  // returns the exit status

  // engine_tasks.cpp: one task's way from start to end
  void start(const schedule::Decision& decision);
  void wait_for_room(RunningTask& task, schedule::Slot slot);
  void take_input(RunningTask& task, const schedule::Decision& decision);
  void watch(RunningTask& task, schedule::Slot slot);
  void read_stream(RunningTask& task, std::size_t number, std::size_t most_blocks);
  void close_stream(RunningTask& task, std::size_t stream);
  void leader_ended(schedule::Slot slot);
  void settle(schedule::Slot slot);
  void complete(schedule::Slot slot);
  void end_task(const schedule::Decision& decision);
  void signal_task(RunningTask& task, int signal);
  void keep(schedule::Slot slot);
  void finish(const schedule::Decision& decision);
  void report(RunningTask& task, schedule::Slot slot, schedule::Verdict verdict, bool final);
  void look_after_leftovers();
  void kill_leftovers();
  void end_leftovers(RunningTask& task);
  void await_writers(RunningTask& task);
  [[nodiscard]] bool is_task(pid_t pid) const;
  [[nodiscard]] bool group_is_empty(pid_t group) const;
  void begin_aftermath(RunningTask& task, Aftermath stage, schedule::Time until);

  // engine_resources.cpp: memory and lent cores
  void sample();
  void judge_memory(RunningTask& task);
  void look_at_free_memory();
  void tell_what_was_learnt();
  void settle_loans();
  void watch_lender();
  [[nodiscard]] schedule::Time next_look_at_resources() const;

  // engine_record.cpp: the run record
  void pass_over_left_out();
  void put_ends_on_record();
  void put_on_record();
  [[nodiscard]] record::Status status() const;
  void announce_resumption();
  void name_the_vanished();
  void say_how_to_go_on(bool cut_short);

  // engine_signals.cpp: the world's word
  void read_signals();
  void interrupted(int signal);
  void output_is_gone();
  [[nodiscard]] std::string tasks_running() const;
  void stop_running_tasks();
  void resume_running_tasks();
  void guardian_is_gone();
  void end_leftovers_of_the_run();
  void wait_and_listen(schedule::Time limit);

  RunningTask& slot(schedule::Slot slot);

  const RunOptions& options_;
  process::Guarded& me_;
  Plan plan_;
  Bytes memory_budget_;
  std::uint32_t usable_cores_;
  PulledInputs source_;
  std::optional<process::JobserverClient> lender_;
  Starter starter_;
  Reporter reporter_;
  std::optional<TextTemplate> tag_;
  process::Poller poller_;
  progress::Display& display_;
  std::optional<record::Earlier::Counts> before_;
  CaptureBudget capture_budget_;
  Collator collator_;
  BaseEnvironment environment_;
  schedule::Scheduler scheduler_;
  Clock clock_;

  std::vector<std::unique_ptr<RunningTask>> slots_;
  std::unordered_set<pid_t> leaders_;  // first processes of tasks, not reaped yet
  // Failed tasks that wait for another attempt, and tasks that could not be started, with all that is known of them.
  std::unordered_map<schedule::TaskNumber, std::unique_ptr<RunningTask>> kept_;
  std::vector<schedule::Event> events_;  // since the last turn
  std::vector<schedule::Event> handled_;
  std::vector<schedule::Decision> decisions_;
  std::vector<std::uint64_t> ready_;
  std::string block_;

  std::uint32_t aftermaths_ = 0;  // tasks whose leftovers are waited for
  // Group members are no children of ours: nothing but looking tells when they are gone.
  static constexpr schedule::Time leftovers_every = std::chrono::milliseconds(20);
  schedule::Time next_look_{};
  schedule::Time next_sample_;
  schedule::Time next_memory_look_{};
  std::optional<MemoryDeaths> memory_deaths_;
  schedule::Time next_lapse_{};
  Bytes told_reservation_{};
  bool memory_wait_told_ = false;
  static constexpr schedule::Time status_every = std::chrono::seconds(2);
  schedule::Time next_status_{};
  schedule::Time starts_due_ = schedule::never;  // to be on record
  bool lender_watched_ = false;
  int watched_input_ = -1;
  std::array<bool, 2> outlet_watched_{};
  bool held_ = false;
  bool announced_ = false;  // the plan was told
  bool exhaustion_told_ = false;
  int first_signal_ = 0;  // that ended the run
  schedule::Time signal_at_{};
  bool signal_stops_ = false;  // INT or TERM
  bool fatal_ = false;         // drover itself failed
  bool input_broke_ = false;   // what was read of it stands
  bool output_gone_ = false;
  bool guardian_gone_ = false;
  bool give_up_output_ = false;  // interrupted twice: do not wait for a reader
};

}  // namespace drover::farm
