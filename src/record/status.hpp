// How a run goes, as drover tells it every two seconds in a file beside the record ("run.drover-status"): whoever watches
// reads that file and never the record of a run that is going on.
//
// JSON, renamed into place: a reader sees a whole one. Times in seconds since the epoch (UTC).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schedule/task.hpp"
#include "units/result.hpp"

namespace drover::record {

struct Status {
  struct Running {
    schedule::TaskNumber task = 0;
    std::uint32_t attempt = 1;
    std::uint32_t slot = 1;
    std::int64_t process = 0;
    double since = 0;
    std::string command;
  };
  std::string host;
  std::int64_t process = 0;  // drover's own
  std::string job;           // of the batch system
  std::string line;          // the command line
  std::string folder;
  double started = 0, written = 0;
  std::optional<std::uint64_t> total;  // tasks in all, those done before included
  std::uint64_t done_before = 0;       // in earlier runs
  std::uint64_t failed_before = 0;     // … and not repeated
  std::uint64_t done = 0, failed = 0, waiting = 0;
  double elapsed = 0;       // seconds, without pauses
  std::string waiting_for;  // why nothing more starts; empty: nothing stands in the way
  std::uint64_t running_in_all = 0;
  std::vector<Running> running;  // the oldest first, at most `most_told`
  static constexpr std::size_t most_told = 1000;
};

[[nodiscard]] std::string to_json(const Status& status);
// Errors: io: it is none.
[[nodiscard]] Result<Status> status_of(const std::string& text);

// The file beside `record`. Errors: not_found, denied, io.
[[nodiscard]] Result<Status> read_status(const std::string& record);

}  // namespace drover::record
