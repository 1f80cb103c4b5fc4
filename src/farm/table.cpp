#include "farm/table.hpp"

#include "units/assert.hpp"

namespace drover::farm {

void Table::add(const Row& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    text_ += row.value(i);
    value_ends_.push_back(text_.size());
  }
  if (!row.problem.empty()) problems_.emplace(row_ends_.size(), row.problem);
  row_ends_.push_back(value_ends_.size());
}

void Table::add_value(std::string_view value) {
  text_ += value;
  value_ends_.push_back(text_.size());
  row_ends_.push_back(value_ends_.size());
}

void Table::append(std::uint64_t i, Row& into) const {
  DROVER_ASSERT(i < row_ends_.size(), i, row_ends_.size());
  const std::string_view text = text_;
  for (std::uint64_t v = i == 0 ? 0 : row_ends_[i - 1]; v < row_ends_[i]; ++v) {
    const std::uint64_t begin = v == 0 ? 0 : value_ends_[v - 1];
    into.add(text.substr(begin, value_ends_[v] - begin));
  }
  if (problems_.empty() || !into.problem.empty()) return;
  if (const auto found = problems_.find(i); found != problems_.end()) into.problem = found->second;
}

}  // namespace drover::farm
