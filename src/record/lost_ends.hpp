// What a record that was broken off should know and does not: SQLite takes the first frame of its log that is not whole
// for the log's end, so a bit that flipped there, or a log that was cut off or left behind when the record was copied,
// would lose the ends of tasks without a word. Those tasks run again; here it is found out, so that somebody is told.
//
//     DROVER_TRY(const std::string lost, lost_ends(database, runs.back()));     // empty: nothing is known to be lost
//
// Two witnesses: frames of the same log, whole transactions, behind the place where SQLite stops; and the status file,
// which counts what had ended. A loss within the first second of a run, by a log that is gone, has no witness.
// Errors   io.
// Cost     the log is read once: 10 ms for 16 MiB.
// Source   sqlite.org/fileformat2.html §4, "The Write-Ahead Log".
#pragma once

#include <string>

#include "record/database.hpp"
#include "record/rows.hpp"

namespace drover::record {

// One line for people. Call it before anything is written to the database.
[[nodiscard]] Result<std::string> lost_ends(Database& database, const Run& last);

// Are there whole transactions in this log behind a place that is damaged? False if there is no such file.
[[nodiscard]] Result<bool> log_is_damaged(const std::string& log);

}  // namespace drover::record
