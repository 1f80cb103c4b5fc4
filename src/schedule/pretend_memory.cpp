#include "schedule/pretend_memory.hpp"

#include <algorithm>

#include "schedule/deadline.hpp"
#include "schedule/draw.hpp"

namespace drover::schedule {
namespace {

constexpr std::uint64_t stream_size = 301;
constexpr std::uint64_t stream_large = 302;
constexpr std::uint64_t stream_told = 303;
constexpr std::uint64_t stream_drops = 304;
constexpr std::uint64_t stream_first_look = 305;

constexpr Time drop = std::chrono::seconds(5);  // others take memory for so long, then look again
constexpr double left_by_others = 0.05;
constexpr double large_factor = 3;

Bytes part(Bytes memory, double share) {
  return {static_cast<std::uint64_t>(static_cast<double>(memory.count) * share)};
}

}  // namespace

Bytes memory_peak(const MemoryUse& use, std::uint64_t seed, TaskNumber task) {
  const double u = unit(draw(seed, stream_size, task));
  const bool large = unit(draw(seed, stream_large, task)) < use.large;
  return part(use.typical, (1 + use.spread * (2 * u - 1)) * (large ? large_factor : 1));
}

PretendMemory::PretendMemory(const SimulationRules& rules)
    : use_(rules.memory_use),
      free_is_told_(rules.rules.memory_free_floor.count > 0),
      drops_(rules.faults.memory_drops),
      seed_(rules.seed) {
  if (free_is_told_) next_look_ = scaled(use_.sampled, unit(draw(seed_, stream_first_look, 0)));
}

void PretendMemory::start(const Decision& decision, Time now, Time takes) {
  if (use_.typical.count == 0) return;
  if (decision.slot >= tasks_.size()) tasks_.resize(decision.slot + std::size_t{1});
  tasks_[decision.slot] = {.runs = true,
                           .told = unit(draw(seed_, stream_told, starts_++)) >= use_.untold,
                           .peak = memory_peak(use_, seed_, decision.task),
                           .started = now,
                           .grows = scaled(takes, use_.grows)};
  ++running_;
  if (next_look_ == never) next_look_ = after(now, use_.sampled);
}

Bytes PretendMemory::end(Slot slot, Time now) {
  if (slot >= tasks_.size()) return {};
  Task& task = tasks_[slot];
  if (task.runs) --running_;
  task.runs = false;
  return task.told ? taken(task, now) : Bytes{};
}

Bytes PretendMemory::taken(const Task& task, Time now) {
  const Time ran = now - task.started;
  if (ran >= task.grows) return task.peak;
  return part(task.peak, static_cast<double>(ran.count()) / static_cast<double>(task.grows.count()));
}

Bytes PretendMemory::sum(Time now) {
  Bytes all{};
  for (const Task& task : tasks_)
    if (task.runs) all = all + taken(task, now);
  most_ = std::max(most_, all);
  return all;
}

std::optional<Slot> PretendMemory::take_victim(Time now) {
  if (running_ == 0 || sum(now) <= use_.machine || use_.machine.count == 0) return std::nullopt;
  const auto takes_less = [&](const Task& a, const Task& b) {
    return (a.runs ? taken(a, now) : Bytes{}) < (b.runs ? taken(b, now) : Bytes{});
  };
  const auto victim = std::ranges::max_element(tasks_, takes_less);
  victim->runs = false;
  --running_;
  return static_cast<Slot>(victim - tasks_.begin());
}

void PretendMemory::look(Time now, std::vector<Event>& events) {
  for (Slot slot = 0; slot < tasks_.size(); ++slot)
    if (tasks_[slot].runs && tasks_[slot].told)
      events.push_back({.kind = Event::Kind::memory_used, .slot = slot, .memory = taken(tasks_[slot], now)});
  if (free_is_told_) events.push_back({.kind = Event::Kind::memory_free, .memory = left(sum(now), now)});
  next_look_ = free_is_told_ || running_ > 0 ? after(now, use_.sampled) : never;
}

Bytes PretendMemory::left(Bytes taken, Time now) const {
  const auto period = static_cast<std::uint64_t>(now / drop);
  const Bytes left{use_.machine.count - std::min(use_.machine.count, taken.count)};
  return unit(draw(seed_, stream_drops, period)) < drops_ ? part(left, left_by_others) : left;
}

}  // namespace drover::schedule
