#include "machine/out_of_memory.hpp"

#include <algorithm>

#include "machine/cgroup.hpp"
#include "units/number.hpp"

namespace drover::machine {
namespace {

// The number after "oom_kill " at the beginning of a line: the form of all three files.
std::optional<std::uint64_t> oom_kill_line(const std::string& file) {
  constexpr std::string_view key = "oom_kill ";
  const std::optional<std::string> text = file.empty() ? std::nullopt : text_of(file);
  for (std::string_view rest = text ? std::string_view(*text) : ""; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.starts_with(key)) return whole_number<std::uint64_t>(line.substr(key.size()));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return std::nullopt;
}

// The nearest ancestor in version 2: a group for which nobody turned the memory controller on is accounted
// there. In version 1 each group has the file, and an ancestor's tells nothing of ours.
std::string group_file(const Surroundings& here) {
  for (const std::string& folder : cgroup_folders(here, CgroupVersion::v2, "memory")) {
    std::string file = folder + "/memory.events";
    if (oom_kill_line(file)) return file;
  }
  const std::vector<std::string> folders = cgroup_folders(here, CgroupVersion::v1, "memory");
  return folders.empty() ? "" : folders.front() + "/memory.oom_control";
}

void meet(MemoryLimit& least, const std::string& file) {
  const std::optional<std::string> text = value_in(file);
  const auto limit = text ? whole_number<std::uint64_t>(*text) : std::nullopt;
  // "max", or in version 1 the largest number of whole pages below 2^63: no limit.
  if (!limit || *limit >= 1ULL << 62U || (least.bytes && least.bytes->count <= *limit)) return;
  least.bytes = Bytes{*limit};
  least.source = file + " = " + *text;
}

}  // namespace

OomWatch::OomWatch(const Surroundings& here)
    : group_file_(group_file(here)), machine_file_(here.path("/proc/vmstat")) {}

OomKills OomWatch::read() const {
  return {oom_kill_line(group_file_), oom_kill_line(machine_file_)};
}

OomKills oom_kills(const Surroundings& here) {
  return OomWatch(here).read();
}

MemoryLimit memory_limit(const Surroundings& here) {
  MemoryLimit least;
  for (const std::string& folder : cgroup_folders(here, CgroupVersion::v2, "memory"))
    meet(least, folder + "/memory.max");
  for (const std::string& folder : cgroup_folders(here, CgroupVersion::v1, "memory"))
    meet(least, folder + "/memory.limit_in_bytes");
  return least;
}

}  // namespace drover::machine
