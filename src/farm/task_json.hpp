// task.json: one attempt of one task for programs, in the folder that --results makes for it.
//
//     { "task": 7, "inputs": ["a.fits"], "names": ["file"], "command": "sim a.fits", "attempt": 1,
//       "verdict": "failed", "exit": 3, "signal": null, "timed_out": false, "cause": "exit status 3",
//       "start": "2026-03-01T12:00:00.250Z", "seconds": 1.5, "cpu_user": 1.2, "cpu_system": 0.1,
//       "peak_memory_bytes": 1048576, "slot": 1, "seed": 12345, "host": "node7", "directory": "/data",
//       "stdout_bytes": 10, "stderr_bytes": 20 }
//
// verdict  "succeeded", "failed" or "not_run". exit is null if a signal ended the task or it
//          never started, signal (a number) is null otherwise. start is UTC, null if it never
//          started; cause is "" on success.
// names    there only where the inputs have names.
// Bytes    JSON is UTF-8, an input need not be. A value that is not UTF-8 stands in its field with U+FFFD
//          for each malformed part, and a second field holds the bytes, in base64 (RFC 4648):
//          "inputs_base64" (all inputs, if any of them needs it), "command_base64", "directory_base64".
//          Those fields are there only then.
// Source   RFC 8259.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "farm/task_report.hpp"

namespace drover::farm {

// The text of the file, with a newline at its end.
[[nodiscard]] std::string task_json(const TaskReport& report, const std::string& host,
                                    std::span<const std::string> names = {});

// The task that a file of this kind is of; nothing if it is none, or is not there.
[[nodiscard]] std::optional<schedule::TaskNumber> task_of_json(const std::string& path);

}  // namespace drover::farm
