#include "farm/collator.hpp"

#include <sys/stat.h>

namespace drover::farm {
namespace {

constexpr std::uint64_t congestion_bytes = 4ULL << 20U;
constexpr std::size_t tail_bytes = 4096;

void keep_tail(std::string& tail, std::string_view bytes) {
  if (bytes.size() >= tail_bytes) {
    tail.assign(bytes.substr(bytes.size() - tail_bytes));
    return;
  }
  if (tail.size() + bytes.size() > 2 * tail_bytes) tail.erase(0, tail.size() - tail_bytes);
  tail += bytes;
}

// Both go to one terminal, pipe or file: then they share one queue, or one would write into the other's lines.
bool same_file(int a, int b) {
  struct stat first {};
  struct stat second {};
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino && first.st_rdev == second.st_rdev;
}

void append_line(std::string_view line, std::string_view tag, std::string& into) {
  if (!tag.empty()) (into += tag) += '\t';
  into += line;
}

}  // namespace

Collator::Collator(const RunOptions& options, CaptureBudget& budget, std::function<void()> announce)
    : line_buffer_(options.collation == Collation::line_buffer),
      keep_order_(options.keep_order),
      keep_for_report_(line_buffer_ && options.crash_report),
      budget_(&budget),
      announce_(std::move(announce)),
      outlets_{Outlet(1, "standard output"), Outlet(2, "standard error")},
      one_outlet_(same_file(1, 2)) {}

void Collator::started(const RunningTask& task, std::string tag) {
  if (!tag.empty()) tags_[task.input.number] = std::move(tag);
}

bool Collator::has_its_turn(const RunningTask& task) const {
  return !keep_order_ || order_.waits_for() == task.input.place;
}

// With --line-buffer whole lines leave at once; a task that has to wait for its turn is captured meanwhile.
Result<void> Collator::arrived(RunningTask& task, std::size_t number, std::string_view bytes) {
  TaskStream& stream = task.streams[number];
  stream.bytes += bytes.size();
  if (number == 1) keep_tail(stream.tail, bytes);
  if (keep_for_report_ && number == 1) DROVER_CHECK(stream.report.append(bytes));
  const bool keeps_up = outlet(number).waiting_bytes() < congestion_bytes;
  if (!line_buffer_ || !has_its_turn(task) || !stream.capture.empty() || !keeps_up) {
    DROVER_CHECK(stream.capture.append(std::exchange(stream.partial_line, {})));
    return stream.capture.append(bytes);
  }
  stream.partial_line += bytes;
  const auto tag = tags_.find(task.input.number);
  give_lines(stream, number, tag != tags_.end() ? tag->second : std::string(), false);
  // A line without an end in sight is held like any other output: memory stays flat.
  if (stream.partial_line.size() > CaptureBudget::one_most) {
    DROVER_CHECK(stream.capture.append(stream.partial_line));
    stream.partial_line.clear();
  }
  return {};
}

void Collator::give_lines(TaskStream& stream, std::size_t number, const std::string& tag, bool last) {
  std::string_view rest = stream.partial_line;
  std::string lines;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    append_line(rest.substr(0, end + 1), tag, lines);
    rest.remove_prefix(end + 1);
  }
  if (last && !rest.empty()) {
    append_line(rest, tag, lines);
    lines += '\n';  // the next task's line must not stand behind it
    rest = {};
  }
  stream.partial_line.erase(0, stream.partial_line.size() - rest.size());
  if (lines.empty()) return;
  announce_();
  outlet(number).put(lines);
}

Result<void> Collator::finished(RunningTask& task) {
  Held held{Capture(*budget_), Capture(*budget_), {}};
  if (const auto tag = tags_.find(task.input.number); tag != tags_.end()) {
    held.tag = std::move(tag->second);
    tags_.erase(tag);
  }
  for (std::size_t i = 0; i < task.streams.size(); ++i) {
    if (!task.streams[i].partial_line.empty()) give_lines(task.streams[i], i, held.tag, true);
  }
  held.output = std::move(task.streams[0].capture);
  held.errors = std::move(task.streams[1].capture);
  if (!keep_order_) return give_out(std::move(held));
  if (!has_its_turn(task)) {
    DROVER_CHECK(held.output.settle_down());
    DROVER_CHECK(held.errors.settle_down());
  }
  if (!held.output.empty() || !held.errors.empty()) held_.emplace(task.input.place, std::move(held));
  order_.finished(task.input.place);
  return release_in_order();
}

void Collator::discard(RunningTask& task) {
  for (TaskStream& stream : task.streams) {
    stream.capture.clear();
    stream.report.clear();
    stream.partial_line.clear();
  }
}

Result<void> Collator::skipped(schedule::TaskNumber place) {
  if (!keep_order_) return {};
  order_.finished(place);
  return release_in_order();
}

Result<void> Collator::no_more() {
  if (!keep_order_) return {};
  order_.no_more();
  return release_in_order();
}

Result<void> Collator::release_in_order() {
  while (const std::optional<schedule::TaskNumber> task = order_.next()) {
    const auto held = held_.find(*task);
    if (held == held_.end()) continue;
    DROVER_CHECK(give_out(std::move(held->second)));
    held_.erase(held);
  }
  return {};
}

// Written at once where there is room: where both go to one terminal a task's errors stand behind its output.
Result<void> Collator::give_out(Held held) {
  if (held.output.empty() && held.errors.empty()) return {};
  announce_();
  if (!held.output.empty()) outlet(0).put(std::move(held.output), held.tag);
  if (!held.errors.empty()) outlet(1).put(std::move(held.errors), std::move(held.tag));
  return pump();
}

Result<void> Collator::pump() {
  for (Outlet& outlet : outlets_) {
    if (!outlet.idle()) DROVER_CHECK(outlet.pump());
  }
  return {};
}

std::optional<bool> Collator::take_line_state() {
  std::optional<bool> last;
  for (Outlet& outlet : outlets_) {
    if (const std::optional<bool> open = outlet.take_line_state()) last = open;
  }
  return last;
}

bool Collator::congested() const {
  return outlets_[0].waiting_bytes() + outlets_[1].waiting_bytes() > congestion_bytes;
}

}  // namespace drover::farm
