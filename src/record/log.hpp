// The tasks of a record, one after the other, each with its last attempt: what `drover log` shows.
//
//     DROVER_TRY(Log log, Log::open("run.drover", Log::Which::failed));
//     while (true) { DROVER_TRY(const bool more, log.next()); if (!more) break; …log.task()… }
//
// Also of a run that goes on, if its record lies on a local disk: it sees what was committed by then.
// Errors   as database.hpp; io: it is damaged, which may show only after the last task (history.hpp).
// Cost     as history.hpp. Of a run that goes on or was broken off all pages are checked first: 0.6 s a million tasks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "record/database.hpp"
#include "record/history.hpp"
#include "record/rows.hpp"

namespace drover::record {

struct StateCounts {
  std::uint64_t running = 0, done = 0, failed = 0, not_run = 0;
};

class Log {
 public:
  using Which = History::Which;
  [[nodiscard]] static Result<Log> open(const std::string& path, Which which);

  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }  // at least one
  // What is known to be missing of a run that was broken off (lost_ends.hpp), one line; empty: nothing.
  [[nodiscard]] const std::string& warning() const { return warning_; }
  [[nodiscard]] Result<StateCounts> counts();

  [[nodiscard]] Result<bool> next() { return history_.next(); }
  [[nodiscard]] const LoggedTask& task() const { return history_.task(); }  // until the next next()

 private:
  Log(std::unique_ptr<Database> database, std::vector<Run> runs, History history)
      : database_(std::move(database)), runs_(std::move(runs)), history_(std::move(history)) {}

  std::unique_ptr<Database> database_;
  std::vector<Run> runs_;
  std::string warning_;
  History history_;
};

}  // namespace drover::record
