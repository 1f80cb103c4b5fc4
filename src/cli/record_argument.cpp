#include "cli/record_argument.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "farm/quote.hpp"
#include "progress/printable.hpp"

namespace drover::cli {
namespace {

namespace fs = std::filesystem;

// As they can be pasted behind the subcommand.
std::vector<std::string> records_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;  // a folder that may not be read has no records for us
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    if (entry->path().extension() == ".drover") names.push_back(entry->path().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string choice_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 5;
  std::string list;
  for (const std::string& name : names) {
    if (&name - names.data() == most) return list + fmt::format(" and {} more", names.size() - most);
    if (!list.empty()) list += ", ";
    farm::append_quoted(progress::printable(name), list);
  }
  return list;
}

}  // namespace

Result<void> check_record_argument(const std::string& record) {
  if (record.empty()) {
    return failure(Errc::usage, "the name of the record is empty",
                   "write the file that `drover run --record` named");
  }
  std::error_code missing;
  const fs::file_status status = fs::status(record, missing);
  if (!fs::exists(status) || fs::is_regular_file(status)) return {};
  const std::string name = progress::printable(record);
  if (!fs::is_directory(status)) {
    return failure(Errc::usage, fmt::format("{} is no file", name),
                   "write the file that `drover run --record` named");
  }
  const std::vector<std::string> records = records_in(record);
  if (records.empty()) {
    return failure(Errc::usage, fmt::format("{} is a folder", name),
                   "write the record's file; none in there is called *.drover");
  }
  return failure(Errc::usage, fmt::format("{} is a folder", name),
                 fmt::format("write one of its records: {}", choice_of(records)));
}

}  // namespace drover::cli
