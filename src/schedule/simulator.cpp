#include "schedule/simulator.hpp"

#include <algorithm>

#include "schedule/audit.hpp"
#include "schedule/draw.hpp"
#include "schedule/pretend_machine.hpp"
#include "schedule/pretend_source.hpp"

namespace drover::schedule {
namespace {

// So many steps without a verdict: what runs hangs, and only samples of memory go on, or tasks that are ended
// again and again to free what the hung ones hold.
constexpr std::uint64_t most_idle_steps = 5000;

// Of handle(), without time passing: three belong to a task that ends at once, and no test has so many.
constexpr std::uint64_t most_calls_at_once = 1'000'000;

class Simulation {
 public:
  Simulation(const SimulationRules& rules, Recording* recording)
      : rules_(rules),
        recording_(recording),
        source_(rules, recording),
        scheduler_(rules.rules, source_),
        machine_(rules),
        audit_(rules, source_, scheduler_) {}

  SimulationResult run() {
    step();
    while (!scheduler_.done() && advance()) step();
    audit_.close();
    return result();
  }

 private:
  // To the next moment at which something happens. False: nothing ever will.
  bool advance() {
    const Time deadline = scheduler_.next_deadline();
    if (deadline <= now_) return give_up("a deadline that has passed is asked for again");
    Time next = std::min(machine_.next(), deadline);
    if (next == never || idle_steps_ > most_idle_steps) {
      const bool waits_for_memory = scheduler_.waiting_for() == Waiting::memory;
      if ((scheduler_.counts().running == 0 && !waits_for_memory) || stopped_)
        return give_up("the run is stuck");
      stopped_ = true;
      idle_steps_ = 0;
      machine_.person_stops(now_);
      next = now_;
    }
    calls_at_once_ = next == now_ ? calls_at_once_ + 1 : 0;
    if (calls_at_once_ > most_calls_at_once) return give_up("the run goes round in circles");
    slot_time_ += static_cast<double>((next - now_).count()) * scheduler_.slots();
    now_ = next;
    return true;
  }

  bool give_up(const char* why) {
    audit_.problem(why);
    return false;
  }

  void step() {
    events_.clear();
    decisions_.clear();
    machine_.take(now_, events_);
    scheduler_.handle(events_, now_, decisions_);
    audit_.events(events_, now_);
    audit_.decisions(decisions_, now_);
    for (const Decision& decision : decisions_) digest(decision);
    const bool verdict = std::ranges::any_of(
        decisions_, [](const Decision& decision) { return decision.kind == Decision::Kind::finished; });
    idle_steps_ = verdict ? 0 : idle_steps_ + 1;
    if (recording_ != nullptr) record();
    if (source_.paused()) machine_.input_paused(now_);
    machine_.carry_out(decisions_, now_);
  }

  void digest(const Decision& d) {
    const auto words = (std::uint64_t{d.slot} << 32U) | d.attempt;
    const auto kinds = (static_cast<std::uint64_t>(d.kind) << 16U) |
                       (static_cast<std::uint64_t>(d.reason) << 8U) | static_cast<std::uint64_t>(d.verdict);
    const auto at = static_cast<std::uint64_t>(now_.count()) + 3 * static_cast<std::uint64_t>(d.at.count());
    digest_ = draw(digest_ ^ d.task, words, at) + kinds + d.memory.count;
  }

  void record() {
    recording_->steps.push_back({now_, events_.size(), decisions_.size()});
    recording_->events.insert(recording_->events.end(), events_.begin(), events_.end());
    recording_->decisions.insert(recording_->decisions.end(), decisions_.begin(), decisions_.end());
  }

  SimulationResult result() {
    SimulationResult result{.makespan = machine_.last_end(),
                            .counts = scheduler_.counts(),
                            .most_at_once = audit_.most_at_once(),
                            .most_memory = machine_.most_memory(),
                            .out_of_memory = machine_.out_of_memory(),
                            .digest = digest_,
                            .halted = scheduler_.halted(),
                            .problems = audit_.problems()};
    if (slot_time_ > 0) result.utilisation = static_cast<double>(machine_.busy().count()) / slot_time_;
    return result;
  }

  SimulationRules rules_;
  Recording* recording_;
  PretendSource source_;
  Scheduler scheduler_;
  PretendMachine machine_;
  Audit audit_;
  Time now_{};
  bool stopped_ = false;  // by the person at the keyboard, as only hung tasks were left
  std::uint64_t calls_at_once_ = 0;
  std::uint64_t idle_steps_ = 0;
  double slot_time_ = 0;
  std::uint64_t digest_ = 0;
  std::vector<Event> events_;
  std::vector<Decision> decisions_;
};

class RecordedSource : public Source {
 public:
  explicit RecordedSource(const std::vector<Recording::Pull>& pulls) : pulls_(&pulls) {}

  [[nodiscard]] Answer next(TaskNumber& number) override {
    if (position_ == pulls_->size()) return Answer::end;
    const Recording::Pull& pull = (*pulls_)[position_++];
    number = pull.task;
    return pull.answer;
  }

 private:
  const std::vector<Recording::Pull>* pulls_;
  std::size_t position_ = 0;
};

}  // namespace

SimulationResult simulate(const SimulationRules& rules, Recording* recording) {
  return Simulation(rules, recording).run();
}

std::vector<Decision> replay(const Rules& rules, const Recording& recording) {
  RecordedSource source(recording.pulls);
  Scheduler scheduler(rules, source);
  std::vector<Decision> decisions;
  std::span<const Event> events = recording.events;
  for (const Recording::Step& step : recording.steps) {
    scheduler.handle(events.first(step.events), step.now, decisions);
    events = events.subspan(step.events);
  }
  return decisions;
}

}  // namespace drover::schedule
