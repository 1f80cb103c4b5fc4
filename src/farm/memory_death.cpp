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

std::uint64_t rise(std::optional<std::uint64_t> before, std::optional<std::uint64_t> now) {
  return before && now && *now > *before ? *now - *before : 0;
}

}  // namespace

bool UnclaimedKills::claim() {
  std::uint64_t& from = old_ > 0 ? old_ : fresh_;
  if (from == 0) return false;
  --from;
  return true;
}

void MemoryDeaths::count() {
  const machine::OomKills now = watch_.read();
  own_group_.add(rise(counted_.own_group, now.own_group));
  machine_.add(rise(counted_.machine, now.machine));
  counted_ = now;
}

void MemoryDeaths::lapse() {
  count();
  own_group_.lapse();
  machine_.lapse();
}

MemoryDeath MemoryDeaths::judge(const process::ExitStatus& status, bool killed_by_us, Bytes peak) {
  constexpr int as_a_shell_says = 128 + SIGKILL;
  if (killed_by_us || (status.signal() != SIGKILL && status.code() != as_a_shell_says))
    return MemoryDeath::no;
  count();
  limit_ = memory_a_task_can_have();
  const bool of_machine = machine_.claim();
  if (own_group_.claim()) return MemoryDeath::certain;
  const bool nearly_all = limit_.count > 0 && peak.count >= limit_.count / 5 * 4;
  return of_machine || nearly_all ? MemoryDeath::likely : MemoryDeath::no;
}

std::string memory_death_text(MemoryDeath death, Bytes peak, Bytes limit) {
  std::string text = death == MemoryDeath::certain ? "killed by SIGKILL, out of memory: peak "
                                                   : "killed by SIGKILL, probably out of memory: peak ";
  text += describe(peak);
  if (limit.count > 0) text += " of " + describe(limit);
  return text;
}

}  // namespace drover::farm
