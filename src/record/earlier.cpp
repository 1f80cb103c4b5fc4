#include "record/earlier.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace drover::record {

Result<Earlier> Earlier::load(Database& database) {
  DROVER_TRY(TaskReader by_number, TaskReader::open(database, "WHERE number = ?1"));
  Earlier earlier(database, std::move(by_number));
  DROVER_TRY(Statement all, database.prepare("SELECT number, state FROM task"));
  while (true) {
    DROVER_TRY(const bool row, all.step());
    if (!row) break;
    const TaskState state = state_of(all.text(1)).value_or(TaskState::running);
    if (state == TaskState::done) ++earlier.counts_.done;
    if (state == TaskState::failed) ++earlier.counts_.failed;
    if (state == TaskState::running || state == TaskState::not_run) ++earlier.counts_.unfinished;
    earlier.highest_ = std::max(earlier.highest_, static_cast<schedule::TaskNumber>(all.number(0)));
  }
  earlier.left_ = earlier.counts_.all();
  earlier.taken_.resize(earlier.highest_ + 1);
  return earlier;
}

Result<std::optional<Earlier::Recorded>> Earlier::look_up(schedule::TaskNumber number,
                                                          std::string_view input) {
  by_number_.from(number);
  DROVER_TRY(const bool there, by_number_.next());
  std::optional<Recorded> recorded;
  if (there) recorded = {by_number_.task().input == input, by_number_.task().state};
  by_number_.rest();
  return recorded;
}

Earlier::Known Earlier::taken(schedule::TaskNumber number, TaskState state) {
  taken_[number] = true;
  --left_;
  return {number, state};
}

Result<std::optional<Earlier::Known>> Earlier::take(schedule::TaskNumber place, std::string_view input) {
  if (left_ == 0) return std::nullopt;
  if (same_list_ && place < taken_.size() && !taken_[place]) {
    DROVER_TRY(const std::optional<Recorded> there, look_up(place, input));
    if (there && there->same) return taken(place, there->state);
    if (there) same_list_ = false;
  }
  DROVER_CHECK(build_index());
  DROVER_TRY(const std::optional<Known> found, find(input));
  if (found && found->number != place) same_list_ = false;
  return found;
}

schedule::TaskNumber Earlier::number_for_new(schedule::TaskNumber place) {
  // A run that was broken off leaves numbers free that its next inputs would have got: they get them now.
  const bool free = place >= taken_.size() || !taken_[place];
  if (!same_list_ || !free) return ++highest_;
  highest_ = std::max(highest_, place);
  return place;
}

Result<void> Earlier::build_index() {
  if (indexed_) return {};
  indexed_ = true;
  index_.reserve(left_);
  DROVER_TRY(TaskReader all, TaskReader::open(*database_, ""));
  while (true) {
    DROVER_TRY(const bool more, all.next());
    if (!more) break;
    const Task& task = all.task();
    if (!taken_[task.number]) index_.push_back({std::hash<std::string_view>{}(task.input), task.number});
  }
  std::ranges::sort(index_);
  next_.resize(index_.size() + 1);
  std::iota(next_.begin(), next_.end(), 0U);
  return {};
}

std::size_t Earlier::first_free(std::size_t entry) {
  std::size_t end = entry;
  while (next_[end] != end || (end < index_.size() && taken_[index_[end].number])) {
    if (next_[end] == end) next_[end] = static_cast<std::uint32_t>(end + 1);
    end = next_[end];
  }
  while (next_[entry] != end && entry != end)
    entry = std::exchange(next_[entry], static_cast<std::uint32_t>(end));
  return end;
}

Result<std::optional<Earlier::Known>> Earlier::find(std::string_view input) {
  const std::size_t hash = std::hash<std::string_view>{}(input);
  const auto begin = std::ranges::lower_bound(index_, Entry{hash, 0});
  auto at = first_free(static_cast<std::size_t>(begin - index_.begin()));
  for (; at < index_.size() && index_[at].hash == hash; at = first_free(at + 1)) {
    DROVER_TRY(const std::optional<Recorded> there, look_up(index_[at].number, input));
    if (there && there->same) return taken(index_[at].number, there->state);
  }
  return std::nullopt;
}

Result<Earlier::Vanished> Earlier::vanished() {
  Vanished vanished{left_, {}};
  if (left_ == 0) return vanished;
  constexpr std::size_t most = 3;
  DROVER_TRY(TaskReader all, TaskReader::open(*database_, ""));
  while (vanished.first.size() < std::min<std::uint64_t>(most, left_)) {
    DROVER_TRY(const bool more, all.next());
    if (!more) break;
    if (all.task().number < taken_.size() && !taken_[all.task().number])
      vanished.first.emplace_back(all.task().input);
  }
  return vanished;
}

}  // namespace drover::record
