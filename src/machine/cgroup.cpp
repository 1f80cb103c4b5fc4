#include "machine/cgroup.hpp"

#include <algorithm>

#include "units/number.hpp"

namespace drover::machine {
namespace {

// Takes the text up to `separator` off the front; all of it when there is none.
std::string_view take(std::string_view& text, std::string_view separator) {
  const std::string_view first = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), first.size() + separator.size()));
  return first;
}

bool list_has(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (take(list, ",") == word) return true;
  }
  return false;
}

// mountinfo writes blank, tab, newline and backslash as \040 and the like (proc(5)).
std::string unescaped(std::string_view text) {
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && std::ranges::all_of(text.substr(i + 1, 3), is_octal)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// The path of the own group: "0::/path" in version 2, "4:cpu,cpuacct:/path" in version 1.
std::optional<std::string> own_group(std::string_view proc_cgroup, CgroupVersion version,
                                     std::string_view controller) {
  while (!proc_cgroup.empty()) {
    std::string_view line = take(proc_cgroup, "\n");
    const std::string_view number = take(line, ":");
    const std::string_view controllers = take(line, ":");
    const bool matches = version == CgroupVersion::v2 ? number == "0" && controllers.empty()
                                                      : list_has(controllers, controller);
    if (matches && line.starts_with('/')) return std::string(line);
  }
  return std::nullopt;
}

struct Mount {
  std::string root;   // which group is at the top of what is seen here
  std::string point;  // where it is seen
};

// A line of proc_pid_mountinfo(5): id parent device root point options [optional…] - type source
// super-options
std::optional<Mount> cgroup_mount(std::string_view line, CgroupVersion version, std::string_view controller) {
  std::string_view front = take(line, " - ");
  const std::string_view type = take(line, " ");
  take(line, " ");
  if (version == CgroupVersion::v2 ? type != "cgroup2" : type != "cgroup" || !list_has(line, controller))
    return {};
  for (int field = 0; field < 3; ++field) take(front, " ");
  Mount mount;
  mount.root = unescaped(take(front, " "));
  mount.point = unescaped(take(front, " "));
  return mount;
}

// `group` as seen below a mount whose top is `root`: "/docker/x/y" below "/docker/x" is "/y". Nothing if
// outside, which "/../z" always is: the group lies above the root of our cgroup namespace.
std::optional<std::string> below(std::string_view group, std::string_view root) {
  if (group.starts_with("/..")) return std::nullopt;
  if (root == "/") return std::string(group == "/" ? "" : group);
  if (!group.starts_with(root)) return std::nullopt;
  group.remove_prefix(root.size());
  if (!group.empty() && group.front() != '/') return std::nullopt;
  return std::string(group);
}

}  // namespace

std::vector<std::string> cgroup_folders(const Surroundings& here, CgroupVersion version,
                                        std::string_view controller) {
  const std::optional<std::string> groups = text_of(here.path("/proc/self/cgroup"));
  const std::optional<std::string> mounts = text_of(here.path("/proc/self/mountinfo"));
  if (!groups || !mounts) return {};
  const std::optional<std::string> group = own_group(*groups, version, controller);
  if (!group) return {};
  std::optional<Mount> chosen;
  std::string group_below;
  for (std::string_view rest = *mounts; !rest.empty();) {
    std::optional<Mount> mount = cgroup_mount(take(rest, "\n"), version, controller);
    if (!mount) continue;
    const std::optional<std::string> inside = below(*group, mount->root);
    // A mount that does not hold our group is still used when it is the only one: a container without a
    // namespace of its own for groups often shows the host's path in /proc, and its own group at the top of
    // the mount.
    if (!inside && chosen) continue;
    chosen = std::move(mount);
    group_below = inside.value_or("");
    if (inside) break;
  }
  if (!chosen) return {};
  std::vector<std::string> folders;
  while (!group_below.empty()) {
    folders.push_back(here.path(chosen->point + group_below));
    group_below.erase(group_below.rfind('/'));
  }
  folders.push_back(here.path(chosen->point));
  return folders;
}

namespace {

struct Bandwidth {
  std::optional<std::uint64_t> quota;  // µs; nothing: unlimited
  std::uint64_t period = 0;            // µs
};

// "max 100000" or "200000 100000"; nothing: neither.
std::optional<Bandwidth> parse_cpu_max(std::string_view text) {
  const std::string_view quota_text = take(text, " ");
  const auto quota = whole_number<std::uint64_t>(quota_text);
  const auto period = text.empty() ? 100'000 : whole_number<std::uint64_t>(text);
  if (!period || *period == 0 || (!quota && quota_text != "max")) return std::nullopt;
  return Bandwidth{quota, *period};
}

std::optional<Bandwidth> parse_cfs(std::string_view quota_text, std::string_view period_text) {
  const auto quota = whole_number<std::uint64_t>(quota_text);
  const auto period = whole_number<std::uint64_t>(period_text);
  if (!period || *period == 0 || (!quota && quota_text != "-1")) return std::nullopt;
  return Bandwidth{quota, *period};
}

void meet(CpuQuota& least, const std::optional<Bandwidth>& bandwidth, const std::string& source) {
  if (!bandwidth) {
    least.not_understood.push_back(source);
    return;
  }
  if (!bandwidth->quota) return;
  const std::uint64_t whole = std::clamp<std::uint64_t>(*bandwidth->quota / bandwidth->period, 1, UINT32_MAX);
  const auto cores = static_cast<std::uint32_t>(whole);
  if (least.cores && *least.cores <= cores) return;
  least.cores = cores;
  least.source = source;
}

}  // namespace

CpuQuota cgroup_cpu_quota(const Surroundings& here) {
  CpuQuota least;
  for (const std::string& folder : cgroup_folders(here, CgroupVersion::v2, "cpu")) {
    const std::optional<std::string> text = value_in(folder + "/cpu.max");
    if (text) meet(least, parse_cpu_max(*text), folder + "/cpu.max = " + *text);
  }
  for (const std::string& folder : cgroup_folders(here, CgroupVersion::v1, "cpu")) {
    const std::optional<std::string> quota = value_in(folder + "/cpu.cfs_quota_us");
    const std::optional<std::string> period = value_in(folder + "/cpu.cfs_period_us");
    if (!quota || !period) continue;
    meet(least, parse_cfs(*quota, *period), folder + "/cpu.cfs_quota_us = " + *quota + " of " + *period);
  }
  return least;
}

namespace {

struct MemoryFiles {
  const char* limit;
  const char* usage;
  const char* reclaimable;  // a key of memory.stat: page cache that the kernel drops before it ends anybody
};

std::uint64_t stat_value(std::string_view memory_stat, std::string_view key) {
  while (!memory_stat.empty()) {
    std::string_view line = take(memory_stat, "\n");
    if (take(line, " ") == key) return whole_number<std::uint64_t>(line).value_or(0);
  }
  return 0;
}

void meet(MemoryLeft& least, const std::string& folder, const MemoryFiles& files) {
  const std::string limit_file = folder + "/" + files.limit;
  const std::optional<std::string> text = value_in(limit_file);
  const auto limit = text ? whole_number<std::uint64_t>(*text) : std::nullopt;
  // Version 1 writes "no limit" as the largest number of whole pages below 2^63.
  if (!limit || *limit >= 1ULL << 62U) return;
  const auto used =
      whole_number<std::uint64_t>(value_in(folder + "/" + files.usage).value_or("")).value_or(0);
  const std::uint64_t cache = stat_value(text_of(folder + "/memory.stat").value_or(""), files.reclaimable);
  const std::uint64_t held = used - std::min(used, cache);
  const Bytes left{std::max<std::uint64_t>(*limit - std::min(*limit, held), 4096)};
  if (least.bytes && *least.bytes <= left) return;
  least.bytes = left;
  least.source = limit_file + " = " + *text;
}

}  // namespace

// memory.high counts as a limit too: beyond it the kernel slows every allocation down so much that a task
// more gains nothing.
MemoryLeft cgroup_memory_left(const Surroundings& here) {
  MemoryLeft least;
  for (const std::string& folder : cgroup_folders(here, CgroupVersion::v2, "memory")) {
    meet(least, folder, {"memory.max", "memory.current", "inactive_file"});
    meet(least, folder, {"memory.high", "memory.current", "inactive_file"});
  }
  for (const std::string& folder : cgroup_folders(here, CgroupVersion::v1, "memory")) {
    meet(least, folder, {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"});
  }
  return least;
}

}  // namespace drover::machine
