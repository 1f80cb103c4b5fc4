// Tells what became of every attempt, wherever somebody asked to be told: run record, job log, crash report, task.json, the
// summary at the end.
//
// Errors   io, exhausted: a report cannot be written. The run stops then: a report that is silently missing
//          would look like a task that never was.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "farm/crash_report.hpp"
#include "farm/job_log.hpp"
#include "farm/options.hpp"
#include "farm/recorder.hpp"
#include "farm/running_task.hpp"
#include "farm/task_report.hpp"
#include "progress/summary.hpp"

namespace drover::farm {

class Reporter {
 public:
  [[nodiscard]] static Result<Reporter> make(const RunOptions& options, const NameContext& names,
                                             std::uint32_t threads);
  void use(Recorder recorder) { recorder_.emplace(std::move(recorder)); }

  [[nodiscard]] Result<void> started(RunningTask& task);

  // One attempt is over. Not `final`: it failed and will be repeated.
  [[nodiscard]] Result<void> attempt_ended(RunningTask& task, schedule::Slot slot, schedule::Verdict verdict,
                                           bool final);

  // What happened until now is on record.
  [[nodiscard]] Result<void> commit(bool starts) {
    return recorder_ ? recorder_->commit(starts) : Result<void>{};
  }
  [[nodiscard]] bool ends_wait() const { return recorder_ && recorder_->ends_wait(); }
  [[nodiscard]] bool starts_wait() const { return recorder_ && recorder_->starts_wait(); }
  [[nodiscard]] bool records() const { return recorder_.has_value(); }
  void show(record::Status status);
  [[nodiscard]] Result<void> end(int exit_status);

  [[nodiscard]] const progress::Summary& summary() const { return summary_; }

  // "exit status 3", "timed out after 60 s", "cannot run x: no such program"; empty on success.
  [[nodiscard]] static std::string cause_of(const RunningTask& task, schedule::Verdict verdict);

 private:
  Reporter() = default;
  [[nodiscard]] Result<void> write_crash(const RunningTask& task, const TaskReport& report);
  void remove_crash(const RunningTask& task, schedule::Slot slot);
  [[nodiscard]] Result<std::string> crash_path(const RunningTask& task, schedule::Slot slot);

  std::optional<JobLog> job_log_;
  std::optional<Recorder> recorder_;
  std::optional<TextTemplate> crash_;
  CrashNames crash_names_;
  bool resumed_ = false;
  std::unordered_map<schedule::TaskNumber, std::string> crash_paths_;  // of failed attempts
  std::vector<std::string> names_;
  std::string host_;
  std::string start_folder_;  // where tasks run without --wd
  std::uint32_t threads_ = 1;
  progress::Summary summary_;
};

}  // namespace drover::farm
