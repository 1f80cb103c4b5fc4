#include "record/log.hpp"

#include "machine/filesystem.hpp"
#include "record/lock.hpp"
#include "record/lost_ends.hpp"
#include "record/schema.hpp"

namespace drover::record {
namespace {

// There the run has the record to itself until its end.
Result<void> refuse_live_record_on_network(const std::string& path) {
  DROVER_TRY(const machine::Filesystem where, machine::filesystem_of(path));
  if (!where.network) return {};
  const std::optional<Holder> holder = Lock::holder(path);
  if (!holder) return {};
  return failure(Errc::usage, "the run of " + path + " goes on, on " + holder->host,
                 "its record can be read when it has ended; `drover status " + path + "` tells how it goes");
}

}  // namespace

Result<Log> Log::open(const std::string& path, Which which) {
  DROVER_TRY(Database opened, Database::open(path, Database::Access::read));
  DROVER_CHECK(refuse_live_record_on_network(path));
  auto database = std::make_unique<Database>(std::move(opened));
  DROVER_CHECK(check_format(*database));
  // One moment for all that is read: a run may go on meanwhile.
  DROVER_CHECK(database->execute("BEGIN"));
  DROVER_TRY(std::vector<Run> runs, read_runs(*database));
  if (runs.empty()) return damaged(path, "it holds no run");
  // At its end a run notes what there is; before that only the pages themselves can tell whether one is missing.
  if (!runs.back().tasks) DROVER_CHECK(check_pages(*database));
  DROVER_TRY(History history, History::open(*database, runs, which));
  std::string warning;
  if (!Lock::holder(path)) {
    DROVER_TRY(warning, lost_ends(*database, runs.back()));
  }
  Log log(std::move(database), std::move(runs), std::move(history));
  log.warning_ = std::move(warning);
  return log;
}

Result<StateCounts> Log::counts() {
  StateCounts counts;
  DROVER_TRY(TaskReader tasks, TaskReader::open(*database_, ""));
  while (true) {
    DROVER_TRY(const bool row, tasks.next());
    if (!row) break;
    const TaskState state = tasks.task().state;
    if (state == TaskState::running) ++counts.running;
    if (state == TaskState::done) ++counts.done;
    if (state == TaskState::failed) ++counts.failed;
    if (state == TaskState::not_run) ++counts.not_run;
  }
  const std::uint64_t all = counts.running + counts.done + counts.failed + counts.not_run;
  if (runs_.back().tasks && static_cast<std::uint64_t>(*runs_.back().tasks) != all)
    return damaged(database_->path(), "tasks are missing");
  return counts;
}

}  // namespace drover::record
