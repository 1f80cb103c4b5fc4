// How long a failed task waits before its next attempt: doubling, ± 25 %, so that a thousand tasks which one
// broken file server made fail together do not come back together.
//
//     retry_wait(rules.retry_delay, rules.seed, task, 2)      before attempt 2: 0.75 … 1.25 of the delay
//
// The jitter is a hash of (seed, task, attempt): a run repeated with its seed waits as it did before.
#pragma once

#include <cstdint>

#include "schedule/task.hpp"

namespace drover::schedule {

// `attempt` is the one to come, ≥ 2. Stops at `never`.
[[nodiscard]] Time retry_wait(Time delay, std::uint64_t seed, TaskNumber task, std::uint32_t attempt);

}  // namespace drover::schedule
