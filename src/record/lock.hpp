// Who may write to a record: one drover at a time. A file beside the record, "run.drover-lock", is locked while a
// drover lives and says which: its host and process.
//
//     Result<Lock> lock = Lock::take("run.drover");   // an error that names who holds it
//
// The kernel lets go of the lock when its last holder dies, however that happens, so nothing has to be cleaned up.
// Descriptions are shared by fork(2): drover takes it before its guardian starts the engine, so that it is free only
// when both are gone. The SQLite file itself is not locked: closing another descriptor of it would drop SQLite's locks.
//
// A network file system may not lock between hosts (NFS with -o nolock). There a status file that was renewed within
// the last half minute counts as a sign of life too.
// Errors   usage: held by another; denied, exhausted, io: the file cannot be made.
// Source   fcntl(2), F_OFD_SETLK; sqlite.org/howtocorrupt.html §2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "machine/unique_fd.hpp"
#include "units/result.hpp"

namespace drover::record {

struct Holder {
  std::string host;
  std::int64_t process = 0;
};

class Lock {
 public:
  [[nodiscard]] static Result<Lock> take(const std::string& record);
  // The living drover that holds the record; nothing if there is none.
  [[nodiscard]] static std::optional<Holder> holder(const std::string& record);

  Lock(Lock&&) noexcept = default;
  Lock& operator=(Lock&&) noexcept = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock();  // removes the file, in the process that took it

 private:
  Lock(std::string path, machine::UniqueFd file, std::int64_t owner)
      : path_(std::move(path)), file_(std::move(file)), owner_(owner) {}
  std::string path_;
  machine::UniqueFd file_;
  std::int64_t owner_;
};

}  // namespace drover::record
