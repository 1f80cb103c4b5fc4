// Watches a scheduler from outside and checks that it keeps its promises; shares no code with it.
//
//     audit.events(events, now);  audit.decisions(decisions, now);  …  audit.close(scheduler);
//     audit.problems()
//
// Checked: each task pulled in turn, none twice, each with exactly one verdict and that the right one; slots
// unique; slots, cores and memory within budget at each start; attempts, retry times, timeouts, grace, delay,
// hold, run_ahead, an end to starting after drain, stop, kill and halt; --keep-order; cores lent; memory that is
// learnt, is too little or runs short (memory_audit.hpp).
//
// Memory   one bit a task, one record a slot, one entry a task that waits for another attempt.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "schedule/memory_audit.hpp"
#include "schedule/order.hpp"
#include "schedule/pretend_source.hpp"
#include "schedule/scheduler.hpp"
#include "schedule/simulator.hpp"

namespace drover::schedule {

class Audit {
 public:
  Audit(const SimulationRules& rules, const PretendSource& source, const Scheduler& scheduler);

  void events(std::span<const Event> events, Time now);
  void decisions(std::span<const Decision> decisions, Time now);
  void close();                           // At the end of the run.
  void problem(const std::string& what);  // The first ten are kept.

  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] std::uint64_t most_at_once() const { return most_at_once_; }

 private:
  enum class Stage : std::uint8_t { empty, running, asked, killed, over };
  struct Seat {
    Stage stage = Stage::empty;
    TaskNumber task = 0;
    std::uint32_t attempt = 0;
    Time started{};
    Time asked{};
    EndReason reason{};
    bool success = false;
  };
  struct Loose {  // a task between two attempts
    std::uint32_t attempt = 1;
    Time not_before{};
  };

  void event(const Event& event, Time now);
  void signal(const Event& event);
  void attempt_over(const Event& event, Time now);
  void put_back(Seat& seat);
  void start(const Decision& decision, Time now);
  void start_new(const Decision& decision);
  void start_again(const Decision& decision, Time now);
  void budgets(TaskNumber task);
  void terminate(const Decision& decision, Time now);
  void kill(const Decision& decision, Time now);
  void retry(const Decision& decision, Time now);
  void again(const Decision& decision);
  void finish(const Decision& decision);
  void finish_loose(const Decision& decision);
  void account(std::uint64_t index, const Decision& decision);
  void release_in_order();
  [[nodiscard]] std::optional<Verdict> expected(const Seat& seat) const;
  [[nodiscard]] bool reason_is_true(Time now);
  [[nodiscard]] bool timed_out(const Seat& seat) const;
  [[nodiscard]] bool ended_for_memory(const Seat& seat) const;
  Seat& seat(Slot slot);
  void expect(bool kept, const char* promise, TaskNumber task);
  void expect_none(const char* broken, TaskNumber task);

  SimulationRules rules_;
  const PretendSource* source_;
  const Scheduler* scheduler_;

  std::vector<Seat> seats_;
  std::unordered_map<TaskNumber, Loose> loose_;
  std::vector<bool> finished_;  // by index in the order of pulling
  std::uint64_t pulled_ = 0;
  std::uint64_t oldest_ = 0;  // unfinished, an index
  std::uint64_t running_ = 0;
  std::uint64_t over_ = 0;  // seats that wait for their verdict
  std::uint64_t most_at_once_ = 0;
  std::optional<Time> last_start_;
  bool stopping_ = false;
  bool kill_ = false;  // a kill event came
  bool held_ = false;
  bool halt_due_ = false;
  std::uint64_t lent_ = 0;
  MemoryAudit memory_;
  std::optional<Time> refused_;  // when something could not start, until something ended
  Counts counts_;
  Order order_;
  TaskNumber released_up_to_ = 0;
  std::uint64_t released_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace drover::schedule
