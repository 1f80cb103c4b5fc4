#include "farm/recorder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "farm/quote.hpp"
#include "farm/remaining_inputs.hpp"
#include "machine/batch.hpp"
#include "machine/host.hpp"
#include "record/history.hpp"
#include "record/lost_ends.hpp"
#include "record/schema.hpp"
#include "record/tables.hpp"

namespace drover::farm {
namespace {

std::string word_of(Command::Mode mode) {
  switch (mode) {
    case Command::Mode::direct:
      return "direct";
    case Command::Mode::shell:
      return "shell";
    case Command::Mode::lines:
      return "lines";
  }
  return {};
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

std::int64_t microseconds(double seconds) {
  return std::llround(seconds * 1e6);
}

// As a person would have typed it.
std::string shown(const std::vector<std::string>& command, const std::string& mode,
                  const std::string& replace, std::uint32_t per_task) {
  std::string text;
  if (replace != "{}") text += "-I " + replace + " ";
  if (per_task != 1) text += fmt::format("-n {} ", per_task);
  if (mode == "shell") text += "-c ";
  for (std::size_t i = 0; i < command.size(); ++i) {
    if (i > 0) text += ' ';
    append_quoted(command[i], text);
  }
  return mode == "lines" ? text + "(no command: each input is a shell line)" : text;
}

record::TaskState state_of(schedule::Verdict verdict) {
  switch (verdict) {
    case schedule::Verdict::succeeded:
      return record::TaskState::done;
    case schedule::Verdict::failed:
      return record::TaskState::failed;
    case schedule::Verdict::not_run:
      return record::TaskState::not_run;
  }
  return record::TaskState::failed;
}

Result<void> take_over(const std::string& path, const record::Run& run, RunOptions& options) {
  DROVER_CHECK(check_same_run(path, run, options));
  options.seed = run.seed;
  options.inputs.seed = run.seed;
  return {};
}

}  // namespace

Result<void> check_same_run(const std::string& path, const record::Run& run, const RunOptions& options) {
  const std::string mode = word_of(options.mode);
  const std::string here = shown(options.command, mode, options.replace, options.inputs.per_task);
  const std::string there = shown(run.command, run.mode, run.replace, run.per_task);
  if (here != there) {
    return failure(Errc::usage,
                   fmt::format("the run record {} is of another command: it has  {}  and this is  {}", path,
                               there, here),
                   "write the recorded command, or name another --record");
  }
  if (options.seed_given && options.seed != run.seed) {
    return failure(
        Errc::usage,
        fmt::format("the run record {} has the seed {}, and this is --seed {}", path, run.seed, options.seed),
        "leave --seed out to go on with the recorded one, or name another --record");
  }
  return {};
}

std::string line_that_resumes(const std::string& line, const std::string& option) {
  constexpr std::string_view start = "drover run";
  return fmt::format("{} {}{}", start, option, line.starts_with(start) ? line.substr(start.size()) : line);
}

Result<Recorder> Recorder::find(RunOptions& options) {
  Recorder recorder(*options.record);
  if (!exists(recorder.path_)) return recorder;
  if (options.resume == Resume::no) {
    DROVER_TRY(record::Database there,
               record::Database::open(recorder.path_, record::Database::Access::read));
    DROVER_CHECK(record::check_format(there));
    return failure(Errc::usage, fmt::format("the run record {} exists", recorder.path_),
                   "add --resume to go on with it, or name another file");
  }
  DROVER_TRY(record::Record opened, record::Record::open(recorder.path_));
  DROVER_CHECK(take_over(recorder.path_, opened.runs().front(), options));
  DROVER_TRY(recorder.warning_, record::lost_ends(opened.database(), opened.runs().back()));
  recorder.record_.emplace(std::move(opened));
  return recorder;
}

Result<std::optional<record::Database>> Recorder::look_up(RunOptions& options) {
  if (!options.record || options.resume == Resume::no || !exists(*options.record)) return std::nullopt;
  DROVER_TRY(record::Database database,
             record::Database::open(*options.record, record::Database::Access::read));
  DROVER_CHECK(record::check_format(database));
  DROVER_CHECK(record::check_contents(database));
  DROVER_TRY(const std::vector<record::Run> runs, record::read_runs(database));
  if (runs.empty()) return record::damaged(*options.record, "it holds no run");
  DROVER_CHECK(take_over(*options.record, runs.front(), options));
  return database;
}

Result<Bytes> Recorder::largest_peak() {
  if (!record_) return Bytes{};
  DROVER_TRY(const std::int64_t peak, record_->database().number("SELECT max(peak_memory) FROM attempt"));
  return Bytes{static_cast<std::uint64_t>(peak)};
}

Result<std::optional<record::Earlier>> Recorder::earlier() {
  if (!record_) return std::nullopt;
  DROVER_TRY(record::Earlier known, record::Earlier::load(record_->database()));
  return known;
}

Result<void> Recorder::begin(const RunOptions& options, const NameContext& names) {
  run_.command = options.command;
  run_.mode = word_of(options.mode);
  run_.replace = options.replace;
  run_.seed = options.seed;
  run_.per_task = options.inputs.per_task;
  run_.names = names.names;
  run_.width = names.width;
  run_.version = options.version;
  run_.line = options.line;
  std::error_code gone;
  run_.folder = std::filesystem::current_path(gone).string();
  run_.host = machine::host_name();
  run_.process = ::getppid();  // the guardian: the process that was started, and the one to signal
  run_.job = machine::batch_job(machine::process_environment());
  if (record_) return record_->resume(run_);
  DROVER_TRY(record::Record made, record::Record::create(path_, run_));
  record_.emplace(std::move(made));
  return {};
}

// Once it cannot be written the run stops; what ends until then is not on record and will run again.
Result<void> Recorder::kept(Result<void> written) {
  if (!written) broken_ = true;
  return written;
}

Result<void> Recorder::started(RunningTask& task) {
  if (broken_ || task.attempt > 1) return {};  // a task that is tried again is "running" already
  Start& start = starts_.emplace_back(Start{task.input.number, task.seed, task.input.on_record, {}});
  append_recorded(task.input, start.input);
  task.input.on_record = true;
  return {};
}

// Of numbers below `below`.
Result<void> Recorder::write_starts(schedule::TaskNumber below) {
  const auto first_kept = std::partition(starts_.begin(), starts_.end(),
                                         [&](const Start& start) { return start.number < below; });
  for (auto start = starts_.begin(); start != first_kept; ++start) {
    const record::Task row{start->number, start->input, start->seed, record::TaskState::running};
    DROVER_CHECK(kept(record_->started(row, start->known)));
  }
  starts_.erase(starts_.begin(), first_kept);
  return {};
}

Result<void> Recorder::ended(const TaskReport& report, bool settled) {
  if (broken_) return {};
  input_.clear();
  append_recorded(*report.input, input_);
  const record::TaskState state = state_of(report.verdict);
  record::Attempt attempt;
  attempt.task = report.input->number;
  attempt.attempt = report.attempt;
  attempt.state = state;
  attempt.slot = report.slot + 1;
  attempt.started = microseconds(report.started_at);
  attempt.ran = microseconds(report.seconds);
  if (report.started && report.status.signal() == 0) attempt.exit_status = report.status.code();
  attempt.signal = report.status.signal();
  attempt.cause = report.cause;
  attempt.cpu_user = microseconds(report.cpu_user);
  attempt.cpu_system = microseconds(report.cpu_system);
  attempt.peak_memory = report.peak_memory;
  attempt.stdout_bytes = report.stdout_bytes;
  attempt.stderr_bytes = report.stderr_bytes;
  const record::TaskState now = settled ? state : record::TaskState::running;
  ends_wait_ = true;
  highest_ended_ = std::max(highest_ended_, report.input->number);
  bool known = true;
  if (const auto start = std::ranges::find(starts_, report.input->number, &Start::number);
      start != starts_.end()) {
    known = start->known;
    starts_.erase(start);
  }
  return kept(record_->ended({report.input->number, input_, report.seed, now}, attempt, known));
}

Result<void> Recorder::commit(bool starts) {
  ends_wait_ = false;
  if (broken_) {
    starts_.clear();
    return {};
  }
  // Never a number on record above one in flight that is not: a resumed run would not know the hole for that task's.
  DROVER_CHECK(write_starts(starts ? ~schedule::TaskNumber{0} : highest_ended_));
  DROVER_CHECK(kept(record_->commit()));
  return kept(record_->upkeep_problem());
}

Result<void> Recorder::end(int exit_status) {
  if (broken_) return {};
  return kept(record_->end(exit_status));
}

void Recorder::show(record::Status status) {
  if (broken_) return;
  status.host = run_.host;
  status.process = run_.process;
  status.job = run_.job;
  status.line = run_.line;
  status.folder = run_.folder;
  record_->show(record::to_json(status));
}

}  // namespace drover::farm
