// What `drover status` says, from values: of a run that goes on, and of one that does not.
//
// Control characters of commands and names are escaped. A command line that is there to be pasted keeps its newlines
// and tabs, which quotes hold together.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "progress/utf8.hpp"
#include "record/lock.hpp"
#include "record/log.hpp"
#include "record/status.hpp"

namespace drover::cli {

// Where the question was asked.
struct Here {
  std::string record;  // its name, as it was given
  std::string folder;  // the working folder: another one than the run's needs a cd
  double now = 0;      // seconds since the epoch
  progress::Encoding encoding = progress::Encoding::utf8;
};

[[nodiscard]] std::string living_text(const record::Status& status, const record::Holder& holder,
                                      const Here& here);
// A drover holds the record and has written no status yet.
[[nodiscard]] std::string begun_text(const record::Holder& holder, const Here& here);
// No drover holds the record.
[[nodiscard]] std::string rest_text(const std::vector<record::Run>& runs, const record::StateCounts& counts,
                                    const Here& here);

// What is missing of a run that no drover goes on with: it was broken off or ended early, or left tasks that did not
// come to an end.
[[nodiscard]] bool is_incomplete(const record::Run& last, const record::StateCounts& counts);

// "scancel 4711" for the job "Slurm 4711"; empty: no batch system that we know.
[[nodiscard]] std::string cancel_command(const std::string& job);

}  // namespace drover::cli
