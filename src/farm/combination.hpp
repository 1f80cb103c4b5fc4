// Every combination of the sources, the last group fastest; the members of a group are zipped.
//
//     Combination all(stream, {{rows_a}, {rows_b, rows_c}});
//     while (all.next(row) == Pull::task) …         // adds to `row`: the stream's values, a's, b's, c's
//
// The slowest group may be a stream: it is read as the combinations are asked for and never held.
// Errors   next(): io, from the stream.
// Cost     about 20 ns a value; memory for one row of the stream.
// Threads  not synchronised. Stream and rows are borrowed and must outlive the combination.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "farm/row_stream.hpp"
#include "farm/rows.hpp"

namespace drover::farm {

// Zipped sources: all of the same size.
using Group = std::vector<const Rows*>;

class Combination {
 public:
  // `slowest` may be null; then `groups` must not be empty.
  Combination(RowStream* slowest, std::vector<Group> groups);

  [[nodiscard]] Result<Pull> next(Row& into);

  // How many there are in all; nothing if a stream is not to be counted, or beyond 2^64.
  [[nodiscard]] std::optional<std::uint64_t> total() const;

  // Counts what is left, without waiting; second: there may be more. A stream is read and what it gives is
  // gone, up to 10^7 rows of it (10^8 of a regular file): `yes` has no end.
  [[nodiscard]] std::pair<std::uint64_t, bool> count_rest();

 private:
  void append_current(Row& into) const;
  void advance();

  RowStream* slowest_;
  std::vector<Group> groups_;
  std::vector<std::uint64_t> at_;         // one index a group
  std::optional<std::uint64_t> per_row_;  // combinations of the groups; nothing beyond 2^64
  std::uint64_t done_in_row_ = 0;
  bool have_row_ = false;
  bool ended_ = false;
  Row row_;  // of the stream
};

// Sizes multiplied; nothing beyond 2^64.
[[nodiscard]] std::optional<std::uint64_t> product(std::span<const std::uint64_t> sizes);

}  // namespace drover::farm
