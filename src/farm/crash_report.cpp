#include "farm/crash_report.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "farm/number_after.hpp"
#include "machine/unique_fd.hpp"
#include "progress/printable.hpp"
#include "units/quantity.hpp"
#include "units/system_error.hpp"
#include "units/utc_time.hpp"

namespace drover::farm {

namespace {

// The first line of every report; choose_crash_path knows a report by it.
constexpr std::string_view first_line = "drover crash report\n";

std::string duration(double seconds) {
  return describe(std::chrono::nanoseconds(std::llround(std::max(0.0, seconds) * 1e9)));
}

// As it is, or as $'…' (bash, zsh, ksh; POSIX.1-2024) if it could not be read back otherwise.
std::string shown_input(std::string_view value) {
  const bool blank_at_an_end = value.empty() || value.front() == ' ' || value.back() == ' ';
  if (!blank_at_an_end && !value.starts_with("$'") && progress::printable(value) == value)
    return std::string(value);
  std::string text = "$'";
  for (const char c : value) {
    if (c == '\'' || c == '\\')
      (text += '\\') += c;
    else if (c == '\n')
      text += "\\n";
    else if (c == '\t')
      text += "\\t";
    else if (c >= ' ' && c <= '~')
      text += c;
    // Octal: three digits at the most, so a digit that follows is not taken for a part of it.
    else
      fmt::format_to(std::back_inserter(text), "\\{:03o}", static_cast<std::uint8_t>(c));
  }
  return text + "'";
}

void add(std::string& head, std::string_view key, std::string_view value) {
  fmt::format_to(std::back_inserter(head), "{:<12} {}\n", fmt::format("{}:", key), value);
}

void add_inputs(std::string& head, const TaskInput& input, std::span<const std::string> names) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    const bool named = i < names.size() && !names[i].empty();
    const std::string key = named               ? "input " + progress::printable(names[i])
                            : input.size() == 1 ? "input"
                                                : fmt::format("input {}", i + 1);
    add(head, key, shown_input(input.value(i)));
  }
}

// Does the file begin as a report does?
bool is_crash_report(const std::string& path) {
  const machine::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  std::array<char, first_line.size()> start{};
  const ssize_t got = ::read(file.get(), start.data(), start.size());
  return got == static_cast<ssize_t>(start.size()) &&
         std::string_view(start.data(), start.size()) == first_line;
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_free(const std::string& path, schedule::TaskNumber task, const CrashNames& names, bool resumed) {
  if (const auto owner = names.find(path); owner != names.end()) return owner->second == task;
  if (const auto owner = task_of_crash_report(path); resumed && owner) return *owner == task;
  return !exists(path) || is_crash_report(path);
}

// out/a_crash.txt → out/a_crash.7.txt; a name without an extension gets it at its end.
std::string with_number(const std::filesystem::path& path, const std::string& number) {
  std::filesystem::path numbered = path.parent_path() / path.stem();
  numbered += "." + number;
  numbered += path.extension();
  return numbered.string();
}

}  // namespace

std::string crash_report_head(const TaskReport& report, const std::string& host,
                              std::span<const std::string> names) {
  std::string head(first_line);
  head += '\n';
  add(head, "task", fmt::format("{}, attempt {}", report.input->number, report.attempt));
  add(head, "command", progress::printable(report.command));
  add_inputs(head, *report.input, names);
  add(head, "ended", progress::printable(report.cause));
  if (report.started) {
    add(head, "started at", utc_time(report.started_at));
    add(head, "ended at", utc_time(report.started_at + report.seconds));
    add(head, "run time", fmt::format("{} ({:.3f} s)", duration(report.seconds), report.seconds));
    add(head, "CPU time", fmt::format("{:.3f} s user, {:.3f} s system", report.cpu_user, report.cpu_system));
    add(head, "peak memory",
        report.peak_memory == 0
            ? "not known"
            : fmt::format("{} ({} bytes)", describe(Bytes{report.peak_memory}), report.peak_memory));
  }
  add(head, "host", progress::printable(host));
  add(head, "slot", fmt::format("{}", report.slot + 1));
  add(head, "seed", fmt::format("{}", report.seed));
  add(head, "directory", progress::printable(report.directory));
  fmt::format_to(std::back_inserter(head), "\nstandard error ({} bytes):\n", report.stderr_bytes);
  return head;
}

std::optional<schedule::TaskNumber> task_of_crash_report(const std::string& path) {
  return number_after(fmt::format("{}\ntask:        ", first_line), path);
}

Result<std::string> choose_crash_path(std::string_view wanted, schedule::TaskNumber task, CrashNames& names,
                                      bool resumed) {
  const std::filesystem::path path = std::filesystem::path(wanted).lexically_normal();
  if (path.filename().empty() || path.filename() == "." || path.filename() == "..")
    return failure(Errc::usage, fmt::format("--crash-report: '{}' is no file name", wanted),
                   "end the template in a name, as in out/{/.}_crash.txt");
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  // Without a folder in its name create_directories("") fails on nothing at all.
  if (error && !path.parent_path().empty())
    return system_failure(fmt::format("cannot make the folder {}", path.parent_path().string()),
                          error.value());
  std::string chosen = path.string();
  for (int again = 1; !is_free(chosen, task, names, resumed); ++again)
    chosen = with_number(path, again == 1 ? fmt::format("{}", task) : fmt::format("{}-{}", task, again));
  names[chosen] = task;
  return chosen;
}

Result<void> write_crash_report(const std::string& path, std::string_view head,
                                const machine::NextPiece& standard_error) {
  return machine::replace_file(path, [&]() -> Result<std::string_view> {
    if (!head.empty()) return std::exchange(head, {});
    return standard_error();
  });
}

Result<void> write_crash_report(const std::string& path, std::string_view head,
                                std::string_view standard_error) {
  return write_crash_report(path, head,
                            [&]() -> Result<std::string_view> { return std::exchange(standard_error, {}); });
}

}  // namespace drover::farm
