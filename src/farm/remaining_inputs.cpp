#include "farm/remaining_inputs.hpp"

#include <fmt/format.h>

#include "record/words_text.hpp"

namespace drover::farm {

void append_recorded(const TaskInput& input, std::string& text) {
  for (std::size_t i = 0; i < input.size(); ++i) record::append_joined(input.value(i), i == 0, text);
}

void RemainingInputs::leave_out(record::Earlier earlier, Resume what, bool tell_places) {
  failed_before_ = earlier.counts().failed;
  earlier_.emplace(std::move(earlier));
  what_ = what;
  tell_places_ = tell_places;
}

Result<bool> RemainingInputs::look_up(TaskInput& input) {
  text_.clear();
  append_recorded(input, text_);
  DROVER_TRY(const std::optional<record::Earlier::Known> known, earlier_->take(input.place, text_));
  if (!known) {
    input.number = earlier_->number_for_new(input.place);
    return true;
  }
  input.number = known->number;
  input.on_record = true;
  const bool failed = known->state == record::TaskState::failed;
  if (failed && what_ == Resume::failed_too) {
    --failed_before_;
    return true;
  }
  if (known->state == record::TaskState::done) ++left_out_.done;
  if (failed) ++left_out_.failed;
  return known->state == record::TaskState::running || known->state == record::TaskState::not_run;
}

Result<Pull> RemainingInputs::next(TaskInput& input) {
  constexpr int most_in_one_go = 10'000;
  busy_ = false;
  for (int i = 0; i < most_in_one_go; ++i) {
    DROVER_TRY(const Pull pulled, inputs_.next(input));
    if (pulled != Pull::task || !earlier_) return pulled;
    DROVER_TRY(const bool to_run, look_up(input));
    if (to_run) return pulled;
    if (tell_places_) places_.push_back(input.place);
  }
  busy_ = true;
  return Pull::later;
}

Result<std::string> RemainingInputs::vanished() {
  if (!earlier_) return std::string();
  DROVER_TRY(const record::Earlier::Vanished gone, earlier_->vanished());
  if (gone.count == 0) return std::string();
  std::string text = fmt::format(
      "{} not among the inputs any more, and kept on record:",
      gone.count == 1 ? std::string("1 recorded task is") : fmt::format("{} recorded tasks are", gone.count));
  for (std::size_t i = 0; i < gone.first.size(); ++i) text += (i == 0 ? " " : ", ") + gone.first[i];
  if (gone.count > gone.first.size()) text += ", …";
  return text;
}

std::optional<std::uint64_t> RemainingInputs::total() const {
  const std::optional<std::uint64_t> all = inputs_.total();
  if (!all) return all;
  return *all - std::min(*all, left_out_.done + left_out_.failed);
}

// Those that are on record as finished do not count as not run.
std::pair<std::uint64_t, bool> RemainingInputs::count_rest() {
  if (!earlier_) return inputs_.count_rest();
  constexpr std::uint64_t most = 1'000'000;
  const std::uint64_t failed_before = failed_before_;  // those counted here will not be repeated
  std::uint64_t rest = 0;
  Result<Pull> pulled = Pull::task;
  TaskInput input;
  for (std::uint64_t looked_at = 0; looked_at < most && pulled && *pulled == Pull::task; ++looked_at) {
    pulled = inputs_.next(input);
    if (!pulled || *pulled != Pull::task) break;
    const Result<bool> to_run = look_up(input);
    if (!to_run) break;
    rest += *to_run ? 1 : 0;
  }
  failed_before_ = failed_before;
  return {rest, !pulled || *pulled != Pull::end};
}

}  // namespace drover::farm
