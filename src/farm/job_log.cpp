#include "farm/job_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>

#include "units/system_error.hpp"

namespace drover::farm {

namespace {

constexpr std::string_view header =
    "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
constexpr int cannot_run = 127;  // what the shell that GNU parallel starts says then

int exit_value(const TaskReport& report) {
  if (report.timed_out) return -1;
  if (!report.started && report.status.code() == 0) return cannot_run;
  return report.status.code();
}

}  // namespace

void append_job_log_line(const TaskReport& report, std::string& text) {
  const double cut = std::floor(report.seconds * 1000) / 1000;
  fmt::format_to(std::back_inserter(text), "{}\t:\t{:.3f}\t{:10.3f}\t0\t{}\t{}\t{}\t", report.input->number,
                 report.started_at, cut, report.stdout_bytes, exit_value(report), report.status.signal());
  const std::size_t begin = text.size();
  text += report.command;
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), '\n', '\0');
  text += '\n';
}

Result<JobLog> JobLog::open(const std::string& path, bool go_on) {
  if (path == "-") return failure(Errc::usage, "--joblog -: standard output is for the tasks", "name a file");
  std::error_code shown_by_open;
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty()) {
    std::filesystem::create_directories(folder, shown_by_open);
  }
  const int from_start = go_on ? 0 : O_TRUNC;
  machine::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | from_start | O_APPEND | O_CLOEXEC, 0666));
  if (!file) return system_failure(fmt::format("cannot write the job log {}", path));
  JobLog log(path, std::move(file));
  const bool begun = go_on && ::lseek(log.file_.get(), 0, SEEK_END) > 0;
  if (!begun) DROVER_CHECK(log.append(header));
  return log;
}

Result<void> JobLog::write(const TaskReport& report) {
  line_.clear();
  append_job_log_line(report, line_);
  return append(line_);
}

Result<void> JobLog::append(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure(fmt::format("cannot write the job log {}", path_));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace drover::farm
