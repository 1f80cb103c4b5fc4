// One line that says how a run goes.
//
//     bar_line(snapshot, rate, 73, Encoding::utf8)
//       → 123/1 000  █░░░░░░░░░  12 %  8 running  2.0/s  7 min 8 s left  8/16 cores
//     plain_line(snapshot, rate)
//       → 123 of 1 000 done (12 %), 8 running, 2.0/s, 7 min 8 s left, 8 of 16 cores
//
// Failures appear once there are any, and so does the reason why nothing more is started: "waiting: memory".
// Where the line is too narrow the least important parts are left out whole; counts come first, then
// failures, the time left, the percentage, the reason, the bar.
//
// Ranges   width in columns; the line is never longer, whatever the numbers. No control characters.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <string>

#include "progress/rate.hpp"
#include "progress/snapshot.hpp"
#include "progress/utf8.hpp"

namespace drover::progress {

[[nodiscard]] std::string bar_line(const Snapshot& snapshot, const Rate& rate, std::size_t width,
                                   Encoding encoding);

// The same content without a bar and of any length, in ASCII: for a log.
[[nodiscard]] std::string plain_line(const Snapshot& snapshot, const Rate& rate);

// "waiting: memory"; empty when nothing waits, or for a free slot only (that is the usual state of a run).
[[nodiscard]] std::string waiting_text(schedule::Waiting waiting);

}  // namespace drover::progress
