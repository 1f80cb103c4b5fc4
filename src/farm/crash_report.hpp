// A text file for each failed task: what ran, how it ended, and its whole standard error.
//
//     auto path = choose_crash_path(wanted, number, names);
//     write_crash_report(*path, crash_report_head(report, host), next_piece_of_stderr);
//
// The head is "key: value" lines of printable text: control characters and malformed UTF-8 of a command show
// as \n, \t, \xff, an input with any such byte as $'…', which a shell turns back into the input. Then comes a
// blank line, the line "standard error (123 bytes):" and every byte of it as the task wrote it.
//
// Errors   denied, exhausted, not_found, io; the message names the file.
// Threads  plain functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "farm/task_report.hpp"
#include "machine/replace_file.hpp"
#include "units/result.hpp"

namespace drover::farm {

// `names` of the inputs, where they have any.
[[nodiscard]] std::string crash_report_head(const TaskReport& report, const std::string& host,
                                            std::span<const std::string> names = {});

// The report files of this run and whose they are.
using CrashNames = std::unordered_map<std::string, schedule::TaskNumber>;

// `wanted`, or with the task's number before its extension (out/a_crash.7.txt) if the name is taken,
// and so on (out/a_crash.7-2.txt). Taken is what another task of this run wrote, and any existing file
// that is no crash report: a template that gives the name of an input does not cost the input. A
// report of an earlier run is overwritten, and so is this task's own from an earlier attempt; in a run that is `resumed`
// the reports of its other tasks are taken too. Makes the folders and notes the name.
[[nodiscard]] Result<std::string> choose_crash_path(std::string_view wanted, schedule::TaskNumber task,
                                                    CrashNames& names, bool resumed = false);

// The task that a crash report is of; nothing if it is none, or is not there.
[[nodiscard]] std::optional<schedule::TaskNumber> task_of_crash_report(const std::string& path);

// The whole file at once or nothing (replace_file.hpp).
[[nodiscard]] Result<void> write_crash_report(const std::string& path, std::string_view head,
                                              const machine::NextPiece& standard_error);
[[nodiscard]] Result<void> write_crash_report(const std::string& path, std::string_view head,
                                              std::string_view standard_error);

}  // namespace drover::farm
