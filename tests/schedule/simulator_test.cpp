#include "schedule/simulator.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "schedule/pretend_source.hpp"

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;
using namespace drover::literals;

void expect_clean(const SimulationResult& result) {
  for (const std::string& problem : result.problems) ADD_FAILURE() << problem;
}

TEST(Simulator, RunsTwentyGreetingsInThreeSeconds) {
  Recording recording;
  const auto result = simulate({.rules = {.slots = 8}, .tasks = 20, .keep_order = true}, &recording);
  expect_clean(result);
  EXPECT_EQ(result.makespan, 3s);
  EXPECT_EQ(result.counts, (Counts{.read = 20, .succeeded = 20, .attempts = 20}));
  EXPECT_EQ(result.most_at_once, 8U);
  EXPECT_NEAR(result.utilisation, 20.0 / 24.0, 1e-9);
}

// Greetings that take turns: whenever one slot becomes free, one task starts in it, in the same call.
TEST(Simulator, RefillsSlotsSingly) {
  Recording recording;
  const auto result = simulate(
      {.rules = {.slots = 8}, .tasks = 20, .run_times = {.shape = RunTimes::Shape::uniform, .spread = 0.1}},
      &recording);
  expect_clean(result);
  ASSERT_EQ(recording.steps.size(), 21U);
  EXPECT_EQ(recording.steps[0].decisions, 8U);
  std::size_t position = 8;
  for (std::size_t i = 1; i <= 12; ++i) {
    EXPECT_EQ(recording.steps[i].decisions, 2U);
    EXPECT_EQ(recording.decisions[position].kind, Decision::Kind::finished);
    EXPECT_EQ(recording.decisions[position + 1].kind, Decision::Kind::start);
    EXPECT_EQ(recording.decisions[position + 1].slot, recording.decisions[position].slot);
    position += 2;
  }
}

TEST(Simulator, RunsTenThousandShortTasksNeverMoreThanThirtyTwoAtOnce) {
  Recording recording;
  const auto result = simulate({.rules = {.slots = 32},
                                .tasks = 10'000,
                                .run_times = {.shape = RunTimes::Shape::exponential, .typical = 10ms}},
                               &recording);
  expect_clean(result);
  EXPECT_EQ(result.most_at_once, 32U);
  EXPECT_EQ(result.counts.succeeded, 10'000U);
  EXPECT_GT(result.utilisation, 0.97);
  // The next starts as one ends: as long as there are tasks, every call starts as many as ended.
  std::size_t started = 0, ended = 0, position = 0;
  for (const auto& step : recording.steps) {
    for (std::size_t i = 0; i < step.decisions; ++i) {
      const Decision::Kind kind = recording.decisions[position++].kind;
      started += kind == Decision::Kind::start ? 1U : 0U;
      ended += kind == Decision::Kind::finished ? 1U : 0U;
    }
    ASSERT_EQ(started, std::min<std::size_t>(10'000, ended + 32));
  }
}

TEST(Simulator, LosesNoneOfAMillionAndThreeInputsAndRunsNoneTwice) {
  const auto result = simulate({.rules = {.slots = 1000},
                                .tasks = 1'000'003,
                                .keep_order = true,
                                .run_times = {.shape = RunTimes::Shape::log_normal, .spread = 0.5}});
  expect_clean(result);
  EXPECT_EQ(result.counts, (Counts{.read = 1'000'003, .succeeded = 1'000'003, .attempts = 1'000'003}));
}

TEST(Simulator, LosesNoneOfAMillionAndThreeInputsWithFaultsEither) {
  const auto result = simulate(
      {.rules = {.slots = 200, .retries = 3, .retry_delay = 1s, .timeout = 30s, .grace = 1s},
       .tasks = 1'000'003,
       .shuffled = true,
       .run_times = {.shape = RunTimes::Shape::exponential},
       .faults = {
           .fails = 0.02, .out_of_memory = 0.01, .lost = 0.01, .hangs = 0.001, .ignores_terminate = 0.1}});
  expect_clean(result);
  EXPECT_EQ(result.counts.read, 1'000'003U);
  EXPECT_EQ(result.counts.succeeded + result.counts.failed, 1'000'003U);
  EXPECT_GT(result.counts.attempts, 1'000'003U);
}

TEST(Simulator, NeverPutsMoreIntoMemoryThanFits) {
  const auto result =
      simulate({.rules = {.slots = 8, .memory = 16_GiB, .memory_per_task = 4_GiB}, .tasks = 8});
  expect_clean(result);
  EXPECT_EQ(result.most_at_once, 4U);
  EXPECT_EQ(result.makespan, 2s);
}

// Tasks of 300 MB under 1 GB: three at a time, once one has shown what it takes.
TEST(Simulator, LearnsHowManyEqualTasksFitAndLosesNone) {
  for (const double grows : {0.0, 0.5, 1.0}) {
    const auto result =
        simulate({.rules = {.slots = 16, .memory = 1000_MiB, .learn_memory = true},
                  .tasks = 200,
                  .run_times = {.shape = RunTimes::Shape::uniform, .typical = 60s, .spread = 0.5},
                  .memory_use = {.typical = 300_MiB, .grows = grows, .machine = 1000_MiB}});
    expect_clean(result);
    EXPECT_EQ(result.counts, (Counts{.read = 200, .succeeded = 200, .attempts = 200}));
    EXPECT_EQ(result.most_at_once, 3U);
    EXPECT_LE(result.most_memory, 900_MiB);
    EXPECT_EQ(result.out_of_memory, 0U);
  }
}

// One task in ten takes three times as much: those that die of it succeed at the next attempt.
TEST(Simulator, RunsLargeTasksAgainWithMoreMemory) {
  const auto result =
      simulate({.rules = {.slots = 16, .memory = 1000_MiB, .memory_per_task = 310_MiB, .retries = 2},
                .tasks = 300,
                .run_times = {.shape = RunTimes::Shape::uniform, .typical = 60s, .spread = 0.5},
                .memory_use = {.typical = 300_MiB, .large = 0.1, .grows = 0.5, .machine = 1000_MiB}});
  expect_clean(result);
  EXPECT_EQ(result.counts.succeeded, 300U);
  EXPECT_GT(result.out_of_memory, 0U);
}

TEST(Simulator, EndsTheYoungestWhenOthersTakeTheMemoryAndFinishesAllTheSame) {
  const auto result = simulate({.rules = {.slots = 8, .memory_free_floor = 4_GiB},
                                .tasks = 200,
                                .run_times = {.shape = RunTimes::Shape::uniform, .spread = 0.5},
                                .memory_use = {.typical = 1_GiB, .machine = 16_GiB},
                                .faults = {.memory_drops = 0.3}});
  expect_clean(result);
  EXPECT_EQ(result.counts.succeeded, 200U);
  EXPECT_GT(result.counts.attempts, 200U);
}

TEST(Simulator, RunsNoMoreTasksThanCoresAreLent) {
  const auto alone = simulate({.rules = {.slots = 8, .cores_are_lent = true}, .tasks = 20});
  expect_clean(alone);
  EXPECT_EQ(alone.most_at_once, 1U);
  const auto lent =
      simulate({.rules = {.slots = 8, .cores_are_lent = true}, .tasks = 200, .faults = {.lent_changes = 20}});
  expect_clean(lent);
  EXPECT_GT(lent.most_at_once, 1U);
}

TEST(MemoryPeak, DependsOnSeedAndTaskAlone) {
  const MemoryUse use{.typical = 1_GiB, .spread = 0.5, .large = 0.1};
  int large = 0;
  for (TaskNumber task = 1; task <= 10'000; ++task) {
    const Bytes peak = memory_peak(use, 7, task);
    ASSERT_EQ(peak, memory_peak(use, 7, task));
    ASSERT_GE(peak, 512_MiB);
    large += peak > 1536_MiB ? 1 : 0;
  }
  EXPECT_NEAR(large, 1000, 100);  // three times 0.5 … 1.5 GiB is above 1.5 GiB
  EXPECT_EQ(memory_peak({.typical = 1_GiB}, 1, 1), 1_GiB);
}

TEST(Simulator, FillsAHundredThousandPretendCores) {
  const auto result =
      simulate({.rules = {.slots = 100'000},
                .tasks = 400'000,
                .run_times = {.shape = RunTimes::Shape::uniform, .typical = 1h, .spread = 0.2}});
  expect_clean(result);
  EXPECT_EQ(result.most_at_once, 100'000U);
  EXPECT_GT(result.utilisation, 0.85);
}

TEST(Simulator, GivesTheSameDigestForTheSameSeedOnly) {
  const auto digest = [](std::uint64_t seed) {
    return simulate({.rules = {.slots = 4, .retries = 1},
                     .tasks = 300,
                     .run_times = {.shape = RunTimes::Shape::exponential},
                     .faults = {.fails = 0.1, .lost = 0.1},
                     .seed = seed})
        .digest;
  };
  EXPECT_EQ(digest(1), digest(1));
  EXPECT_NE(digest(1), digest(2));
}

// A person has to end what hangs if no timeout does.
TEST(Simulator, StopsARunInWhichOnlyHungTasksAreLeft) {
  const auto result = simulate({.rules = {.slots = 4}, .tasks = 100, .faults = {.hangs = 0.5}});
  expect_clean(result);
  EXPECT_EQ(result.counts.not_run, 4U);
}

TEST(RunTime, FollowsItsDistribution) {
  constexpr int n = 20'000;
  const auto mean = [](const RunTimes& times) {
    double sum = 0;
    for (TaskNumber task = 1; task <= n; ++task)
      sum += std::chrono::duration<double>(run_time(times, 5, task, 1)).count();
    return sum / n;
  };
  using enum RunTimes::Shape;
  EXPECT_DOUBLE_EQ(mean({.shape = fixed, .typical = 3s}), 3);
  EXPECT_NEAR(mean({.shape = uniform, .typical = 3s, .spread = 0.5}), 3, 0.05);
  EXPECT_NEAR(mean({.shape = exponential, .typical = 3s}), 3, 0.1);
  // The mean of a log-normal is its median times exp(σ²/2).
  EXPECT_NEAR(mean({.shape = log_normal, .typical = 3s, .spread = 0.5}), 3 * std::exp(0.125), 0.1);
  EXPECT_EQ(run_time({.typical = 1001ms, .grain = 10ms}, 1, 1, 1), 1010ms);
}

TEST(PretendSource, GivesEachNumberOnceAlsoShuffled) {
  for (const std::uint64_t tasks : {1U, 2U, 3U, 4U, 30U, 97U, 1000U}) {
    PretendSource source({.tasks = tasks, .first = 11, .shuffled = true}, nullptr);
    std::set<TaskNumber> seen;
    TaskNumber number = 0;
    for (std::uint64_t index = 0; index < tasks; ++index) {
      ASSERT_EQ(source.next(number), Source::Answer::task);
      ASSERT_EQ(source.index_of(number), index);
      seen.insert(number);
    }
    EXPECT_EQ(source.next(number), Source::Answer::end);
    EXPECT_EQ(seen.size(), tasks);
    EXPECT_EQ(*seen.begin(), 11U);
    EXPECT_EQ(*seen.rbegin(), 10 + tasks);
  }
}

}  // namespace
}  // namespace drover::schedule
