// A moment as ISO 8601 in UTC: "2026-03-01T12:00:00.250Z". No time zone of a machine ever enters a report.
#pragma once

#include <string>

namespace drover {

// Seconds since the epoch, years 1…9999; milliseconds are cut, not rounded. Without a moment (0): empty.
[[nodiscard]] std::string utc_time(double seconds_since_epoch);

}  // namespace drover
