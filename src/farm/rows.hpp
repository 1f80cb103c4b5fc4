// The rows of a source whose number is known: any of them, in any order, as often as wanted.
//
// Held ones are a Table, those of a numeric range are computed (grid.hpp).
// Threads  const members may be called by several threads.
#pragma once

#include <cstdint>

#include "farm/row.hpp"

namespace drover::farm {

class Rows {
 public:
  Rows() = default;
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  virtual ~Rows() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;

  // Adds the values of row i (from 0) to `into`, with its problem if it has one.
  virtual void append(std::uint64_t i, Row& into) const = 0;
};

}  // namespace drover::farm
