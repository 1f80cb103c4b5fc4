// A task's report with nothing left to chance, for the tests of what is written from one.
#pragma once

#include "farm/task_report.hpp"

namespace drover::farm::test {

// Task 7 of one input, "a.fits": 1.5 s from 2026-03-01 12:00:00.25 UTC, exit status 3 on attempt 2.
struct PretendReport {
  PretendReport() {
    input.number = 7;
    input.add("a.fits");
    report.input = &input;
    report.command = "sim a.fits";
    report.attempt = 2;
    report.slot = 3;
    report.seed = 12345;
    report.verdict = schedule::Verdict::failed;
    report.status = process::ExitStatus::exited(3);
    report.cause = "exit status 3";
    report.started_at = 1772366400.25;  // date -u -d '2026-03-01 12:00:00' +%s
    report.seconds = 1.5;
    report.cpu_user = 1.25;
    report.cpu_system = 0.125;
    report.peak_memory = 1ULL << 30U;
    report.stdout_bytes = 6;
    report.stderr_bytes = 20;
    report.directory = "/data";
  }
  PretendReport(const PretendReport&) = delete;
  PretendReport& operator=(const PretendReport&) = delete;

  TaskInput input;
  TaskReport report;
};

}  // namespace drover::farm::test
