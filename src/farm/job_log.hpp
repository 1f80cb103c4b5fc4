// The job log of GNU parallel: one line a task, so that what reads theirs reads ours.
//
//     auto log = JobLog::open("run.joblog");     // truncates: one run, one log; makes its folder
//     log->write(report);                        // a task's last attempt
//
// Nine columns between tabs, under a line with their names:
//   Seq         {#}
//   Host        ":", as GNU parallel writes for this machine
//   Starttime   seconds since the epoch, three decimals
//   JobRuntime  seconds, three decimals (cut, not rounded), ten columns wide
//   Send        0: nothing is transferred
//   Receive     bytes of standard output
//   Exitval     exit status; 0 if a signal ended it, -1 if its timeout did, 127 if it could not be started
//   Signal      number of the signal that ended it, else 0
//   Command     as it can be pasted; a newline is written as a NUL byte, tabs
//               are kept (it is the last column)
//
// Each line is one write(2) to a file opened with O_APPEND: a reader never sees half a line.
// Errors   not_found, denied, exhausted (disk full), io; the message names the file. "-" is refused.
// Threads  not synchronised.
// Source   GNU parallel 20221122, open_joblog and print_joblog; compared with its output.
#pragma once

#include <string>

#include "farm/task_report.hpp"
#include "machine/unique_fd.hpp"
#include "units/result.hpp"

namespace drover::farm {

class JobLog {
 public:
  // An existing file is emptied; with `go_on` (a run that is resumed) it is added to, as GNU parallel does.
  [[nodiscard]] static Result<JobLog> open(const std::string& path, bool go_on = false);

  [[nodiscard]] Result<void> write(const TaskReport& report);

 private:
  JobLog(std::string path, machine::UniqueFd file) : path_(std::move(path)), file_(std::move(file)) {}
  [[nodiscard]] Result<void> append(std::string_view text);

  std::string path_;
  machine::UniqueFd file_;
  std::string line_;  // reused
};

// One line with its newline.
void append_job_log_line(const TaskReport& report, std::string& text);

}  // namespace drover::farm
