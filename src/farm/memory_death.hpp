// Was it the lack of memory that ended a task?
//
//     MemoryDeaths deaths;                                        // before the first task may die
//     deaths.judge(status, killed_by_us, peak)                    // when one has ended
//
// certain  it died of a SIGKILL that was not ours, and the kernel has counted one more out-of-memory kill in our control
//          group.
// likely   the same death, without such a count to be had, but the machine's count rose, or the task's peak came to
//          four fifths of all it could have.
// A shell says 128 + 9 of a command that died so: that counts as the death itself.
// Source   machine/out_of_memory.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "drover/bytes.hpp"
#include "machine/out_of_memory.hpp"
#include "process/exit_status.hpp"

namespace drover::farm {

enum class MemoryDeath : std::uint8_t { no, likely, certain };

// Kills that were counted and not yet found to be of a task: several may die of one shortage.
class UnclaimedKills {
 public:
  void add(std::uint64_t kills) { fresh_ += kills; }
  // One of them was of this task. False: there is none left.
  [[nodiscard]] bool claim();
  // Those that were there at the last call are nobody's of ours.
  void lapse() { old_ = std::exchange(fresh_, 0); }

 private:
  std::uint64_t fresh_ = 0, old_ = 0;
};

class MemoryDeaths {
 public:
  MemoryDeaths() : counted_(watch_.read()) {}
  // Now and then, a second or more apart: kills that nobody of ours died of lapse at the second call after them.
  void lapse();
  [[nodiscard]] MemoryDeath judge(const process::ExitStatus& status, bool killed_by_us, Bytes peak);
  // What a task may use in all, as far as it is known; 0: it is not.
  [[nodiscard]] Bytes limit() const { return limit_; }

 private:
  machine::OomWatch watch_;
  void count();
  machine::OomKills counted_;
  UnclaimedKills own_group_, machine_;
  Bytes limit_{};
};

// "killed by SIGKILL, out of memory: peak 7.9 GB of 8 GB"; where it is likely: "…, probably out of memory: …".
[[nodiscard]] std::string memory_death_text(MemoryDeath death, Bytes peak, Bytes limit);

}  // namespace drover::farm
