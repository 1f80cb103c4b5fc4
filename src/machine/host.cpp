#include "machine/host.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "machine/surroundings.hpp"
#include "units/number.hpp"

namespace drover::machine {
namespace {

struct Stat {
  char state = '?';
  std::uint64_t start_time = 0;
};

// The fields are counted from the closing bracket of the name, field 2: the name may hold anything.
std::optional<Stat> stat_of(pid_t pid) {
  const std::optional<std::string> text = pid > 0 ? text_of(fmt::format("/proc/{}/stat", pid)) : std::nullopt;
  const std::size_t bracket = text ? text->rfind(')') : std::string::npos;
  if (bracket == std::string::npos || bracket + 2 >= text->size()) return std::nullopt;
  std::string_view rest = std::string_view(*text).substr(bracket + 2);
  Stat stat;
  stat.state = rest.front();
  for (int field = 3; field < 22; ++field) rest.remove_prefix(std::min(rest.size(), rest.find(' ') + 1));
  const auto start_time = whole_number<std::uint64_t>(rest.substr(0, rest.find(' ')));
  if (!start_time) return std::nullopt;
  stat.start_time = *start_time;
  return stat;
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};  // HOST_NAME_MAX is 64
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

std::string boot_id() {
  return value_in("/proc/sys/kernel/random/boot_id").value_or("");
}

std::optional<std::uint64_t> start_time_of(pid_t pid) {
  const std::optional<Stat> stat = stat_of(pid);
  if (!stat) return std::nullopt;
  return stat->start_time;
}

ProcessIdentity this_process() {
  const pid_t pid = ::getpid();
  return {host_name(), boot_id(), pid, start_time_of(pid).value_or(0)};
}

bool is_on_this_host(const ProcessIdentity& process) {
  return process.host == host_name();
}

bool still_runs(const ProcessIdentity& process) {
  if (!is_on_this_host(process)) return true;
  const std::string boot = boot_id();
  if (!process.boot.empty() && !boot.empty() && process.boot != boot) return false;
  const std::optional<Stat> stat = stat_of(process.pid);
  if (!stat || stat->state == 'Z' || stat->state == 'X') return false;
  return process.start_time == 0 || process.start_time == stat->start_time;
}

}  // namespace drover::machine
