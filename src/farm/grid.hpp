// --grid: a named parameter and its values.
//
//     DROVER_TRY(auto grid, parse_grid("kT=0.5..4..0.5"));      // name "kT", rows 0.5 1.0 1.5 … 4.0
//     DROVER_TRY(auto grid, parse_grid("model=apec,mekal"));    // name "model", rows apec mekal
//
// A range is first..last or first..last..step. The arithmetic is decimal (decimal.hpp); values have as many
// decimals as the longer of first and step; last is included if a whole number of steps reaches it. The step
// is 1 if left out and takes the direction from first to last, whatever its sign; 01..10 keeps its zeros, as
// bash's {01..10} does. Ranges are computed, not stored: a=1..1000000000000 takes no memory.
// A list may hold empty values (flag=,--fast); text with '/' is never a range (dir=../run1).
// Errors   usage: no '=', no name, no values, a step of 0, a range that is none, a range inside a list.
// Threads  const members of the rows may be called by several threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "farm/rows.hpp"
#include "units/result.hpp"

namespace drover::farm {

struct GridParameter {
  std::string name;
  std::unique_ptr<Rows> rows;  // of one value each
};

[[nodiscard]] Result<GridParameter> parse_grid(std::string_view text);

}  // namespace drover::farm
