#include "cie-spectrum/free_free.hpp"

#include <array>
#include <cmath>

#include "cie-spectrum/constants.hpp"
#include "cie-spectrum/gaunt.hpp"

namespace cie {
namespace {

// 2^5 pi e^6/(3 m c^3) sqrt(2 pi/(3 k m)), cgs, CODATA 2018: the 6.8e-38 of the textbooks.
constexpr double kFreeFree = 6.84159307e-38;

struct Node {
  double position, weight;  // on -1…1; the weights sum to 2
};

// Abramowitz & Stegun 1964, table 25.4, n = 4.
constexpr std::array<Node, 4> kGaussLegendre = {{{-0.86113631159405257522, 0.34785484513745385737},
                                                 {-0.33998104358485626480, 0.65214515486254614263},
                                                 {0.33998104358485626480, 0.65214515486254614263},
                                                 {0.86113631159405257522, 0.34785484513745385737}}};

}  // namespace

Result<double> free_free_photons(double energy_keV, double kT_keV, const std::vector<Ion>& ions) {
  const double u = energy_keV / kT_keV;
  const double log10_u = std::log10(u);
  double sum = 0;
  for (const Ion& ion : ions) {
    const double charge_squared = static_cast<double>(ion.charge()) * ion.charge();
    const double gamma2 = charge_squared * kRydberg / (kT_keV * kElectronVoltsPerKeV);
    const Result<double> gaunt = gaunt_free_free(log10_u, std::log10(gamma2));
    if (!gaunt) return gaunt;
    sum += ion.per_hydrogen() * charge_squared * *gaunt;
  }
  // The energy emitted in a frequency interval, divided by h (interval of frequency to interval of energy)
  // and by the photon's energy. One energy is in keV and one in erg: photons a keV.
  return kFreeFree / std::sqrt(kelvin(kT_keV)) * std::exp(-u) / (kPlanck * energy_keV) * sum;
}

Result<double> mean_free_free_photons(double first_keV, double last_keV, double kT_keV,
                                      const std::vector<Ion>& ions) {
  const double middle = (first_keV + last_keV) / 2;
  const double half_width = (last_keV - first_keV) / 2;
  double sum = 0;
  for (const auto& [position, weight] : kGaussLegendre) {
    const Result<double> photons = free_free_photons(middle + half_width * position, kT_keV, ions);
    if (!photons) return photons;
    sum += weight * *photons;
  }
  return sum / 2;
}

}  // namespace cie
