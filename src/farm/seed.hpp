// {seed}: the seed of a task, 1…2³¹−1, different for every task of a run.
//
// A permutation of the task number keyed by the run's seed (a Feistel network on 31 bits with cycle walking),
// so that no two of the first 2³¹−1 tasks share one and a task's seed depends on nothing but the two numbers.
// Frozen: a changed number would silently change every stochastic result made with it (seed_test.cpp holds
// some). Task numbers beyond 2³¹−1 begin again at the seed of task 1.
//
// Cost     below 0.1 µs.
// Source: Black & Rogaway 2002, "Ciphers with arbitrary finite domains", for cycle walking.
#pragma once

#include <cstdint>

#include "schedule/task.hpp"

namespace drover::farm {

[[nodiscard]] std::uint32_t task_seed(std::uint64_t run_seed, schedule::TaskNumber task);

// The permutation alone, of the numbers below 2^bits (bits from 2 to 31).
[[nodiscard]] std::uint32_t permuted(std::uint64_t key, unsigned bits, std::uint32_t number);

}  // namespace drover::farm
