#include "farm/source.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "farm/glob.hpp"
#include "farm/grid.hpp"
#include "units/assert.hpp"

namespace drover::farm {
namespace {

std::string label_of_values(const SourceOption& option) {
  std::string label = option.linked ? ":::+" : ":::";
  for (std::size_t i = 0; i < option.words.size() && i < 2; ++i) label += ' ' + option.words[i];
  if (option.words.size() > 2) label += " …";
  return label;
}

// The values after :::, the first of which may be a header.
void take_values(const SourceOption& option, const RowFormat& format, Source& source) {
  auto table = std::make_unique<Table>();
  std::optional<std::size_t> width;
  bool even = true;
  Row row;
  for (std::size_t i = 0; i < option.words.size(); ++i) {
    row.clear();
    format.split(option.words[i], row);
    if (!row.problem.empty())
      row.problem = fmt::format("value {} of '{}' {}", i + 1, source.label, row.problem);
    if (!width) width = row.size();
    even = even && row.size() == *width;
    if (format.even() && row.size() != *width && row.problem.empty())
      row.problem = fmt::format("value {} of '{}' has {}, the first has {}", i + 1, source.label,
                                columns_in_words(row.size()), *width);
    if (!format.header || i > 0)
      table->add(row);
    else
      for (std::size_t column = 0; column < row.size(); ++column)
        source.names.emplace_back(row.value(column));
  }
  if (even || format.even()) source.width = width;
  source.rows = std::move(table);
}

Result<void> take_files(const std::vector<std::string>& patterns, Source& source) {
  auto table = std::make_unique<Table>();
  for (const std::string& pattern : patterns) {
    DROVER_TRY(const auto files, expand_glob(pattern));
    for (const std::string& file : files) table->add_value(file);
  }
  source.rows = std::move(table);
  return {};
}

void wait_for(int fd) {
  pollfd asked{fd, POLLIN, 0};
  // Whatever poll(2) says, the next read finds out what there is.
  while (::poll(&asked, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<void> Source::read_names(const RowFormat& format) {
  if (stream == nullptr || !format.header) return {};
  while (true) {
    DROVER_TRY(const Pull pulled, stream->read_names(names));
    if (pulled == Pull::later) {
      wait_for(stream->file().fd);
      continue;
    }
    if (pulled == Pull::task) width = names.size();
    empty = pulled == Pull::end;
    return {};
  }
}

Result<Pull> Source::load() {
  if (stream == nullptr) return Pull::end;
  if (loading == nullptr) loading = std::make_unique<Table>();
  Row row;
  while (true) {
    row.clear();
    DROVER_TRY(const Pull pulled, stream->next(row));
    if (pulled == Pull::later) return pulled;
    if (pulled == Pull::end) break;
    loading->add(row);
  }
  stream.reset();
  rows = std::move(loading);
  return Pull::end;
}

Result<Source> open_source(const SourceOption& option, const RowFormat& format) {
  Source source;
  source.linked = option.linked;
  if (!format.has_columns()) source.width = 1;
  switch (option.kind) {
    case SourceOption::Kind::file: {
      DROVER_ASSERT(option.words.size() == 1, option.words.size());
      DROVER_TRY(source.stream, RowStream::open(option.words[0], format));
      source.label = source.stream->file().name;
      break;
    }
    case SourceOption::Kind::values:
      source.label = label_of_values(option);
      take_values(option, format, source);
      break;
    case SourceOption::Kind::grid: {
      DROVER_ASSERT(option.words.size() == 1, option.words.size());
      DROVER_TRY(GridParameter grid, parse_grid(option.words[0]));
      source.label = "--grid " + grid.name;
      source.names = {std::move(grid.name)};
      source.width = 1;
      source.rows = std::move(grid.rows);
      break;
    }
    case SourceOption::Kind::glob:
      source.label = "--glob";
      source.width = 1;
      DROVER_CHECK(take_files(option.words, source));
      break;
  }
  source.empty = source.rows != nullptr && source.rows->size() == 0;
  return source;
}

Result<std::vector<std::string>> column_names(const std::vector<Source>& sources) {
  std::vector<std::string> names;
  std::map<std::string_view, std::string_view> owners;  // the source of each name
  const Source* unknown = nullptr;                      // a source before whose columns cannot be counted
  for (const Source& source : sources) {
    if (source.names.empty()) {
      if (!source.width && !source.empty && unknown == nullptr) unknown = &source;
      names.resize(names.size() + source.width.value_or(0));
      continue;
    }
    if (unknown != nullptr)
      return failure(
          Errc::usage,
          fmt::format("the columns of {} have no names, so the place of {} behind them is not known",
                      unknown->label, source.label),
          "add --header : and begin the columns with a row of names");
    for (std::size_t i = 0; i < source.names.size(); ++i) {
      const std::string& name = source.names[i];
      if (name.empty())
        return failure(Errc::usage, fmt::format("column {} of {} has no name", i + 1, source.label),
                       "with --header the first row must name every column");
      if (const auto [first, fresh] = owners.emplace(name, source.label); !fresh)
        return failure(
            Errc::usage,
            fmt::format("the name '{}' occurs twice: in {} and in {}", name, first->second, source.label),
            "give every column and every parameter a name of its own");
      names.push_back(name);
    }
  }
  if (owners.empty()) names.clear();
  return names;
}

}  // namespace drover::farm
