#include <fmt/format.h>

#include <iterator>

#include "cli/log_lines.hpp"
#include "process/exit_status.hpp"
#include "progress/printable.hpp"
#include "units/quantity.hpp"
#include "units/utc_time.hpp"

namespace drover::cli {
namespace {

using record::TaskState;

constexpr auto cells = "{:<7}  {:<10}  {:<7}  {:>8}  {:<20}  {:>8}  {:>8}  {:>6}  {}";

std::string_view state_word(TaskState state, bool living) {
  return state == TaskState::running && !living ? "broken off" : record::word(state);
}

std::string seconds(std::int64_t microseconds) {
  return fmt::format("{:.3f}", static_cast<double>(microseconds) / 1e6);
}

// "2026-03-01T12:00:00Z".
std::string moment(std::int64_t microseconds) {
  if (microseconds == 0) return "-";
  std::string text = utc_time(static_cast<double>(microseconds) / 1e6);
  const std::size_t point = text.find('.');
  return text.replace(point, text.size() - point, "Z");
}

// "300MB": one word, as sort -h takes it.
std::string one_word(Bytes size) {
  std::string text = describe(size);
  std::erase(text, ' ');
  return text;
}

struct Cells {
  std::string exit = "-", start = "-", seconds = "-", cpu = "-", memory = "-";
};

// Nothing of an earlier attempt is said of a task that was started again since.
Cells cells_of(const record::LoggedTask& logged) {
  Cells shown;
  if (logged.attempts == 0 || logged.task.state == TaskState::running) return shown;
  const record::Attempt& last = logged.last;
  shown.start = moment(last.started);
  if (last.signal == 0 && !last.exit_status) return shown;  // it never ran
  shown.exit = last.signal != 0 ? process::signal_name(static_cast<int>(last.signal))
                                : fmt::format("{}", *last.exit_status);
  shown.seconds = seconds(last.ran);
  shown.cpu = seconds(last.cpu_user + last.cpu_system);
  shown.memory = one_word(Bytes{last.peak_memory});
  return shown;
}

}  // namespace

std::string_view log_table_head() {
  static const std::string head = fmt::format(cells, "task", "state", "exit", "attempts", "start (UTC)",
                                              "seconds", "CPU", "memory", "command\n");
  return head;
}

void append_log_line(const record::LoggedTask& logged, bool living, std::string_view command,
                     progress::Encoding encoding, std::string& text) {
  const Cells shown = cells_of(logged);
  fmt::format_to(std::back_inserter(text), cells, logged.task.number, state_word(logged.task.state, living),
                 shown.exit, logged.attempts, shown.start, shown.seconds, shown.cpu, shown.memory,
                 progress::printable(command, encoding));
  const bool of_this_state = logged.attempts > 0 && logged.task.state != TaskState::running;
  if (of_this_state && !logged.last.cause.empty()) {
    text += "  # ";
    text += progress::printable(logged.last.cause, encoding);
  }
  text += '\n';
}

}  // namespace drover::cli
