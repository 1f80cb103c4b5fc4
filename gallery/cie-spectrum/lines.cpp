#include "cie-spectrum/lines.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "cie-spectrum/constants.hpp"

namespace cie {
namespace {

struct Transition {
  int element, electrons;
  double energy_eV, oscillator_strength, branching;
};

constexpr Transition kTransitions[] = {
#include "model_lines.inc"
};

// An ion that the model does not hold has no line.
double density_of(int element, int electrons, const std::vector<Ion>& ions) {
  const auto found = std::ranges::find_if(
      ions, [&](const Ion& ion) { return ion.element == element && ion.electrons == electrons; });
  return found == ions.end() ? 0.0 : found->per_hydrogen();
}

}  // namespace

double excitation_rate(double energy_eV, double oscillator_strength, double kT_keV) {
  const double y = energy_eV / (kT_keV * kElectronVoltsPerKeV);
  const double gaunt = 0.15 + 0.28 * (std::log((y + 1) / y) - 0.4 / ((y + 1) * (y + 1)));
  return 8.629e-6 * (8 * std::numbers::pi / std::numbers::sqrt3) * (kRydberg / energy_eV) *
         oscillator_strength * gaunt * std::exp(-y) / std::sqrt(kelvin(kT_keV));
}

std::vector<Line> emission_lines(double kT_keV, const std::vector<Ion>& ions) {
  std::vector<Line> lines;
  for (const auto& [element, electrons, energy_eV, strength, branching] : kTransitions) {
    const double photons =
        density_of(element, electrons, ions) * excitation_rate(energy_eV, strength, kT_keV) * branching;
    lines.push_back({element, electrons, energy_eV / kElectronVoltsPerKeV, photons});
  }
  return lines;
}

}  // namespace cie
