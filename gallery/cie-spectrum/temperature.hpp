// The plasma's temperature as people write it, and as file names and headers show it.
//
//     Result<double> kT = parse_temperature("0.5");   // 0.5 keV
//     shortest_decimal(1)                              // "1.0"
#pragma once

#include <string>
#include <string_view>

#include "cie-spectrum/gaunt.hpp"
#include "cie-spectrum/refusal.hpp"

namespace cie {

// kT in keV for which the Gaunt table holds, for every ion of the model and every energy of its grid.
[[nodiscard]] Interval temperature_range();

// kT in keV from the whole of `text`, a decimal number ("0.5", "1", "2e0");
// refused outside temperature_range().
[[nodiscard]] Result<double> parse_temperature(std::string_view text);

// The shortest text that reads back as the same number, always with a point, as Python prints it: 0.5, 1.0.
// Exact over temperature_range(), where Python needs no exponent either.
[[nodiscard]] std::string shortest_decimal(double kT_keV);

}  // namespace cie
