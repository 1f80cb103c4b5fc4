// The run record and what comes with it: the inputs left out, the live status, the last words.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "farm/engine.hpp"
#include "progress/bar.hpp"
#include "progress/printable.hpp"

namespace drover::farm {
namespace {

double since_epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// What cannot be shown as it is cannot be pasted either; what fills the terminal nobody wants to see.
std::string shown_line(const std::string& line, const std::string& option) {
  std::string whole = line_that_resumes(line, option);
  constexpr std::size_t most = 2000;
  if (whole.size() <= most && progress::printable(whole) == whole) return whole;
  return fmt::format("the same command line, with {} after `drover run`", option);
}

}  // namespace

// --keep-order waits for no place that was left out. Before anything of the same round is given out: places come in their
// order.
void Engine::pass_over_left_out() {
  for (const schedule::TaskNumber place : source_.inputs().take_places()) {
    if (Result<void> given = collator_.skipped(place); !given) fail(given.error());
  }
}

// Ends are committed before anything else starts, and after their output was given out: with SIGKILL in between an
// output is given twice, where the other way round it could be lost.
void Engine::put_ends_on_record() {
  if (!reporter_.ends_wait()) return;
  if (Result<void> done = reporter_.commit(false); !done) fail(done.error());
}

// At the end of a turn. Starts may wait for their end, but not for long: a task in flight that is not on record yet would
// get its number by its place in the input.
void Engine::put_on_record() {
  if (!reporter_.records()) return;
  put_ends_on_record();
  constexpr schedule::Time not_for_long = std::chrono::milliseconds(50);
  if (!reporter_.starts_wait()) {
    starts_due_ = schedule::never;
  } else if (starts_due_ == schedule::never) {
    starts_due_ = clock_.now() + not_for_long;
  } else if (clock_.now() >= starts_due_ || scheduler_.done()) {
    if (Result<void> done = reporter_.commit(true); !done) fail(done.error());
    starts_due_ = schedule::never;
  }
  if (clock_.now() < next_status_) return;
  next_status_ = clock_.now() + status_every;
  if (Result<void> kept = reporter_.commit(false); !kept)
    fail(kept.error());  // what Upkeep has found meanwhile
  reporter_.show(status());
}

record::Status Engine::status() const {
  const schedule::Counts& counts = scheduler_.counts();
  record::Status now;
  now.written = since_epoch();
  now.elapsed = std::chrono::duration<double>(clock_.now()).count();
  now.started = now.written - now.elapsed;
  now.done_before = source_.inputs().left_out().done;
  now.failed_before = source_.inputs().left_out().failed;
  if (const std::optional<std::uint64_t> left = source_.total())
    now.total = *left + now.done_before + now.failed_before;
  now.done = counts.succeeded;
  now.failed = counts.failed;
  now.waiting = counts.waiting;
  now.waiting_for = progress::waiting_text(scheduler_.waiting_for());
  now.running_in_all = counts.running;
  std::vector<schedule::Slot> running;
  for (schedule::Slot i = 0; i < slots_.size(); ++i) {
    if (slots_[i] && slots_[i]->state == RunningTask::State::running) running.push_back(i);
  }
  std::ranges::sort(running, {}, [&](schedule::Slot i) { return slots_[i]->started; });
  if (running.size() > record::Status::most_told) running.resize(record::Status::most_told);
  for (const schedule::Slot i : running) {
    const RunningTask& task = *slots_[i];
    now.running.push_back(
        {task.input.number, task.attempt, i + 1, task.group, task.started_at, task.command});
  }
  return now;
}

void Engine::announce_resumption() {
  if (options_.resume == Resume::no || options_.progress == progress::Mode::none) return;
  if (!before_) return display_.message(fmt::format("{} is new: nothing to resume", *options_.record));
  display_.message(fmt::format(
      "resuming {}: {} done, {} failed{}, {} left unfinished", *options_.record, before_->done,
      before_->failed, options_.resume == Resume::failed_too ? " (run again)" : "", before_->unfinished));
}

void Engine::name_the_vanished() {
  if (!scheduler_.source_ended() || source_.error) return;
  const Result<std::string> vanished = source_.inputs().vanished();
  if (!vanished) return fail(vanished.error());
  if (!vanished->empty()) display_.message(*vanished);
}

// The very last line is the command that goes on, where there is something to go on with.
void Engine::say_how_to_go_on(bool cut_short) {
  const std::uint64_t failed = scheduler_.counts().failed + source_.inputs().left_out().failed;
  const bool on_stdin = std::ranges::any_of(options_.inputs.sources, [](const SourceOption& source) {
    return source.kind == SourceOption::Kind::file && source.words[0] == "-";
  });
  const bool give_again = options_.inputs.sources.empty() || on_stdin;
  if (!reporter_.records()) {
    if (first_signal_ != 0 && cut_short)
      display_.message("with --record FILE this run could go on from here");
    return;
  }
  if (failed == 0 && source_.inputs().failed_before() > 0)
    display_.message(
        "of the tasks that have failed on record none is among the inputs: give them again, or begin a new "
        "record");
  if (give_again && (cut_short || failed > 0))
    display_.message("the inputs came through standard input: give them again");
  if (cut_short || fatal_ || input_broke_) {
    const char* const option = options_.resume == Resume::failed_too ? "--resume-failed" : "--resume";
    display_.message("go on with: " + shown_line(options_.line, option));
  } else if (failed > 0) {
    display_.message("repeat the failed with: " + shown_line(options_.line, "--resume-failed"));
  }
}

}  // namespace drover::farm
