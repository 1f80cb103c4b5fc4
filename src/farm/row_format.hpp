// How the text of a source is cut: into inputs, and those into columns.
//
//     DROVER_TRY(auto format, RowFormat::from(options));
//     format.split("a,b", row);
//
// Errors   usage: a --colsep that is no expression; a separator or delimiter that --csv cannot have.
// Threads  const members may be called by several threads.
#pragma once

#include <optional>
#include <string_view>

#include "farm/colsep.hpp"
#include "farm/row.hpp"
#include "units/result.hpp"

namespace drover::farm {

struct InputOptions;

struct RowFormat {
  char delimiter = '\n';
  bool header = false;
  bool csv = false;
  char separator = ',';                   // of CSV
  std::optional<ColumnSeparator> colsep;  // never together with csv

  [[nodiscard]] static Result<RowFormat> from(const InputOptions& options);

  // Adds the columns of a whole input (with csv: of one record) to `into`.
  void split(std::string_view text, Row& into) const;

  [[nodiscard]] bool has_columns() const { return csv || colsep.has_value(); }

  // Every row must have as many columns as the first.
  [[nodiscard]] bool even() const { return csv || header; }

  // What messages call one input: "row", "line" or "input".
  [[nodiscard]] std::string_view unit() const {
    if (has_columns() || header) return "row";
    return delimiter == '\n' ? "line" : "input";
  }
};

}  // namespace drover::farm
