// What a record needs aside from the event loop, in a thread of its own: the log is synced every second and moved
// into the database before it grows large; the status file is renewed.
//
// Errors   of the record kept and told by problem(); a status that cannot be written is left out.
// Threads  show() never waits for the disk, changed() only while the rest of a long log is moved: some milliseconds
//          after every 16 MiB.
// Source   sqlite.org/wal.html: in WAL mode with synchronous=NORMAL a commit is durable once the log has been synced.
#pragma once

#include <memory>
#include <string>

#include "units/result.hpp"

namespace drover::record {

class Upkeep {
 public:
  // `logged`: the record is in WAL mode; otherwise SQLite syncs at each commit, and only the status file is left to do.
  [[nodiscard]] static Result<std::unique_ptr<Upkeep>> begin(const std::string& path, bool logged);
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  void changed();                 // something was committed; no transaction of the caller's is open
  void show(std::string status);  // what the status file is to say
  [[nodiscard]] Result<void> problem();
  // Error: the record was removed, renamed or replaced.
  [[nodiscard]] Result<void> still_there() const;

  // Syncs the last of it and removes the status file. Nothing may be called afterwards.
  [[nodiscard]] Result<void> finish();

 private:
  struct State;
  explicit Upkeep(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

[[nodiscard]] inline std::string status_path(const std::string& record) {
  return record + "-status";
}

}  // namespace drover::record
