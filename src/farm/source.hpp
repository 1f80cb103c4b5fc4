// One source of inputs, opened: its names, and its rows as a stream or as a block.
//
//     DROVER_TRY(auto source, open_source(option, format));
//     DROVER_CHECK(source.read_names(format));                 // waits for a header
//
// --header, --colsep and --csv apply to files and to values after :::, not to --grid (which brings its name
// and has its own commas) nor to --glob (a file name is no header, and a comma in it separates nothing).
// Errors   usage, not_found, denied, io; each names the source.
// Threads  not synchronised.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "farm/input.hpp"
#include "farm/row_format.hpp"
#include "farm/row_stream.hpp"
#include "farm/rows.hpp"
#include "farm/table.hpp"

namespace drover::farm {

struct Source {
  std::string label;                  // as messages call it
  bool linked = false;                // zipped with the source before
  bool empty = false;                 // known to give no rows
  std::vector<std::string> names;     // of its columns; none if it has no names
  std::optional<std::size_t> width;   // columns, where that is known before reading
  std::unique_ptr<RowStream> stream;  // still to be read, or
  std::unique_ptr<Rows> rows;         // held or computed
  std::unique_ptr<Table> loading;     // what load() has read so far

  // Waits for the header of a stream, if it has one.
  [[nodiscard]] Result<void> read_names(const RowFormat& format);

  // Reads the stream into a table, as far as it goes without waiting: `end` when all of it is held.
  [[nodiscard]] Result<Pull> load();
};

// `format` must outlive the source.
[[nodiscard]] Result<Source> open_source(const SourceOption& option, const RowFormat& format);

// The names of all columns in order, empty where a source has none; no elements if nothing is named.
// usage: a name that occurs twice or is empty; a named column whose place is not known.
[[nodiscard]] Result<std::vector<std::string>> column_names(const std::vector<Source>& sources);

}  // namespace drover::farm
