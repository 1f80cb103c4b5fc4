#include "farm/memory_death.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "machine/usable.hpp"
#include "units/quantity.hpp"

namespace drover::farm {
namespace {

// Looked up when it is needed: most runs never do. Where no group sets a limit it is what is there now that the task
// is gone.
Bytes memory_a_task_can_have() {
  const machine::UsableMemory usable = machine::usable_memory();
  if (usable.decided.starts_with("DROVER_PRETEND")) return usable.count;
  return machine::memory_limit().bytes.value_or(usable.count);
}

bool rose(std::optional<std::uint64_t> before, std::optional<std::uint64_t> now) {
  return before && now && *now > *before;
}

}  // namespace

MemoryDeath MemoryDeaths::judge(const process::ExitStatus& status, bool killed_by_us, Bytes peak) {
  constexpr int as_a_shell_says = 128 + SIGKILL;
  if (killed_by_us || (status.signal() != SIGKILL && status.code() != as_a_shell_says))
    return MemoryDeath::no;
  const machine::OomKills now = watch_.read();
  const machine::OomKills before = std::exchange(counted_, now);
  limit_ = memory_a_task_can_have();
  if (rose(before.own_group, now.own_group)) return MemoryDeath::certain;
  const bool nearly_all = limit_.count > 0 && peak.count >= limit_.count / 5 * 4;
  return rose(before.machine, now.machine) || nearly_all ? MemoryDeath::likely : MemoryDeath::no;
}

std::string memory_death_text(MemoryDeath death, Bytes peak, Bytes limit) {
  std::string text = death == MemoryDeath::certain ? "killed by SIGKILL, out of memory: peak "
                                                   : "killed by SIGKILL, probably out of memory: peak ";
  text += describe(peak);
  if (limit.count > 0) text += " of " + describe(limit);
  return text;
}

}  // namespace drover::farm
