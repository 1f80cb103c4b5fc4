#include "units/utc_time.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "units/assert.hpp"

namespace drover {

std::string utc_time(double seconds_since_epoch) {
  if (seconds_since_epoch == 0) return {};
  // A quarter of a microsecond, the grain of a double today, must not turn .250 into .249.
  const double milliseconds = std::floor(seconds_since_epoch * 1000 + 0.001);
  const auto whole = static_cast<std::time_t>(std::floor(milliseconds / 1000));
  std::tm parts{};
  DROVER_ASSERT(::gmtime_r(&whole, &parts) != nullptr, seconds_since_epoch);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03.0f}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     milliseconds - static_cast<double>(whole) * 1000);
}

}  // namespace drover
