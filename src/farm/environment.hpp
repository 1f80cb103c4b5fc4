// The environment of the tasks: ours, with what drover tells each of them.
//
// Fixed for the run: the thread counts (OMP_NUM_THREADS and its relatives) and DROVER_CORES. A task's own:
// DROVER_TASK, DROVER_ATTEMPT, DROVER_SLOT, DROVER_SEED, with --scratch DROVER_SCRATCH and TMPDIR, and MAKEFLAGS where a
// job server is served (process/jobserver.hpp) or the user has set it.
// One block a slot, filled in place: no allocation from task to task.
// Source   the variables' own documentation: OpenMP 5.2 §21.2, OpenBLAS, Intel oneMKL, BLIS, NumExpr, Apple
//          Accelerate, Rayon.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "schedule/task.hpp"

namespace drover::farm {

// What does not change during a run.
class BaseEnvironment {
 public:
  // `threads`: cores of a task. `own_scratch`: TMPDIR is told anew for every task.
  BaseEnvironment(char** environment, std::uint32_t threads, bool own_scratch);
  [[nodiscard]] const std::vector<std::string>& entries() const { return entries_; }

 private:
  std::vector<std::string> entries_;  // "NAME=value"
};

class SlotEnvironment {
 public:
  explicit SlotEnvironment(const BaseEnvironment& base) : base_(&base) {}

  // For execve(2); valid until the next call. `scratch` and `makeflags` may be empty: not told.
  char** fill(schedule::TaskNumber task, std::uint32_t attempt, schedule::Slot slot, std::uint32_t seed,
              const std::string& scratch, const std::string& makeflags);

 private:
  const BaseEnvironment* base_;
  std::array<std::string, 7> own_;
  std::vector<char*> pointers_;
};

}  // namespace drover::farm
