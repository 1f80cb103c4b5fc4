#include "farm/row_stream.hpp"

#include <fmt/format.h>

namespace drover::farm {
namespace {

// Bytes that are counted in some 30 ms.
constexpr off_t countable_lines = off_t{32} << 20U;
constexpr off_t countable_records = off_t{4} << 20U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view nul_problem =
    "holds a NUL byte, which no command line can carry; use -0 if NUL ends the inputs";

bool blank(std::string_view line) {
  return line.empty() || line == "\r";
}

bool holds_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

}  // namespace

std::string columns_in_words(std::size_t columns) {
  return columns == 1 ? "1 column" : fmt::format("{} columns", columns);
}

Result<std::unique_ptr<RowStream>> RowStream::open(const std::string& path, const RowFormat& format) {
  DROVER_TRY(InputFile file, InputFile::open(path));
  return std::make_unique<RowStream>(std::move(file), format);
}

RowStream::RowStream(InputFile file, const RowFormat& format)
    : file_(std::move(file)), format_(&format), reader_(file_, format.delimiter), csv_(format.separator) {}

Result<Pull> RowStream::read_names(std::vector<std::string>& names) {
  Row header;
  DROVER_TRY(const Pull pulled, next(header));
  if (pulled != Pull::task) return pulled;
  if (!header.problem.empty())
    return failure(Errc::usage, header.problem, "the first row must name the columns");
  for (std::size_t i = 0; i < header.size(); ++i) names.emplace_back(header.value(i));
  return Pull::task;
}

Result<Pull> RowStream::next(Row& into) {
  const std::size_t before = into.size();
  DROVER_TRY(const Pull pulled, format_->csv ? next_record(into) : next_line(into));
  if (pulled == Pull::task && format_->even()) check_columns(into.size() - before, into);
  return pulled;
}

Result<Pull> RowStream::next_line(Row& into) {
  std::string_view line;
  DROVER_TRY(const Pull pulled, pull(line));
  if (pulled != Pull::task) return pulled;
  ++row_;
  if (reader_.may_hold_nul() && holds_nul(line)) complain(into, nul_problem);
  format_->split(line, into);
  return Pull::task;
}

Result<Pull> RowStream::next_record(Row& into) {
  while (true) {
    std::string_view line;
    DROVER_TRY(const Pull pulled, pull(line));
    if (pulled == Pull::later || (pulled == Pull::end && !csv_.open())) return pulled;
    if (pulled == Pull::end) {
      csv_.finish();
    } else {
      if (!csv_.open() && blank(line)) {
        ++row_;
        continue;
      }
      if (reader_.may_hold_nul() && holds_nul(line)) nul_in_record_ = true;
      if (!csv_.take(line)) continue;
    }
    ++row_;
    if (std::exchange(nul_in_record_, false)) complain(into, nul_problem);
    if (!csv_.record().problem.empty()) complain(into, csv_.record().problem);
    into.append(csv_.record());
    return Pull::task;
  }
}

Result<Pull> RowStream::pull(std::string_view& line) {
  DROVER_TRY(const Pull pulled, reader_.next(line));
  if (at_start_ && pulled == Pull::task) {
    at_start_ = false;
    if (format_->even() && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  }
  return pulled;
}

void RowStream::check_columns(std::size_t columns, Row& row) {
  if (!width_) width_ = columns;
  if (columns == *width_) return;
  complain(row, fmt::format("has {}, the first row has {}", columns_in_words(columns), *width_));
}

void RowStream::complain(Row& row, std::string_view what) const {
  if (row.problem.empty())
    row.problem = fmt::format("{} {} of {} {}", format_->unit(), row_, file_.name, what);
}

std::optional<std::uint64_t> RowStream::count() const {
  if (!file_.regular) return std::nullopt;
  if (file_.size - file_.start > (format_->csv ? countable_records : countable_lines)) return std::nullopt;
  const auto counted = format_->csv ? count_records() : count_lines(file_, format_->delimiter);
  if (!counted) return std::nullopt;  // next() will say why
  return *counted - (format_->header && *counted > 0 ? 1 : 0);
}

Result<std::uint64_t> RowStream::count_records() const {
  InputFile again;
  again.name = file_.name;
  again.fd = file_.fd;
  again.regular = true;
  again.start = file_.start;
  RowStream rows(std::move(again), *format_);
  std::uint64_t counted = 0;
  for (Row row;; ++counted, row.clear()) {
    DROVER_TRY(const Pull pulled, rows.next(row));
    if (pulled != Pull::task) return counted;
  }
}

}  // namespace drover::farm
