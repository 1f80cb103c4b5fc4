// Private folders of tasks (--scratch), removed after the task, and at the latest at the next start of drover.
//
//     TMPDIR/drover-UID/run-XXXXXX/task-N
//
// A run holds a lock (flock(2)) on its folder for as long as it lives. A folder that nobody has locked belongs to
// a run that was killed: the next run of the same user removes it.
// Errors   io, denied, exhausted: a folder cannot be made.
#pragma once

#include <optional>
#include <string>

#include "machine/unique_fd.hpp"
#include "schedule/task.hpp"
#include "units/result.hpp"

namespace drover::farm {

class Scratch {
 public:
  // Makes and locks the folder of this run below `tmp`.
  [[nodiscard]] static Result<Scratch> make(const std::string& tmp);
  ~Scratch();
  Scratch(Scratch&&) noexcept = default;
  Scratch& operator=(Scratch&&) = delete;

  [[nodiscard]] Result<std::string> make_for(schedule::TaskNumber task) const;

 private:
  Scratch(std::string home, std::string folder, machine::UniqueFd lock)
      : home_(std::move(home)), folder_(std::move(folder)), lock_(std::move(lock)) {}
  std::string home_;  // of all runs of this user; goes with the last of them
  std::string folder_;
  machine::UniqueFd lock_;
};

// Removes what killed runs of this user left below `tmp`. Costs one system call where nothing was left.
void sweep_scratch(const std::string& tmp);

// Removes a folder and all in it, also what was made unwritable; links are not followed.
void remove_tree(const std::string& folder);

// $TMPDIR or /tmp.
[[nodiscard]] std::string temporary_folder();

}  // namespace drover::farm
