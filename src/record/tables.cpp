#include "record/tables.hpp"

#include <fmt/format.h>

#include <tuple>
#include <utility>

#include "record/words_text.hpp"
#include "units/number.hpp"

namespace drover::record {
namespace {

std::optional<std::int64_t> optional_number(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.number(column);
}

std::unexpected<Error> out_of_order(const std::string& path, const char* table, std::uint64_t number) {
  return damaged(path, fmt::format("the row of {} {} is out of place", table, number));
}

std::unexpected<Error> bad_row(const std::string& path, const char* table, std::uint64_t number) {
  return damaged(path, fmt::format("the row of {} {} is not what was written", table, number));
}

}  // namespace

Result<TaskReader> TaskReader::open(Database& database, std::string_view condition) {
  DROVER_TRY(
      Statement statement,
      database.prepare(fmt::format(
          "SELECT number, input, seed, state, sum, run, attempt, attempts FROM task {} ORDER BY number",
          condition)));
  return TaskReader(std::move(statement), database.path());
}

void TaskReader::from(schedule::TaskNumber parameter) {
  statement_.reset();
  statement_.bind(1, static_cast<std::int64_t>(parameter));
  task_.number = 0;
}

Result<bool> TaskReader::next() {
  DROVER_TRY(const bool row, statement_.step());
  if (!row) return false;
  const schedule::TaskNumber before =
      std::exchange(task_.number, static_cast<schedule::TaskNumber>(statement_.number(0)));
  task_.input = statement_.text(1);
  task_.seed = static_cast<std::uint32_t>(statement_.number(2));
  const std::optional<TaskState> state = state_of(statement_.text(3));
  task_.state = state.value_or(TaskState::running);
  last_ = {statement_.number(5), static_cast<std::uint32_t>(statement_.number(6))};
  attempts_ = statement_.number(7);
  if (!state || sum_of(task_) != statement_.number(4)) return bad_row(path_, "task", task_.number);
  if (task_.number <= before) return out_of_order(path_, "task", task_.number);
  return true;
}

Result<AttemptReader> AttemptReader::open(Database& database, std::string_view condition) {
  DROVER_TRY(Statement statement,
             database.prepare(fmt::format(
                 "SELECT task, run, attempt, state, slot, started, ran, exit_status, signal, cause, "
                 "cpu_user, cpu_system, "
                 "peak_memory, stdout_bytes, stderr_bytes, sum FROM attempt {} ORDER BY task, run, attempt",
                 condition)));
  return AttemptReader(std::move(statement), database.path());
}

void AttemptReader::from(schedule::TaskNumber parameter) {
  statement_.reset();
  statement_.bind(1, static_cast<std::int64_t>(parameter));
  attempt_ = {};
}

Result<bool> AttemptReader::next() {
  DROVER_TRY(const bool row, statement_.step());
  if (!row) return false;
  Attempt& a = attempt_;
  const std::tuple before(a.task, a.run, a.attempt);
  a.task = static_cast<schedule::TaskNumber>(statement_.number(0));
  a.run = statement_.number(1);
  a.attempt = static_cast<std::uint32_t>(statement_.number(2));
  const std::optional<TaskState> state = state_of(statement_.text(3));
  a.state = state.value_or(TaskState::running);
  a.slot = static_cast<std::uint32_t>(statement_.number(4));
  a.started = statement_.number(5);
  a.ran = statement_.number(6);
  a.exit_status = optional_number(statement_, 7);
  a.signal = statement_.number(8);
  a.cause = statement_.text(9);
  a.cpu_user = statement_.number(10);
  a.cpu_system = statement_.number(11);
  a.peak_memory = static_cast<std::uint64_t>(statement_.number(12));
  a.stdout_bytes = static_cast<std::uint64_t>(statement_.number(13));
  a.stderr_bytes = static_cast<std::uint64_t>(statement_.number(14));
  if (!state || sum_of(a) != statement_.number(15)) return bad_row(path_, "an attempt of task", a.task);
  if (std::tuple(a.task, a.run, a.attempt) <= before)
    return out_of_order(path_, "an attempt of task", a.task);
  return true;
}

Result<std::vector<Run>> read_runs(Database& database) {
  DROVER_TRY(
      Statement row,
      database.prepare("SELECT id, command, mode, \"replace\", seed, per_task, names, width, version, line, "
                       "folder, host, process, job, started, ended, exit_status, tasks, attempts, sum FROM "
                       "run ORDER BY id"));
  std::vector<Run> runs;
  while (true) {
    DROVER_TRY(const bool more, row.step());
    if (!more) return runs;
    Run& run = runs.emplace_back();
    run.id = row.number(0);
    run.command = split(row.text(1));
    run.mode = row.text(2);
    if (run.mode == "lines") run.command.clear();  // no command at all, which is not an empty word
    run.replace = row.text(3);
    run.seed = whole_number<std::uint64_t>(row.text(4)).value_or(0);
    run.per_task = static_cast<std::uint32_t>(row.number(5));
    if (!row.text(6).empty()) run.names = split(row.text(6));
    if (!row.is_null(7)) run.width = static_cast<std::uint64_t>(row.number(7));
    run.version = row.text(8);
    run.line = row.text(9);
    run.folder = row.text(10);
    run.host = row.text(11);
    run.process = row.number(12);
    run.job = row.text(13);
    run.started = row.number(14);
    run.ended = optional_number(row, 15);
    run.exit_status = optional_number(row, 16);
    run.tasks = optional_number(row, 17);
    run.attempts = optional_number(row, 18);
    if (sum_of(run) != row.number(19))
      return bad_row(database.path(), "run", static_cast<std::uint64_t>(run.id));
    if (run.id != std::ssize(runs))
      return out_of_order(database.path(), "run", static_cast<std::uint64_t>(run.id));
  }
}

}  // namespace drover::record
