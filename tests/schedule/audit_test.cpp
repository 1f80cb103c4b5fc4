// The audit has to find what is wrong: it is shown a run of the real scheduler with one decision falsified.
#include "schedule/audit.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/schedule/by_hand.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

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

}  // namespace
}  // namespace drover::schedule
