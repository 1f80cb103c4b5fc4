// Gives the outputs of tasks that run at the same time to our standard output and standard error: each whole when
// its task ends, or line by line; in the order of ending, or (--keep-order) in the order of the inputs.
//
//     collator.arrived(task, 0, bytes);     as bytes come
//     collator.finished(task);              the last attempt has ended: its output is due
//     collator.discard(task);               the attempt will be repeated: its output is not shown
//
// Threads  not synchronised.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "farm/options.hpp"
#include "farm/outlet.hpp"
#include "farm/running_task.hpp"
#include "schedule/order.hpp"

namespace drover::farm {

class Collator {
 public:
  // `announce` is called before anything is put out (a progress bar leaves the screen).
  Collator(const RunOptions& options, CaptureBudget& budget, std::function<void()> announce);

  // The tag of a task that starts (may be empty).
  void started(const RunningTask& task, std::string tag);
  [[nodiscard]] Result<void> arrived(RunningTask& task, std::size_t number, std::string_view bytes);
  [[nodiscard]] Result<void> finished(RunningTask& task);
  void discard(RunningTask& task);
  // A task that will give no output: its turn is over. By its place in the input, as all of --keep-order.
  [[nodiscard]] Result<void> skipped(schedule::TaskNumber place);
  // No other task will end; what was held back goes out.
  [[nodiscard]] Result<void> no_more();

  [[nodiscard]] Result<void> pump();
  [[nodiscard]] Outlet& outlet(std::size_t stream) { return outlets_[one_outlet_ ? 0 : stream]; }
  // After writing to a terminal: does what is on the screen end within a line? Told once.
  [[nodiscard]] std::optional<bool> take_line_state();
  [[nodiscard]] bool idle() const { return outlets_[0].idle() && outlets_[1].idle(); }
  // So much waits for its reader that nothing more should be started.
  [[nodiscard]] bool congested() const;

 private:
  struct Held {
    Capture output, errors;
    std::string tag;
  };
  [[nodiscard]] Result<void> give_out(Held held);
  void give_lines(TaskStream& stream, std::size_t number, const std::string& tag, bool last);
  [[nodiscard]] Result<void> release_in_order();
  [[nodiscard]] bool has_its_turn(const RunningTask& task) const;

  bool line_buffer_;
  bool keep_order_;
  bool keep_for_report_;
  CaptureBudget* budget_;
  std::function<void()> announce_;
  std::array<Outlet, 2> outlets_;
  bool one_outlet_;  // standard output and standard error are one file
  std::unordered_map<schedule::TaskNumber, std::string> tags_;  // of running tasks, if there are tags
  schedule::Order order_;
  std::unordered_map<schedule::TaskNumber, Held> held_;  // ended before an older task
};

}  // namespace drover::farm
