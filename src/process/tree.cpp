#include "process/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <string>

#include "machine/unique_fd.hpp"

namespace drover::process {
namespace {

// The whole of a small file of /proc; empty if it is gone or may not be read.
std::string read_small(const std::string& path) {
  const machine::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file) return text;
  std::array<char, 4096> block;
  while (true) {
    const ssize_t n = ::read(file.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(n));
  }
}

template <class Visit>
void for_each_number(std::string_view text, const Visit& visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) visit(number);
    at = next == at ? at + 1 : next;
  }
}

// Children hang on the thread that made them, so every thread of `pid` is asked.
void append_children(pid_t pid, std::vector<pid_t>& children) {
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()), ::closedir);
  if (!folder) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] == '.') continue;
    for_each_number(read_small(fmt::format("{}/{}/children", tasks, entry->d_name)),
                    [&](std::int64_t child) { children.push_back(static_cast<pid_t>(child)); });
  }
}

// The numbers of stat from field 4 on, counted after the name's closing bracket, for a name may hold anything.
std::vector<std::int64_t> stat_numbers(pid_t pid) {
  const std::string stat = read_small(fmt::format("/proc/{}/stat", pid));
  std::vector<std::int64_t> numbers;
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string::npos) return numbers;
  for_each_number(std::string_view(stat).substr(bracket),
                  [&](std::int64_t number) { numbers.push_back(number); });
  return numbers;
}

constexpr std::size_t field(std::size_t number) {
  return number - 4;
}

// Seconds of utime, stime, cutime and cstime: fields 14 to 17.
double cpu_seconds(pid_t pid) {
  const std::vector<std::int64_t> numbers = stat_numbers(pid);
  std::int64_t ticks = 0;
  for (std::size_t i = field(14); i <= field(17) && i < numbers.size(); ++i) ticks += numbers[i];
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// The value of a line "Pss:   1234 kB" in bytes; 0 if there is none.
std::uint64_t bytes_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  const std::size_t digits = text.find_first_of("0123456789", at);
  std::uint64_t kib = 0;
  if (at != std::string_view::npos && digits != std::string_view::npos)
    std::from_chars(text.data() + digits, text.data() + text.size(), kib);
  return kib << 10U;
}

std::uint64_t proportional_set_size(pid_t pid) {
  return bytes_after(read_small(fmt::format("/proc/{}/smaps_rollup", pid)), "\nPss:");
}

std::uint64_t peak_resident_set_size(pid_t pid) {
  return bytes_after(read_small(fmt::format("/proc/{}/status", pid)), "\nVmHWM:");
}

}  // namespace

bool in_background(pid_t pid) {
  const std::vector<std::int64_t> numbers = stat_numbers(pid);
  if (numbers.size() <= field(8)) return false;
  const std::int64_t group = numbers[field(5)];
  const std::int64_t foreground = numbers[field(8)];
  return foreground > 0 && foreground != group;
}

std::vector<pid_t> own_children() {
  std::vector<pid_t> children;
  append_children(::getpid(), children);
  return children;
}

std::vector<pid_t> descendants(pid_t root) {
  std::vector<pid_t> found;
  append_children(root, found);
  for (std::size_t i = 0; i < found.size(); ++i) append_children(found[i], found);
  return found;
}

TreeUse tree_use(pid_t root, bool memory_of_one) {
  std::vector<pid_t> all = descendants(root);
  all.push_back(root);
  TreeUse use;
  for (const pid_t pid : all) {
    use.cpu_seconds += cpu_seconds(pid);
    if (all.size() > 1) use.memory_bytes += proportional_set_size(pid);
  }
  if (memory_of_one && all.size() == 1) use.memory_bytes = peak_resident_set_size(root);
  return use;
}

bool environment_holds(pid_t pid, std::string_view entry) {
  const std::string block = '\0' + read_small(fmt::format("/proc/{}/environ", pid)) + '\0';
  std::string wanted;
  wanted += '\0';
  wanted += entry;
  wanted += '\0';
  return block.find(wanted) != std::string::npos;
}

std::size_t kill_all_descendants(int rounds) {
  std::vector<pid_t> left;
  for (int round = 0; round < rounds; ++round) {
    left = descendants(::getpid());
    if (left.empty()) return 0;
    for (const pid_t pid : left) {
      if (pid > 1) ::kill(pid, SIGKILL);
    }
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    // The dying need a moment to be reaped; orphans of theirs come to us by then.
    if (round > 0) ::poll(nullptr, 0, std::min(round, 20));
  }
  return left.size();
}

void signal_outside_group(pid_t root, pid_t group, int signal) {
  for (const pid_t pid : descendants(root)) {
    if (pid > 1 && ::getpgid(pid) != group) ::kill(pid, signal);
  }
}

void signal_orphans_of(const std::vector<std::string>& entries, int signal,
                       const std::function<bool(pid_t)>& is_mine) {
  for (const pid_t orphan : own_children()) {
    if (is_mine(orphan)) continue;
    const bool ours = std::ranges::all_of(
        entries, [orphan](const std::string& entry) { return environment_holds(orphan, entry); });
    if (!ours) continue;
    for (const pid_t pid : descendants(orphan)) {
      if (pid > 1) ::kill(pid, signal);
    }
    ::kill(orphan, signal);
  }
}

std::size_t signal_all_descendants(int signal) {
  const std::vector<pid_t> all = descendants(::getpid());
  for (const pid_t pid : all) {
    if (pid > 1) ::kill(pid, signal);
  }
  return all.size();
}

void reap_orphans(const std::function<bool(pid_t)>& is_mine) {
  for (const pid_t pid : own_children()) {
    if (!is_mine(pid)) ::waitpid(pid, nullptr, WNOHANG);
  }
}

}  // namespace drover::process
