// Keeps the run record of a run: opens or makes it, finds out whether an earlier one is the same run, and writes what
// becomes of every task.
//
//     DROVER_TRY(Recorder recorder, Recorder::find(options));   // the seed is the recorded one now
//     …inputs are opened, everything is ready…
//     recorder.begin(options, names);  recorder.started(task);  recorder.ended(report, …);  recorder.commit();
//
// Errors   usage: the record exists and was not to be resumed, or is of another command, -I, -n or seed; both are
//          shown. Otherwise as record/record.hpp.
#pragma once

#include <optional>
#include <string>

#include "farm/command.hpp"
#include "farm/options.hpp"
#include "farm/running_task.hpp"
#include "farm/task_report.hpp"
#include "record/earlier.hpp"
#include "record/record.hpp"
#include "record/status.hpp"

namespace drover::farm {

class Recorder {
 public:
  // Looks whether there is an earlier run to go on with, and takes its seed into `options`.
  [[nodiscard]] static Result<Recorder> find(RunOptions& options);

  // The same for somebody who will not write: the record, if there is one to be resumed.
  [[nodiscard]] static Result<std::optional<record::Database>> look_up(RunOptions& options);

  // "run.drover-wal is damaged …": what a person has to know of the earlier run; empty: nothing.
  [[nodiscard]] const std::string& warning() const { return warning_; }

  // Of all attempts on record; what --mem auto begins with.
  [[nodiscard]] Result<Bytes> largest_peak();

  // What is known of earlier runs; nothing for a new record. Call it once, before begin().
  [[nodiscard]] Result<std::optional<record::Earlier>> earlier();

  // Before the first task: the new record is made, or the earlier one gets another run.
  [[nodiscard]] Result<void> begin(const RunOptions& options, const NameContext& names);

  [[nodiscard]] Result<void> started(RunningTask& task);
  // `settled`: nothing more is to come of this task in this run.
  [[nodiscard]] Result<void> ended(const TaskReport& report, bool settled);
  // What has ended, and with `starts` also what has started and goes on.
  [[nodiscard]] Result<void> commit(bool starts);
  [[nodiscard]] bool ends_wait() const { return ends_wait_; }
  [[nodiscard]] bool starts_wait() const { return !starts_.empty(); }
  [[nodiscard]] Result<void> end(int exit_status);

  // Fills in who and where; the engine knows the rest.
  void show(record::Status status);

 private:
  explicit Recorder(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void> kept(Result<void> written);
  [[nodiscard]] Result<void> write_starts(schedule::TaskNumber below);

  std::string path_;
  std::optional<record::Record> record_;
  record::Run run_;
  std::string warning_;
  // Tasks that started a moment ago. One that ends soon is written once, at its end: that halves what a short task costs.
  struct Start {
    schedule::TaskNumber number;
    std::uint32_t seed;
    bool known;  // to the record
    std::string input;
  };
  std::vector<Start> starts_;
  schedule::TaskNumber highest_ended_ = 0;
  bool ends_wait_ = false;
  bool broken_ = false;  // it could not be written once, which was told: nothing more is tried
  std::string input_;    // reused
};

// Is `run` the same as the one that the options ask for, apart from its inputs? Error: usage, showing both.
[[nodiscard]] Result<void> check_same_run(const std::string& path, const record::Run& run,
                                          const RunOptions& options);

// "drover run --resume --record run.drover …": the line of a run, which never has one of the two options
// (RunOptions::line), with `option` in front.
[[nodiscard]] std::string line_that_resumes(const std::string& line, const std::string& option);

}  // namespace drover::farm
