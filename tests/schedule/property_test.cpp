// Forty thousand runs with random rules and random faults, each audited decision for decision.
#include <gtest/gtest.h>

#include <algorithm>

#include "schedule/draw.hpp"
#include "schedule/simulator.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;
using namespace drover::literals;

constexpr std::uint64_t seeds = 40'000;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  double real() { return unit(draw(seed_, 77, drawn_++)); }
  bool in(double probability) { return real() < probability; }
  std::uint64_t up_to(std::uint64_t most) {
    return static_cast<std::uint64_t>(real() * static_cast<double>(most + 1));
  }
  Time time(Time most) { return Time(static_cast<Time::rep>(real() * static_cast<double>(most.count()))); }

 private:
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
};

Rules random_rules(Dice& dice) {
  Rules rules{.slots = static_cast<std::uint32_t>(1 + dice.up_to(11)), .seed = dice.up_to(1000)};
  if (dice.in(0.3)) {
    rules.cores_per_task = static_cast<std::uint32_t>(1 + dice.up_to(3));
    rules.cores = rules.cores_per_task + static_cast<std::uint32_t>(dice.up_to(20));
  }
  if (dice.in(0.3)) {
    rules.memory_per_task = Bytes{(1 + dice.up_to(3)) * (1_GiB).count};
    rules.memory = rules.memory_per_task + Bytes{dice.up_to(20) * (1_GiB).count};
  }
  if (dice.in(0.2)) {
    rules.learn_memory = true;
    rules.memory = Bytes{(4 + dice.up_to(20)) * (1_GiB).count};
    rules.memory_per_task = {};
  }
  if (dice.in(0.2)) rules.memory_free_floor = Bytes{(1 + dice.up_to(3)) * (1_GiB).count};
  rules.cores_are_lent = dice.in(0.2);
  if (dice.in(0.5)) rules.retries = static_cast<std::uint32_t>(dice.up_to(3));
  if (dice.in(0.5)) rules.retry_delay = dice.time(5s);
  if (dice.in(0.4)) rules.timeout = 100ms + dice.time(5s);
  if (dice.in(0.2)) rules.timeout_per_cent = 50 + 400 * dice.real();
  rules.grace = dice.in(0.1) ? Time{} : dice.time(2s);
  if (dice.in(0.2)) rules.delay = dice.time(300ms);
  if (dice.in(0.3)) {
    rules.halt.when = dice.in(0.5) ? Halt::When::now : Halt::When::soon;
    rules.halt.what = static_cast<Halt::What>(dice.up_to(2));
    rules.halt.per_cent = dice.in(0.5);
    rules.halt.number = rules.halt.per_cent ? 1 + 99 * dice.real() : static_cast<double>(1 + dice.up_to(30));
  }
  if (dice.in(0.3)) rules.run_ahead = 1 + dice.up_to(20);
  return rules;
}

double often(Dice& dice, double probability, double most) {
  return dice.in(probability) ? most * dice.real() : 0;
}

Faults random_faults(Dice& dice) {
  return {.fails = often(dice, 0.5, 0.4),
          .out_of_memory = often(dice, 0.3, 0.2),
          .lost = often(dice, 0.3, 0.2),
          .hangs = often(dice, 0.3, 0.2),
          .slow = often(dice, 0.3, 0.2),
          .ignores_terminate = often(dice, 0.5, 1),
          .ends_well_when_asked = often(dice, 0.5, 1),
          .could_not_start = often(dice, 0.3, 0.2),
          .burst = dice.time(3s),
          .input_later = often(dice, 0.3, 0.4),
          .drain = 0.1,
          .stop = 0.1,
          .kill = 0.1,
          .slot_changes = often(dice, 0.3, 10),
          .holds = often(dice, 0.3, 3),
          .memory_drops = often(dice, 0.5, 0.9),
          .lent_changes = often(dice, 0.9, 10)};
}

// Half of the runs have tasks that all take the same.
MemoryUse random_memory_use(Dice& dice, const Rules& rules) {
  const Bytes budget = rules.memory.count > 0 ? rules.memory : 16_GiB;
  MemoryUse use{.typical = {static_cast<std::uint64_t>(static_cast<double>(budget.count) *
                                                       (0.01 + 0.9 * dice.real() * dice.real()))},
                .untold = often(dice, 0.3, 0.5),
                .machine = budget,
                .sampled = 100ms + dice.time(2s)};
  if (dice.in(0.5)) return use;
  use.spread = dice.real();
  use.large = often(dice, 0.5, 0.3);
  use.grows = often(dice, 0.5, 1.5);
  return use;
}

SimulationRules random_run(std::uint64_t seed) {
  Dice dice(seed);
  SimulationRules run{.rules = random_rules(dice),
                      .tasks = dice.in(0.05) ? dice.up_to(400) : dice.up_to(60),
                      .first = 1 + dice.up_to(5) * 1000,
                      .shuffled = dice.in(0.3),
                      .keep_order = dice.in(0.5),
                      .faults = random_faults(dice),
                      .seed = seed};
  run.run_times = {.shape = static_cast<RunTimes::Shape>(dice.up_to(3)), .spread = dice.real()};
  if (dice.in(0.3)) run.run_times.grain = 250ms;  // many ends in one batch
  if (run.rules.memory.count > 0 || run.rules.memory_free_floor.count > 0)
    run.memory_use = random_memory_use(dice, run.rules);
  return run;
}

std::string told(const std::vector<std::string>& problems) {
  std::string all;
  for (const std::string& problem : problems) all += problem + '\n';
  return all;
}

TEST(Property, EveryTaskIsAccountedForOnceAndNoBudgetIsExceeded) {
  std::uint64_t halted = 0, not_run = 0, failed = 0, retried = 0, whole = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const SimulationRules run = random_run(seed);
    const SimulationResult result = simulate(run);
    ASSERT_TRUE(result.problems.empty()) << "seed " << seed << ":\n" << told(result.problems);
    halted += result.halted ? 1U : 0U;
    not_run += result.counts.not_run > 0 ? 1U : 0U;
    failed += result.counts.failed > 0 ? 1U : 0U;
    retried += result.counts.attempts > result.counts.read ? 1U : 0U;
    whole += result.counts.read == run.tasks ? 1U : 0U;
  }
  // The dice do reach every corner.
  for (const std::uint64_t reached : {halted, not_run, failed, retried, whole})
    EXPECT_GT(reached, seeds / 20);
}

TEST(Property, ReachesEveryRuleOnMemoryAndLentCores) {
  std::uint64_t ended_for_memory = 0, killed = 0, more_after_too_little = 0, learnt = 0, lent = 0;
  for (std::uint64_t seed = 1; seed <= seeds; seed += 4) {
    const SimulationRules run = random_run(seed);
    Recording recording;
    const SimulationResult result = simulate(run, &recording);
    const auto decided = [&](const auto& matches) {
      return std::ranges::any_of(recording.decisions, matches);
    };
    const auto again = [](const Decision& d) { return d.kind == Decision::Kind::again; };
    const auto more = [&](const Decision& d) {
      return !run.rules.learn_memory && run.rules.memory.count > 0 && d.memory > run.rules.memory_per_task;
    };
    ended_for_memory += decided(again) ? 1U : 0U;
    more_after_too_little += decided(more) ? 1U : 0U;
    killed += result.out_of_memory > 0 ? 1U : 0U;
    learnt += run.rules.learn_memory && result.most_at_once > 1 ? 1U : 0U;
    lent += run.rules.cores_are_lent && result.most_at_once > 1 ? 1U : 0U;
  }
  for (const std::uint64_t reached : {ended_for_memory, killed, more_after_too_little, learnt, lent})
    EXPECT_GT(reached, seeds / 4 / 100);
}

TEST(Property, DecisionsDependOnEventsAlone) {
  for (std::uint64_t seed = 1; seed <= seeds; seed += 4) {
    const SimulationRules run = random_run(seed);
    Recording recording;
    const SimulationResult first = simulate(run, &recording);
    ASSERT_EQ(replay(run.rules, recording), recording.decisions) << "seed " << seed;
    ASSERT_EQ(simulate(run).digest, first.digest) << "seed " << seed;
  }
}

}  // namespace
}  // namespace drover::schedule
