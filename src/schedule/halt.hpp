// When a run ends early: --halt WHEN,WHAT=N or N%, and `never`.
//
// N% is of the tasks read so far and needs at least three failures (or successes, or ends).
#pragma once

#include <cstdint>
#include <string_view>

#include "units/result.hpp"

namespace drover::schedule {

struct Halt {
  // GCC 12 takes the enumerator `never` of a scoped enum for a shadow of schedule::never (task.hpp).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
  enum class When { never, soon, now };  // soon: start nothing more; now: also end what runs
#pragma GCC diagnostic pop
  enum class What { fail, success, done };  // which ends are counted
  When when = When::never;
  What what = What::fail;
  double number = 0;  // of tasks, or per cent
  bool per_cent = false;

  // Has the rule been met? `read` is the number of tasks read so far.
  [[nodiscard]] bool met(std::uint64_t failed, std::uint64_t succeeded, std::uint64_t read) const;

  friend bool operator==(const Halt&, const Halt&) = default;
};

// "never", "now,fail=1", "soon,fail=10%", "now,success=1", "soon,done=50".
[[nodiscard]] Result<Halt> parse_halt(std::string_view text);

}  // namespace drover::schedule
