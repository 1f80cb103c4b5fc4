// One task's way: started, watched, ended, looked after until nothing of it is left, reported.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "farm/engine.hpp"
#include "farm/seed.hpp"
#include "process/tree.hpp"
#include "units/assert.hpp"

namespace drover::farm {
namespace {

constexpr std::size_t read_bytes = 64UL << 10U;  // what a pipe holds (pipe(7))

// How long helpers that outlive a task's first process may go on writing (`> >(tee log)`).
constexpr schedule::Time to_finish_writing = std::chrono::seconds(1);
constexpr schedule::Time to_die = std::chrono::seconds(2);  // after SIGKILL

Result<void> write_all(int fd, std::string_view bytes, const std::string& folder) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      return failure(
          errno == ENOSPC ? Errc::exhausted : Errc::io,
          fmt::format("cannot write the output of a task to {} ({})", folder, std::strerror(errno)),
          "make room, then run what is missing again");
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

// The values of a new task were pulled a moment ago; those of a repeated one were kept.
void Engine::take_input(RunningTask& task, const schedule::Decision& decision) {
  if (const auto kept = kept_.find(decision.task); kept != kept_.end()) {
    task.input = std::move(kept->second->input);
    collator_.discard(*kept->second);
    kept_.erase(kept);
  } else {
    source_.take(decision.task, task.input);
  }
}

void Engine::start(const schedule::Decision& decision) {
  if (!announced_ && options_.progress != progress::Mode::none) {
    display_.message(fmt::format("{}; seed {}", plan_.line, options_.seed));
  }
  announced_ = true;
  RunningTask& task = slot(decision.slot);
  take_input(task, decision);
  task.attempt = decision.attempt;
  task.seed = task_seed(options_.seed, decision.task);
  task.end.reset();
  task.leader_ended = task.terminated = task.killed = task.asked_first = false;
  task.reason = {};
  task.aftermath = Aftermath::none;
  task.peak_memory = 0;
  task.memory_death = MemoryDeath::no;
  task.cpu_seen = task.start_cost = 0;
  for (TaskStream& stream : task.streams) {
    stream.bytes = 0;
    stream.tail.clear();
    stream.partial_line.clear();
    stream.report.clear();
  }
  task.started = task.ended = clock_.now();
  const Starter::Outcome outcome = starter_.start(task, decision.slot);
  if (outcome == Starter::Outcome::exhausted) {
    return wait_for_room(task, decision.slot);
  }
  if (Result<void> told = reporter_.started(task); !told) fail(told.error());
  if (tag_) {
    std::string tag = tag_->expand({&task.input, decision.slot, task.seed});
    std::ranges::replace(tag, '\n', ' ');  // a tag is in front of a line, never a line of its own
    collator_.started(task, std::move(tag));
  }
  if (options_.verbose) display_.verbatim(task.command);
  if (outcome == Starter::Outcome::not_started) {
    task.state = RunningTask::State::ended;
    events_.push_back({schedule::Event::Kind::ended, decision.slot, false, {}});
    return;
  }
  task.state = RunningTask::State::running;
  watch(task, decision.slot);
}

// No process or descriptor was left. If nothing of ours runs, only other programs can make room: that is said.
void Engine::wait_for_room(RunningTask& task, schedule::Slot slot_number) {
  if (task.attempt > 1) {  // if the run ends before there is room again, this is how it failed
    task.problem = "no process or descriptor was left for another attempt";
    task.state = RunningTask::State::ended;
  }
  const bool alone = std::ranges::none_of(
      slots_, [](const auto& other) { return other && other->state == RunningTask::State::running; });
  if (alone && !exhaustion_told_) {
    display_.message(
        "no process or open file is left for a task: waiting for others to end (ulimit -u, ulimit -n)");
    exhaustion_told_ = true;
  }
  keep(slot_number);
  events_.push_back({schedule::Event::Kind::could_not_start, slot_number, false, {}});
}

void Engine::watch(RunningTask& task, schedule::Slot slot) {
  leaders_.insert(task.group);
  poller_.add(task.child.ended_fd(), tag(Tag::ended, slot));
  if (task.streams[0].pipe) poller_.add(task.streams[0].pipe.get(), tag(Tag::output, slot));
  if (task.streams[1].pipe) poller_.add(task.streams[1].pipe.get(), tag(Tag::errors, slot));
}

void Engine::close_stream(RunningTask& task, std::size_t stream) {
  poller_.remove(task.streams[stream].pipe.get());
  task.streams[stream].pipe.reset();
}

void Engine::read_stream(RunningTask& task, std::size_t number, std::size_t most_blocks) {
  TaskStream& stream = task.streams[number];
  block_.resize(read_bytes);
  for (std::size_t i = 0; i < most_blocks && stream.pipe; ++i) {
    const ssize_t n = ::read(stream.pipe.get(), block_.data(), block_.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) return close_stream(task, number);
    const std::string_view bytes(block_.data(), static_cast<std::size_t>(n));
    if (stream.file) {
      if (Result<void> written = write_all(stream.file.get(), bytes, task.results); !written)
        fail(written.error());
    }
    if (Result<void> taken = collator_.arrived(task, number, bytes); !taken) fail(taken.error());
  }
}

void Engine::leader_ended(schedule::Slot slot_number) {
  RunningTask& task = slot(slot_number);
  if (task.leader_ended || !task.child) return;
  poller_.remove(task.child.ended_fd());
  task.leader_ended = true;
  task.asked_first = task.terminated || task.killed;
  task.ended = clock_.now();
  for (std::size_t i = 0; i < task.streams.size(); ++i) {
    if (task.streams[i].pipe) read_stream(task, i, 20);
  }
  settle(slot_number);
}

void Engine::begin_aftermath(RunningTask& task, Aftermath stage, schedule::Time until) {
  if (task.aftermath == Aftermath::none) ++aftermaths_;
  task.aftermath = stage;
  task.aftermath_until = until;
}

// Of a task that was killed nothing is spared; otherwise what is left of it is asked first.
void Engine::end_leftovers(RunningTask& task) {
  signal_task(task, task.killed ? SIGKILL : SIGTERM);
  const schedule::Time patience = task.killed ? to_die : options_.grace;
  begin_aftermath(task, task.killed ? Aftermath::killed : Aftermath::terminated, clock_.now() + patience);
}

void Engine::await_writers(RunningTask& task) {
  if (task.killed && task.aftermath != Aftermath::killed) return end_leftovers(task);
  if (task.aftermath == Aftermath::none)
    begin_aftermath(task, Aftermath::writing, clock_.now() + to_finish_writing);
}

// Interrupted twice.
void Engine::kill_leftovers() {
  for (const auto& task : slots_) {
    if (!task || task->aftermath == Aftermath::none || task->aftermath == Aftermath::killed) continue;
    task->killed = true;
    end_leftovers(*task);
  }
}

// The first process has ended. Is that the end of the task, or does something of it go on?
void Engine::settle(schedule::Slot slot_number) {
  RunningTask& task = slot(slot_number);
  if (task.state != RunningTask::State::running || !task.leader_ended) return;
  if (task.piped()) return await_writers(task);
  if (task.child) {
    // Before it is reaped: afterwards the number of the group could be a stranger's. A group of one has ended.
    task.child.signal_group(task.killed ? SIGKILL : SIGTERM);
    task.end = task.child.try_reap();
    DROVER_ASSERT(task.end.has_value(), task.group);
    leaders_.erase(task.group);
  }
  const bool asked = task.aftermath == Aftermath::terminated || task.aftermath == Aftermath::killed;
  const bool out_of_reach = task.aftermath == Aftermath::killed && clock_.now() >= task.aftermath_until;
  if (!group_is_empty(task.group) && !out_of_reach) {
    if (!asked) end_leftovers(task);
    return;
  }
  complete(slot_number);
}

// The dead count as members until they are reaped, and orphans come to us for that.
bool Engine::group_is_empty(pid_t group) const {
  if (!process::group_exists(group)) return true;
  process::reap_orphans([this](pid_t pid) { return is_task(pid); });
  return !process::group_exists(group);
}

bool Engine::is_task(pid_t pid) const {
  return leaders_.contains(pid);
}

void Engine::look_after_leftovers() {
  if (clock_.now() < next_look_) return;
  next_look_ = clock_.now() + leftovers_every;
  process::reap_orphans([this](pid_t pid) { return is_task(pid); });
  const schedule::Time now = clock_.now();
  for (schedule::Slot i = 0; i < slots_.size(); ++i) {
    if (!slots_[i] || slots_[i]->aftermath == Aftermath::none) continue;
    RunningTask& task = *slots_[i];
    if (now >= task.aftermath_until) {
      switch (task.aftermath) {
        case Aftermath::none:
          break;
        case Aftermath::writing:
          end_leftovers(task);
          break;
        case Aftermath::terminated:
          task.killed = true;
          end_leftovers(task);
          break;
        case Aftermath::killed:  // out of our reach (another user's); its pipes must not hold the run
          for (std::size_t s = 0; s < task.streams.size(); ++s) {
            if (task.streams[s].pipe) close_stream(task, s);
          }
          break;
      }
    }
    settle(i);
  }
}

void Engine::complete(schedule::Slot slot_number) {
  RunningTask& task = slot(slot_number);
  if (task.aftermath != Aftermath::none) --aftermaths_;
  task.aftermath = Aftermath::none;
  task.state = RunningTask::State::ended;
  judge_memory(task);
  schedule::Event over{schedule::Event::Kind::ended, slot_number, task.end->status.success(),
                       task.ended - task.started, !task.asked_first};
  over.memory = Bytes{std::max(task.peak_memory, task.end->peak_rss)};
  over.out_of_memory = task.memory_death != MemoryDeath::no;
  events_.push_back(over);
}

void Engine::signal_task(RunningTask& task, int signal) {
  if (task.child) {
    process::signal_outside_group(task.child.pid(), task.group, signal);
    task.child.signal_group(signal);
  } else {
    process::signal_group(task.group, signal);
  }
  // The seed beside the number: an inner drover's tasks have such numbers too.
  process::signal_orphans_of(
      {fmt::format("DROVER_TASK={}", task.input.number), fmt::format("DROVER_SEED={}", task.seed)}, signal,
      [this](pid_t pid) { return is_task(pid); });
}

void Engine::end_task(const schedule::Decision& decision) {
  RunningTask& task = slot(decision.slot);
  if (task.state != RunningTask::State::running) return;
  const bool kill = decision.kind == schedule::Decision::Kind::kill;
  if (!task.leader_ended) task.reason = decision.reason;
  (kill ? task.killed : task.terminated) = true;
  signal_task(task, kill ? SIGKILL : SIGTERM);
  if (!kill) signal_task(task, SIGCONT);  // a stopped process takes SIGTERM only when it goes on
  if (task.aftermath != Aftermath::none) {
    begin_aftermath(task, kill ? Aftermath::killed : Aftermath::terminated,
                    clock_.now() + (kill ? to_die : options_.grace));
  }
}

void Engine::keep(schedule::Slot slot_number) {
  std::unique_ptr<RunningTask> task = std::move(slots_[slot_number]);
  for (TaskStream& stream : task->streams) {
    if (Result<void> put = stream.capture.settle_down(); !put) fail(put.error());
  }
  const schedule::TaskNumber number = task->input.number;
  kept_[number] = std::move(task);
}

void Engine::report(RunningTask& task, schedule::Slot slot_number, schedule::Verdict verdict, bool final) {
  if (Result<void> told = reporter_.attempt_ended(task, slot_number, verdict, final); !told)
    fail(told.error());
  Starter::tidy(task);
}

void Engine::finish(const schedule::Decision& decision) {
  RunningTask* task = decision.slot < slots_.size() ? slots_[decision.slot].get() : nullptr;
  if (task != nullptr && task->state == RunningTask::State::ended && task->input.number == decision.task) {
    report(*task, decision.slot, decision.verdict, true);
    if (Result<void> given = collator_.finished(*task); !given) fail(given.error());
    task->state = RunningTask::State::idle;
    return;
  }
  const auto kept = kept_.find(decision.task);
  if (kept == kept_.end()) {  // read ahead of a --delay, never started
    TaskInput unused;
    source_.take(decision.task, unused);
    if (Result<void> given = collator_.skipped(unused.place); !given) fail(given.error());
    return;
  }
  // It waited for another attempt, or for a process to be had, when the run was ended.
  if (kept->second->state == RunningTask::State::ended) {
    report(*kept->second, decision.slot, decision.verdict, true);
    if (Result<void> given = collator_.finished(*kept->second); !given) fail(given.error());
  } else {
    if (Result<void> given = collator_.skipped(kept->second->input.place); !given) fail(given.error());
  }
  kept_.erase(kept);
}

}  // namespace drover::farm
