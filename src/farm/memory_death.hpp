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

#include "drover/bytes.hpp"
#include "machine/out_of_memory.hpp"
#include "process/exit_status.hpp"

namespace drover::farm {

enum class MemoryDeath : std::uint8_t { no, likely, certain };

class MemoryDeaths {
 public:
  MemoryDeaths() : counted_(watch_.read()) {}
  [[nodiscard]] MemoryDeath judge(const process::ExitStatus& status, bool killed_by_us, Bytes peak);
  // What a task may use in all, as far as it is known; 0: it is not.
  [[nodiscard]] Bytes limit() const { return limit_; }

 private:
  machine::OomWatch watch_;
  machine::OomKills counted_;
  Bytes limit_{};
};

// "killed by SIGKILL, out of memory: peak 7.9 GB of 8 GB"; where it is likely: "…, probably out of memory: …".
[[nodiscard]] std::string memory_death_text(MemoryDeath death, Bytes peak, Bytes limit);

}  // namespace drover::farm
