// Drives a scheduler by hand: a source of n numbers, and decisions as words.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "schedule/scheduler.hpp"

namespace drover::schedule {

class Numbers : public Source {
 public:
  explicit Numbers(std::uint64_t count) : count_(count) {}
  [[nodiscard]] Answer next(TaskNumber& number) override {
    ++asked;
    if (later > 0 && given == later) return Answer::later;
    if (given == count_) return Answer::end;
    number = ++given;
    return Answer::task;
  }
  std::uint64_t given = 0;
  std::uint64_t asked = 0;
  std::uint64_t later = 0;  // says `later` once it has given so many; 0: never

 private:
  std::uint64_t count_;
};

inline std::string words(const Decision& d) {
  static constexpr const char* reasons[] = {"timeout", "halted", "stopped", "memory"};
  static constexpr const char* verdicts[] = {"succeeded", "failed", "not run"};
  switch (d.kind) {
    case Decision::Kind::again:
      return fmt::format("again {}.{} in {}", d.task, d.attempt, d.slot);
    case Decision::Kind::start:
      return fmt::format("start {}.{} in {}", d.task, d.attempt, d.slot);
    case Decision::Kind::terminate:
      return fmt::format("terminate {} in {}: {}", d.task, d.slot, reasons[static_cast<int>(d.reason)]);
    case Decision::Kind::kill:
      return fmt::format("kill {} in {}: {}", d.task, d.slot, reasons[static_cast<int>(d.reason)]);
    case Decision::Kind::retry:
      return fmt::format("retry {}.{} in {}", d.task, d.attempt, d.slot);
    case Decision::Kind::finished:
      return fmt::format("{}.{} {} in {}", d.task, d.attempt, verdicts[static_cast<int>(d.verdict)], d.slot);
  }
  return {};
}

using Words = std::vector<std::string>;

inline Event ok(Slot slot, Time ran = {}) {
  return {.kind = Event::Kind::ended, .slot = slot, .success = true, .ran = ran};
}
inline Event bad(Slot slot, Time ran = {}) {
  return {.kind = Event::Kind::ended, .slot = slot, .ran = ran};
}
inline Event lost(Slot slot) {
  return {.kind = Event::Kind::lost, .slot = slot};
}
inline Event refused(Slot slot) {
  return {.kind = Event::Kind::could_not_start, .slot = slot};
}
inline Event ok_with(Slot slot, Bytes peak) {
  return {.kind = Event::Kind::ended, .slot = slot, .success = true, .memory = peak};
}
inline Event out_of_memory(Slot slot, Bytes peak = {}) {
  return {.kind = Event::Kind::ended, .slot = slot, .memory = peak, .out_of_memory = true};
}
inline Event uses(Slot slot, Bytes memory) {
  return {.kind = Event::Kind::memory_used, .slot = slot, .memory = memory};
}
inline Event has_free(Bytes memory) {
  return {.kind = Event::Kind::memory_free, .memory = memory};
}
inline Event lends(std::uint32_t cores) {
  return {.kind = Event::Kind::cores_lent, .cores = cores};
}
inline Event sign(Event::Kind kind) {
  return {.kind = kind};
}

class ByHand {
 public:
  ByHand(const Rules& rules, std::uint64_t tasks) : numbers(tasks), scheduler(rules, numbers) {}

  Words at(Time now, std::vector<Event> events = {}) {
    decisions.clear();
    scheduler.handle(events, now, decisions);
    Words said;
    for (const Decision& decision : decisions) said.push_back(words(decision));
    return said;
  }

  // Reserved by the last decision that starts something.
  [[nodiscard]] Bytes reserved_last() const {
    Bytes last{};
    for (const Decision& decision : decisions)
      if (decision.kind == Decision::Kind::start) last = decision.memory;
    return last;
  }

  Numbers numbers;
  Scheduler scheduler;
  std::vector<Decision> decisions;
};

}  // namespace drover::schedule
