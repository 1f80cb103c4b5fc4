// Rows held in one block of memory: the faster sources of a combination, and everything when it is shuffled.
//
// Cost     the bytes of the values, 8 more for each value and 8 for each row.
// Threads  const members may be called by several threads.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "farm/rows.hpp"

namespace drover::farm {

class Table final : public Rows {
 public:
  void add(const Row& row);
  void add_value(std::string_view value);  // a row of one value

  [[nodiscard]] std::uint64_t size() const override { return row_ends_.size(); }
  void append(std::uint64_t i, Row& into) const override;

 private:
  std::string text_;
  std::vector<std::uint64_t> value_ends_;          // in text_
  std::vector<std::uint64_t> row_ends_;            // in value_ends_
  std::map<std::uint64_t, std::string> problems_;  // few, so not a column of the table
};

}  // namespace drover::farm
