// The simulator's input: numbers in order or shuffled, with pauses. See simulator.hpp.
#pragma once

#include <cstdint>

#include "schedule/scheduler.hpp"
#include "schedule/simulator.hpp"

namespace drover::schedule {

// Shuffled means: step through the numbers with a stride that shares no factor with their count.
// Each comes once, nothing is stored, and the way back from a number to its index (which the
// audit needs) is a multiplication.
class PretendSource : public Source {
 public:
  PretendSource(const SimulationRules& rules, Recording* recording);

  [[nodiscard]] Answer next(TaskNumber& number) override;

  // Did it say `later` since the last call of this function?
  [[nodiscard]] bool paused();

  // The place of a task in the order of pulling; ≥ the number of tasks if there is no such task.
  [[nodiscard]] std::uint64_t index_of(TaskNumber number) const;

 private:
  Answer answer(TaskNumber& number);

  std::uint64_t tasks_;
  TaskNumber first_;
  double later_;
  std::uint64_t seed_;
  Recording* recording_;
  std::uint64_t stride_ = 1;
  std::uint64_t inverse_ = 1;  // of the stride, modulo the number of tasks
  std::uint64_t given_ = 0;
  std::uint64_t asked_ = 0;
  bool paused_ = false;
};

}  // namespace drover::schedule
