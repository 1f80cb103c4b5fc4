// No allocation on the fast path, and memory that does not grow with the number of tasks: operator new is
// replaced in this test program and counted.
// GCC sees new inlined to its own self under the thread sanitizer, and our delete with free(3) behind it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "schedule/scheduler.hpp"
#include "schedule/simulator.hpp"
#include "tests/schedule/by_hand.hpp"

namespace {

std::size_t allocations = 0;
std::size_t largest = 0;

void* counted(std::size_t size) {
  ++allocations;
  largest = size > largest ? size : largest;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace drover::schedule {
namespace {

using namespace std::chrono_literals;

// Ends every slot in turn, in batches, `tasks` in all.
void stream(Scheduler& scheduler, std::vector<Decision>& decisions, Slot slots, std::uint64_t tasks,
            Time& now) {
  std::array<Event, 4> events{};
  Slot slot = 0;
  for (std::uint64_t done = 0; done < tasks; done += events.size()) {
    for (Event& event : events) {
      event = ok(slot, 1ms);
      slot = (slot + 1) % slots;
    }
    decisions.clear();
    scheduler.handle(events, now += 1us, decisions);
  }
}

TEST(FastPath, AllocatesNothingFromStartToSuccess) {
  constexpr Slot slots = 32;
  Numbers numbers(1'000'000);
  Scheduler scheduler({.slots = slots,
                       .cores = 64,
                       .cores_per_task = 2,
                       .timeout = 1h,
                       .timeout_per_cent = 1e6,
                       .halt = parse_halt("now,fail=50%").value(),
                       .run_ahead = 1024},
                      numbers);
  std::vector<Decision> decisions;
  Time now{};
  scheduler.handle({}, now, decisions);
  stream(scheduler, decisions, slots, 10 * slots, now);
  const std::size_t before = allocations;
  stream(scheduler, decisions, slots, 100'000, now);
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_EQ(scheduler.counts().succeeded, 100'000U + 10 * slots);
}

TEST(FastPath, AllocatesNothingEitherWhereMemoryIsLearnt) {
  using namespace drover::literals;
  constexpr Slot slots = 32;
  Numbers numbers(1'000'000);
  Scheduler scheduler({.slots = slots,
                       .memory = 100_GiB,
                       .learn_memory = true,
                       .memory_free_floor = 1_GiB,
                       .cores_are_lent = true},
                      numbers);
  std::vector<Decision> decisions;
  Time now{};
  const std::array first{has_free(2_GiB), lends(slots), ok_with(0, 1_MiB)};
  scheduler.handle(std::span(first).first(2), now, decisions);
  scheduler.handle(std::span(first).last(1), now, decisions);
  stream(scheduler, decisions, slots, 10 * slots, now);
  const std::size_t before = allocations;
  stream(scheduler, decisions, slots, 100'000, now);
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_EQ(scheduler.counts().succeeded, 100'001U + 10 * slots);
}

TEST(FastPath, StreamsTenMillionTasksThroughFlatMemory) {
  const auto allocations_of = [](std::uint64_t tasks) {
    const std::size_t before = allocations;
    largest = 0;
    constexpr Slot slots = 100;
    Numbers numbers(tasks);
    Scheduler scheduler({.slots = slots}, numbers);
    std::vector<Decision> decisions;
    Time now{};
    scheduler.handle({}, now, decisions);
    stream(scheduler, decisions, slots, tasks - slots, now);
    EXPECT_EQ(scheduler.counts().succeeded, tasks - slots);
    return allocations - before;
  };
  const std::size_t few = allocations_of(10'000);
  const std::size_t largest_of_few = largest;
  EXPECT_EQ(allocations_of(10'000'000), few);
  EXPECT_EQ(largest, largest_of_few);
  EXPECT_LE(few, 40U);
}

TEST(Simulator, IsFlatInTheNumberOfTasksButForTheAuditsBits) {
  const auto allocations_of = [](std::uint64_t tasks) {
    const std::size_t before = allocations;
    largest = 0;
    EXPECT_TRUE(simulate({.rules = {.slots = 64}, .tasks = tasks}).problems.empty());
    return allocations - before;
  };
  const std::size_t few = allocations_of(10'000);
  EXPECT_EQ(allocations_of(1'000'000), few);
  EXPECT_LE(largest, 1'000'000U / 8 + 64);
}

}  // namespace
}  // namespace drover::schedule
