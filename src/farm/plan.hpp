// How many tasks at a time, with how many cores and how much memory each, and why. A pure function.
//
//     plan(jobs = all, memory = 4 GiB, threads = 4 on 16 cores, 32 GiB)  →  4 at a time × 4 threads
//
// The rules are those of the command line: a plain number of jobs is obeyed, also beyond the cores, unless
// threads were given too or an outer drover (or a site) set our share; shares (half, 50%) are of the usable
// cores divided by the threads of a task, rounded down, at least one; memory is reserved, never overdrawn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drover/bytes.hpp"
#include "drover/cores.hpp"
#include "units/result.hpp"

namespace drover::farm {

struct PlanRequest {
  Cores jobs = Cores::all();
  std::optional<std::uint32_t> threads;        // --threads
  std::optional<std::string> omp_num_threads;  // the user's environment
  std::optional<Bytes> memory;                 // --mem
  bool learn_memory = false;                   // --mem auto: the number of slots is no promise
  bool cores_are_lent = false;                 // by make's job server, beyond one
  bool unreachable_jobserver = false;          // make has a job server, but not for us
  std::uint32_t usable_cores = 1;
  bool share_of_outer = false;  // DROVER_CORES limits us
  Bytes usable_memory{};        // 0: not known
};

struct Plan {
  std::uint32_t slots = 1;         // tasks at a time
  std::uint32_t threads = 1;       // cores of a task
  std::string line;                // "4 at a time × 4 threads: 16 cores, 4 GB each of 32 GB"
  std::vector<std::string> notes;  // what was not done as asked, and why
};

// Errors: usage (a task that needs more memory than there is).
[[nodiscard]] Result<Plan> make_plan(const PlanRequest& request);

}  // namespace drover::farm
