#include "cie-spectrum/temperature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include "cie-spectrum/constants.hpp"
#include "cie-spectrum/spectrum.hpp"

namespace cie {
namespace {

constexpr double kSmallestCharge = 1;  // hydrogen
constexpr double kLargestCharge = 16;  // bare sulphur

double rydbergs_keV(double charge) {
  return charge * charge * kRydberg / kElectronVoltsPerKeV;
}

// Rounded inwards, so that both figures can be asked for.
std::string range_in_words() {
  const Interval range = temperature_range();
  return fmt::format("{} to {} keV", std::ceil(range.first * 1e4) / 1e4, std::floor(range.last * 10) / 10);
}

}  // namespace

Interval temperature_range() {
  const Interval gamma2 = gaunt_log10_gamma2();
  const Interval u = gaunt_log10_u();
  return {std::max(rydbergs_keV(kLargestCharge) / std::pow(10.0, gamma2.last),
                   kLastEnergy / std::pow(10.0, u.last)),
          std::min(rydbergs_keV(kSmallestCharge) / std::pow(10.0, gamma2.first),
                   kFirstEnergy / std::pow(10.0, u.first))};
}

Result<double> parse_temperature(std::string_view text) {
  double kT = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), kT);
  const bool whole = end == text.data() + text.size();
  if (!whole || error == std::errc::invalid_argument || (error == std::errc() && !std::isfinite(kT))) {
    return refuse(Refusal::Kind::usage,
                  fmt::format("kT = '{}' is not a number: write the temperature in keV, "
                              "{}, for example 0.5",
                              text, range_in_words()));
  }
  if (error != std::errc() || kT < temperature_range().first || kT > temperature_range().last) {
    return refuse(Refusal::Kind::usage,
                  fmt::format("kT = {} keV is outside the table of Gaunt factors: choose "
                              "{}",
                              text, range_in_words()));
  }
  return kT;
}

std::string shortest_decimal(double kT_keV) {
  std::string name = fmt::format("{}", kT_keV);
  if (name.find_first_of(".e") == std::string::npos) name += ".0";
  return name;
}

}  // namespace cie
