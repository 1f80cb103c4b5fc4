// One row: the values of a line, of a record or of a whole task, in one block that is reused.
//
//     row.clear();  row.add("0.5");  row.add("NGC 1275");     row.value(1) == "NGC 1275"
//
// Cost     no allocation once the block has grown to the longest row.
// Threads  a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace drover::farm {

class Row {
 public:
  std::string problem;  // not empty: this row cannot run, and why (one line, for people)

  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::string_view value(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }
  void clear() { text_.clear(), ends_.clear(), problem.clear(); }
  void add(std::string_view value) { text_ += value, ends_.push_back(text_.size()); }

  // Adds the other row's values; the first problem stays.
  void append(const Row& other) {
    const std::size_t before = text_.size();
    text_ += other.text_;
    for (const std::size_t end : other.ends_) ends_.push_back(before + end);
    if (problem.empty()) problem = other.problem;
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

}  // namespace drover::farm
