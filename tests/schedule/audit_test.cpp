// The audit has to find what is wrong: it is shown a run of the real scheduler with one decision falsified.
#include "schedule/audit.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/schedule/by_hand.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;
using namespace drover::literals;

using Falsify = std::function<void(std::vector<Decision>&, std::vector<Event>&)>;

// Two slots, ten tasks of one second, task 4 fails once. `falsify` changes what the audit sees of second
// `when`.
std::vector<std::string> problems(int when, const Falsify& falsify) {
  const SimulationRules rules{
      .rules = {.slots = 2, .retries = 1, .timeout = 5s}, .tasks = 10, .keep_order = true};
  PretendSource source(rules, nullptr);
  Scheduler scheduler(rules.rules, source);
  Audit audit(rules, source, scheduler);
  std::vector<Event> events;
  for (int second = 0; !scheduler.done(); ++second) {
    std::vector<Decision> decisions;
    scheduler.handle(events, std::chrono::seconds(second), decisions);
    std::vector<Event> next;
    for (const Decision& decision : decisions)
      if (decision.kind == Decision::Kind::start)
        next.push_back({.kind = Event::Kind::ended,
                        .slot = decision.slot,
                        .success = decision.task != 4 || decision.attempt == 2,
                        .ran = 1s});
    if (second == when) falsify(decisions, events);
    audit.events(events, std::chrono::seconds(second));
    audit.decisions(decisions, std::chrono::seconds(second));
    events = next;
  }
  audit.close();
  return audit.problems();
}

TEST(Audit, FindsNothingInAnHonestRun) {
  EXPECT_EQ(problems(1, [](auto&, auto&) {}), std::vector<std::string>{});
}

TEST(Audit, FindsATaskThatIsLeftOut) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) { decisions.pop_back(); }).empty());
}

TEST(Audit, FindsATaskThatStartsTwice) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) { decisions.back().task = 1; }).empty());
}

TEST(Audit, FindsTwoTasksInOneSlot) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) { decisions.back().slot = 0; }).empty());
}

TEST(Audit, FindsAWrongVerdict) {
  EXPECT_FALSE(
      problems(1, [](auto& decisions, auto&) { decisions.front().verdict = Verdict::failed; }).empty());
}

TEST(Audit, FindsAVerdictThatIsMissing) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) { decisions.erase(decisions.begin()); }).empty());
}

TEST(Audit, FindsAVerdictGivenTwice) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) { decisions.push_back(decisions.front()); }).empty());
}

TEST(Audit, FindsATaskTooMany) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) {
                 decisions.push_back({.kind = Decision::Kind::start, .slot = 2, .task = 5, .attempt = 1});
               }).empty());
}

TEST(Audit, FindsAnAttemptTooMany) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) { decisions.back().attempt = 3; }).empty());
}

TEST(Audit, FindsATimeoutBeforeItsTime) {
  EXPECT_FALSE(problems(1, [](auto& decisions, auto&) {
                 decisions.push_back({.kind = Decision::Kind::terminate, .slot = 0, .task = 3});
               }).empty());
}

TEST(Audit, FindsAStartAfterTheEndWasCalled) {
  EXPECT_FALSE(problems(1, [](auto&, auto& events) { events.push_back(sign(Event::Kind::drain)); }).empty());
}

TEST(Audit, FindsAStartWhileHeld) {
  EXPECT_FALSE(problems(1, [](auto&, auto& events) { events.push_back(sign(Event::Kind::hold)); }).empty());
}

// The audit's part for memory is shown what no scheduler of ours would decide.
class MemoryRun {
 public:
  explicit MemoryRun(const Rules& rules, const MemoryUse& use = {})
      : audit_({.rules = rules, .tasks = 10, .memory_use = use}) {}
  void told(const Event& event, Time now = {}) {
    if (event.kind == Event::Kind::ended) audit_.attempt_over(event);
    audit_.told(event, now);
  }
  bool start(Slot slot, TaskNumber task, Bytes memory, std::uint32_t attempt = 1) {
    return audit_.start({.kind = Decision::Kind::start,
                         .slot = slot,
                         .task = task,
                         .attempt = attempt,
                         .memory = memory},
                        Time{}) == nullptr;
  }
  bool ends_for_memory(Slot slot) {
    return audit_.asked_to_end(
               {.kind = Decision::Kind::terminate, .slot = slot, .reason = EndReason::memory}) == nullptr;
  }
  bool nothing_left_undone() { return audit_.nothing_left_undone() == nullptr; }

 private:
  MemoryAudit audit_;
};

TEST(MemoryAudit, FindsABudgetThatIsExceeded) {
  MemoryRun run({.memory = 10_GiB, .memory_per_task = 4_GiB});
  EXPECT_TRUE(run.start(0, 1, 4_GiB));
  EXPECT_TRUE(run.start(1, 2, 4_GiB));
  EXPECT_FALSE(run.start(2, 3, 4_GiB));
}

TEST(MemoryAudit, FindsARetryWithTooLittleAgain) {
  MemoryRun run({.memory = 10_GiB, .memory_per_task = 4_GiB});
  run.start(0, 1, 4_GiB);
  run.told(out_of_memory(0));
  EXPECT_FALSE(run.start(0, 1, 4_GiB, 2));
  MemoryRun honest({.memory = 10_GiB, .memory_per_task = 4_GiB});
  honest.start(0, 1, 4_GiB);
  honest.told(out_of_memory(0));
  EXPECT_TRUE(honest.start(0, 1, 8_GiB, 2));
}

TEST(MemoryAudit, FindsASecondTaskBeforeAPeakIsKnown) {
  MemoryRun run({.memory = 10_GiB, .learn_memory = true});
  EXPECT_TRUE(run.start(0, 1, 10_GiB));
  EXPECT_FALSE(run.start(1, 2, {}));
}

TEST(MemoryAudit, FindsAReservationBelowTheLargestPeak) {
  MemoryRun run({.memory = 10_GiB, .learn_memory = true});
  run.start(0, 1, 10_GiB);
  run.told(ok_with(0, 2_GiB));
  EXPECT_FALSE(run.start(0, 2, 2_GiB));
}

TEST(MemoryAudit, FindsEqualTasksThatTakeMoreThanTheBudget) {
  MemoryRun run({.memory = 10_GiB, .learn_memory = true}, {.typical = 6_GiB});
  run.start(0, 1, 10_GiB);
  run.told(ok_with(0, 1_GiB));  // told wrongly
  EXPECT_TRUE(run.start(0, 2, 2_GiB));
  EXPECT_FALSE(run.start(1, 3, 2_GiB));
}

TEST(MemoryAudit, FindsAStartUnderTheFloor) {
  MemoryRun run({.memory_free_floor = 8_GiB});
  EXPECT_FALSE(run.start(0, 1, {}));
  run.told(has_free(8_GiB));
  EXPECT_TRUE(run.start(1, 2, {}));
  run.told(has_free(7_GiB));
  EXPECT_FALSE(run.start(2, 3, {}));
}

TEST(MemoryAudit, FindsTheWrongTaskEndedToFreeMemory) {
  MemoryRun run({.memory_free_floor = 8_GiB});
  run.told(has_free(8_GiB));
  for (const Slot slot : {2U, 0U, 1U}) run.start(slot, slot + 1U, {});
  EXPECT_FALSE(run.ends_for_memory(1));  // there is enough
  MemoryRun second({.memory_free_floor = 8_GiB});
  second.told(has_free(8_GiB));
  for (const Slot slot : {2U, 0U, 1U}) second.start(slot, slot + 1U, {});
  second.told(has_free(1_GiB));
  EXPECT_FALSE(second.nothing_left_undone());
  EXPECT_TRUE(second.ends_for_memory(1));
  EXPECT_TRUE(second.nothing_left_undone());
  EXPECT_FALSE(second.ends_for_memory(0));  // one at a time
}

TEST(MemoryAudit, FindsAnOlderTaskOrTheLastOneEndedToFreeMemory) {
  MemoryRun run({.memory_free_floor = 8_GiB});
  run.told(has_free(8_GiB));
  run.start(0, 1, {});
  run.start(1, 2, {});
  run.told(has_free(1_GiB));
  EXPECT_FALSE(run.ends_for_memory(0));
  MemoryRun last({.memory_free_floor = 8_GiB});
  last.told(has_free(8_GiB));
  last.start(0, 1, {});
  last.told(has_free(1_GiB));
  EXPECT_FALSE(last.ends_for_memory(0));
}

}  // namespace
}  // namespace drover::schedule
