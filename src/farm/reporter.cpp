#include "farm/reporter.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "farm/task_json.hpp"
#include "machine/host.hpp"
#include "machine/replace_file.hpp"
#include "units/quantity.hpp"

namespace drover::farm {
namespace {

std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  const std::size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? text : text.substr(newline + 1);
}

double seconds(schedule::Time time) {
  return std::chrono::duration<double>(time).count();
}

TaskReport report_of(const RunningTask& task, schedule::Slot slot, schedule::Verdict verdict,
                     std::string_view cause) {
  TaskReport report;
  report.input = &task.input;
  report.command = task.command;
  report.attempt = task.attempt;
  report.slot = slot;
  report.seed = task.seed;
  report.verdict = verdict;
  report.cause = cause;
  report.timed_out = task.asked_first && task.reason == schedule::EndReason::timeout;
  report.started = task.problem.empty();
  report.started_at = task.started_at;
  report.seconds = report.started ? seconds(task.ended - task.started) : 0;
  report.peak_memory = task.peak_memory;
  report.directory = task.directory;
  report.stdout_bytes = task.streams[0].bytes;
  report.stderr_bytes = task.streams[1].bytes;
  if (task.end) {
    report.status = task.end->status;
    report.cpu_user = task.end->cpu_user;
    report.cpu_system = task.end->cpu_system;
    report.peak_memory = std::max(report.peak_memory, task.end->peak_rss);
    // What was seen of processes that nobody waited for: their split is not known, so it counts as user time.
    report.cpu_user += std::max(0.0, task.cpu_seen - task.end->cpu_user - task.end->cpu_system);
  }
  return report;
}

}  // namespace

Result<Reporter> Reporter::make(const RunOptions& options, const NameContext& names, std::uint32_t threads) {
  Reporter reporter;
  if (options.job_log) {
    DROVER_TRY(JobLog log, JobLog::open(*options.job_log, options.resumed));
    reporter.job_log_.emplace(std::move(log));
  }
  if (options.crash_report) {
    DROVER_TRY(TextTemplate path, TextTemplate::compile(*options.crash_report, names));
    reporter.crash_.emplace(std::move(path));
  }
  reporter.names_ = names.names;
  reporter.host_ = machine::host_name();
  std::error_code gone;
  reporter.start_folder_ = std::filesystem::current_path(gone).string();
  reporter.threads_ = threads;
  reporter.resumed_ = options.resumed;
  return reporter;
}

std::string Reporter::cause_of(const RunningTask& task, schedule::Verdict verdict) {
  if (!task.problem.empty()) return task.problem;
  if (verdict == schedule::Verdict::succeeded || !task.end) return {};
  if (task.memory_death != MemoryDeath::no)
    return memory_death_text(task.memory_death, Bytes{std::max(task.peak_memory, task.end->peak_rss)},
                             task.memory_limit);
  std::string how = task.end->status.describe();
  if (task.asked_first && task.reason == schedule::EndReason::timeout) {
    return fmt::format("timed out after {}: {}", describe(task.ended - task.started), how);
  }
  if (task.asked_first && task.reason == schedule::EndReason::memory)
    return fmt::format("ended to free memory ({})", how);
  if (task.asked_first) return fmt::format("ended with the run ({})", how);
  return how;
}

Result<void> Reporter::attempt_ended(RunningTask& task, schedule::Slot slot, schedule::Verdict verdict,
                                     bool final) {
  const std::string cause = cause_of(task, verdict);
  TaskReport report = report_of(task, slot, verdict, cause);
  if (report.directory.empty()) report.directory = start_folder_;
  progress::FinishedTask finished;
  finished.number = task.input.number;
  finished.attempt = task.attempt;
  finished.command = task.command;
  finished.cause = cause;
  finished.seconds = report.seconds;
  finished.cpu_seconds = report.cpu_user + report.cpu_system;
  finished.start_cost_seconds = task.start_cost;
  finished.verdict = verdict;
  finished.last_stderr_line = last_line(task.streams[1].tail);
  finished.cores = threads_;
  if (final) {
    summary_.ended(finished);
  } else {
    summary_.repeated(finished);
  }
  if (!task.results.empty()) {
    DROVER_CHECK(machine::replace_file(task.results + "/task.json", task_json(report, host_, names_)));
  }
  if (crash_) {
    if (verdict == schedule::Verdict::failed) {
      DROVER_CHECK(write_crash(task, report));
    } else if (verdict == schedule::Verdict::succeeded) {
      remove_crash(task, slot);
    }
  }
  if (recorder_) DROVER_CHECK(recorder_->ended(report, final));
  if (job_log_ && final && verdict != schedule::Verdict::not_run) DROVER_CHECK(job_log_->write(report));
  return {};
}

Result<void> Reporter::started(RunningTask& task) {
  return recorder_ ? recorder_->started(task) : Result<void>{};
}

void Reporter::show(record::Status status) {
  if (recorder_) recorder_->show(std::move(status));
}

Result<void> Reporter::end(int exit_status) {
  return recorder_ ? recorder_->end(exit_status) : Result<void>{};
}

Result<std::string> Reporter::crash_path(const RunningTask& task, schedule::Slot slot) {
  const Fill fill{&task.input, slot, task.seed};
  return choose_crash_path(crash_->expand(fill), task.input.number, crash_names_, resumed_);
}

Result<void> Reporter::write_crash(const RunningTask& task, const TaskReport& report) {
  DROVER_TRY(std::string path, crash_path(task, report.slot));
  const TaskStream& stream = task.streams[1];
  const Capture& errors = stream.report.empty() ? stream.capture : stream.report;
  std::string block;
  std::uint64_t offset = 0;
  const machine::NextPiece next = [&]() -> Result<std::string_view> {
    constexpr std::size_t piece_bytes = 256UL << 10U;
    DROVER_CHECK(errors.peek(offset, block, piece_bytes));
    offset += block.size();
    return std::string_view(block);
  };
  DROVER_CHECK(write_crash_report(path, crash_report_head(report, host_, names_), next));
  crash_paths_[task.input.number] = std::move(path);
  return {};
}

// Of a task that failed before: in this run, or, if it is resumed, in an earlier one.
void Reporter::remove_crash(const RunningTask& task, schedule::Slot slot) {
  std::string path;
  if (const auto known = crash_paths_.find(task.input.number); known != crash_paths_.end()) {
    path = std::move(known->second);
    crash_paths_.erase(known);
  } else if (resumed_) {
    Result<std::string> earlier = crash_path(task, slot);
    if (earlier && task_of_crash_report(*earlier) == task.input.number) path = std::move(*earlier);
  }
  std::error_code ignored;  // somebody may have removed it already
  if (!path.empty()) std::filesystem::remove(path, ignored);
}

}  // namespace drover::farm
