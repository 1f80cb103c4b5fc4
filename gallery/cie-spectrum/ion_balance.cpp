#include "cie-spectrum/ion_balance.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "cie-spectrum/constants.hpp"

namespace cie {
namespace {

struct Abundance {
  int element;
  double log_eps;  // 12 + log10(n_Z/n_H)
};

constexpr Abundance kAbundances[] = {
#include "model_abundances.inc"
};

constexpr IonCoefficients kCoefficients[] = {
#include "model_ions.inc"
};

constexpr int kHelium = 2;

constexpr const IonCoefficients* find_coefficients(int element, int electrons) {
  for (const IonCoefficients& ion : kCoefficients) {
    if (ion.element == element && ion.electrons == electrons) return &ion;
  }
  return nullptr;
}

constexpr bool has_coefficients_for_every_element() {
  return std::ranges::all_of(kAbundances, [](const Abundance& one) {
    return one.element <= kHelium ||
           (find_coefficients(one.element, 1) != nullptr && find_coefficients(one.element, 2) != nullptr);
  });
}
static_assert(has_coefficients_for_every_element(),
              "data/model_ions.csv lacks an element of model_abundances.csv");

// In equilibrium as many ions leave a stage as come back: n(next)/n(stage) = S/alpha, the density cancels.
double ratio_to_next_stage(int element, int electrons, double kT_keV) {
  const IonCoefficients& ion = *find_coefficients(element, electrons);
  return ionisation_rate(ion, kT_keV) / recombination_rate(ion, kT_keV);
}

}  // namespace

double ionisation_rate(const IonCoefficients& ion, double kT_keV) {
  const double U = ion.dE / (kT_keV * kElectronVoltsPerKeV);
  return ion.A * (1 + ion.P * std::sqrt(U)) / (ion.X + U) * std::pow(U, ion.K) * std::exp(-U);
}

double recombination_rate(const IonCoefficients& ion, double kT_keV) {
  const double T = kelvin(kT_keV);
  const double s = std::sqrt(T / ion.T0);
  return ion.a / (s * std::pow(1 + s, 1 - ion.b) * std::pow(1 + std::sqrt(T / ion.T1), 1 + ion.b));
}

std::vector<Ion> ion_balance(double kT_keV) {
  std::vector<Ion> ions;
  for (const auto& [element, log_eps] : kAbundances) {
    const double abundance = std::pow(10.0, log_eps - 12);
    if (element <= kHelium) {
      ions.push_back({element, 0, 1.0, abundance});
      continue;
    }
    const double hydrogen_like = ratio_to_next_stage(element, 2, kT_keV);
    const double bare = hydrogen_like * ratio_to_next_stage(element, 1, kT_keV);
    const double sum = 1 + hydrogen_like + bare;
    ions.push_back({element, 2, 1 / sum, abundance});
    ions.push_back({element, 1, hydrogen_like / sum, abundance});
    ions.push_back({element, 0, bare / sum, abundance});
  }
  return ions;
}

double electrons_per_hydrogen(const std::vector<Ion>& ions) {
  double sum = 0;
  for (const Ion& ion : ions) sum += ion.per_hydrogen() * ion.charge();
  return sum;
}

}  // namespace cie
