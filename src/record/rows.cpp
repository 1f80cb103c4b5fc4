#include "record/rows.hpp"

#include <array>
#include <utility>

#include "record/row_sum.hpp"
#include "record/words_text.hpp"

namespace drover::record {
namespace {

constexpr std::array<std::pair<TaskState, std::string_view>, 4> words{{{TaskState::running, "running"},
                                                                       {TaskState::done, "done"},
                                                                       {TaskState::failed, "failed"},
                                                                       {TaskState::not_run, "not run"}}};

std::int64_t signed_of(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::string_view word(TaskState state) {
  for (const auto& [known, text] : words) {
    if (known == state) return text;
  }
  return {};
}

std::optional<TaskState> state_of(std::string_view word) {
  for (const auto& [state, text] : words) {
    if (text == word) return state;
  }
  return std::nullopt;
}

std::int64_t sum_of(const Task& task) {
  return RowSum().add(signed_of(task.number)).add(task.input).add(task.seed).add(word(task.state)).value();
}

std::int64_t sum_of(const Attempt& attempt) {
  RowSum sum;
  sum.add(signed_of(attempt.task)).add(attempt.run).add(attempt.attempt).add(word(attempt.state));
  sum.add(attempt.slot).add(attempt.started).add(attempt.ran).add(attempt.exit_status.value_or(-1));
  sum.add(attempt.signal).add(attempt.cause).add(attempt.cpu_user).add(attempt.cpu_system);
  sum.add(signed_of(attempt.peak_memory)).add(signed_of(attempt.stdout_bytes));
  return sum.add(signed_of(attempt.stderr_bytes)).value();
}

std::int64_t sum_of(const Run& run) {
  RowSum sum;
  sum.add(run.id).add(joined(run.command)).add(run.mode).add(run.replace).add(signed_of(run.seed));
  sum.add(run.per_task).add(joined(run.names)).add(signed_of(run.width.value_or(~std::uint64_t{0})));
  sum.add(run.version).add(run.line).add(run.folder).add(run.host).add(run.process).add(run.job);
  sum.add(run.started).add(run.ended.value_or(-1)).add(run.exit_status.value_or(-1));
  return sum.add(run.tasks.value_or(-1)).add(run.attempts.value_or(-1)).value();
}

}  // namespace drover::record
