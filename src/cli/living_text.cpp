#include <fmt/format.h>

#include <algorithm>

#include "cli/status_text.hpp"
#include "cli/status_words.hpp"
#include "farm/quote.hpp"
#include "progress/printable.hpp"
#include "units/quantity.hpp"

namespace drover::cli {
namespace {

using record::Status;

constexpr std::size_t longest_shown = 20;
constexpr double stale_seconds = 10;

std::string rate_text(double per_second) {
  constexpr double minute = 60;
  if (per_second >= 1) return fmt::format("{:.1f} tasks a second", per_second);
  if (per_second * minute >= 1) return fmt::format("{:.1f} tasks a minute", per_second * minute);
  return fmt::format("{:.1f} tasks an hour", per_second * minute * minute);
}

// Those that are neither over nor running. Where the number of all is known it counts, so that the sum is right.
std::uint64_t waiting(const Status& status) {
  if (!status.total) return status.waiting;
  const std::uint64_t others =
      status.done_before + status.failed_before + status.done + status.failed + status.running_in_all;
  return *status.total > others ? *status.total - others : 0;
}

std::string counts_line(const Status& status) {
  const std::uint64_t done = status.done_before + status.done;
  const std::uint64_t failed = status.failed_before + status.failed;
  std::string text = status.total ? fmt::format("{} of {} done", grouped(done), tasks(*status.total))
                                  : fmt::format("{} done", tasks(done));
  text += fmt::format(", {} failed, {} running, {} waiting", grouped(failed), grouped(status.running_in_all),
                      grouped(waiting(status)));
  return text + (status.total ? "\n" : "; the input has not been read to its end\n");
}

std::string before_line(const Status& status) {
  if (status.done_before + status.failed_before == 0) return {};
  std::string text = fmt::format("from earlier runs: {} done", grouped(status.done_before));
  if (status.failed_before > 0)
    text += fmt::format(", {} failed and not repeated", grouped(status.failed_before));
  return text + "\n";
}

std::string pace_line(const Status& status) {
  const auto ended = static_cast<double>(status.done + status.failed);
  if (ended == 0 || status.elapsed <= 0) return {};
  const double per_second = ended / status.elapsed;
  std::string text = rate_text(per_second);
  const auto left = static_cast<double>(waiting(status) + status.running_in_all);
  if (status.total && left > 0)
    text += fmt::format(", about {} left", duration(std::max(1.0, left / per_second)));
  return text + "\n";
}

std::string running_table(const Status& status, progress::Encoding encoding) {
  constexpr auto cells = "  {:<7}  {:>7}  {:>4}  {:<7}  {:<20}  {:<12}  {}\n";
  std::string text = "\nrunning, the longest first:\n";
  text += fmt::format(cells, "task", "attempt", "slot", "process", "since (UTC)", "for", "command");
  const std::size_t shown = std::min(longest_shown, status.running.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Status::Running& task = status.running[i];
    text += fmt::format(cells, task.task, task.attempt, task.slot, task.process, moment(task.since),
                        duration(status.written - task.since), progress::printable(task.command, encoding));
  }
  const std::uint64_t all = std::max<std::uint64_t>(status.running_in_all, status.running.size());
  if (all > shown) text += fmt::format("  and {} more\n", grouped(all - shown));
  return text;
}

}  // namespace

std::string cancel_command(const std::string& job) {
  const std::size_t blank = job.rfind(' ');
  if (blank == std::string::npos) return {};
  const std::string system = job.substr(0, blank);
  std::string command;
  if (system == "Slurm") command = "scancel ";
  if (system == "PBS" || system == "SGE") command = "qdel ";
  if (system == "LSF") command = "bkill ";
  if (!command.empty()) farm::append_quoted(job.substr(blank + 1), command);
  return command;
}

std::string living_text(const Status& status, const record::Holder& holder, const Here& here) {
  std::string text =
      fmt::format("{}: running for {}, since {}\n", progress::printable(here.record, here.encoding),
                  duration(status.elapsed), moment(status.started));
  if (const double age = here.now - status.written; age > stale_seconds)
    text += fmt::format("written {} ago: its host may be busy or gone\n", duration(age));
  text += counts_line(status);
  text += before_line(status);
  text += pace_line(status);
  if (!status.waiting_for.empty()) text += progress::printable(status.waiting_for, here.encoding) + "\n";
  if (!status.running.empty()) text += running_table(status, here.encoding);
  text += '\n';
  add_place(text, {holder.host, holder.process, status.job, status.folder, status.line}, here.encoding);
  const std::string of_job = cancel_command(status.job);
  add_fact(text, "cancel",
           of_job.empty() ? fmt::format("kill {}", holder.process) : pasteable(of_job, here.encoding));
  if (status.failed + status.failed_before > 0)
    add_fact(text, "failures", "drover log --failed " + pasteable_word(here.record, here.encoding));
  return text;
}

std::string begun_text(const record::Holder& holder, const Here& here) {
  return fmt::format("{}: process {} on {} holds it and has told nothing yet; it does so every two seconds\n",
                     progress::printable(here.record, here.encoding), holder.process,
                     progress::printable(holder.host, here.encoding));
}

}  // namespace drover::cli
