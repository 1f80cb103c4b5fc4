#include "cie-spectrum/spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "cie-spectrum/free_free.hpp"
#include "cie-spectrum/ion_balance.hpp"
#include "cie-spectrum/lines.hpp"

namespace cie {
namespace {

constexpr double kNormalisation = 1e14;  // cm^-5: emissivity for one n_e n_H to flux

// A line has no width here: all its photons go to the bin that holds its energy.
void add_line(const Line& line, Spectrum& spectrum) {
  const auto& edges = spectrum.edges_keV;
  const auto above = std::ranges::upper_bound(edges, line.energy_keV);
  if (above == edges.begin() || above == edges.end()) return;
  const auto bin = static_cast<std::size_t>(above - edges.begin()) - 1;
  spectrum.flux[bin] += kNormalisation * line.photons / (edges[bin + 1] - edges[bin]);
}

}  // namespace

std::vector<double> energy_edges() {
  std::vector<double> edges(kBins + 1);
  for (std::size_t i = 0; i <= kBins; ++i) {
    edges[i] = kFirstEnergy *
               std::pow(kLastEnergy / kFirstEnergy, static_cast<double>(i) / static_cast<double>(kBins));
  }
  return edges;
}

Result<Spectrum> cie_spectrum(double kT_keV) {
  const std::vector<Ion> ions = ion_balance(kT_keV);
  Spectrum spectrum{kT_keV, electrons_per_hydrogen(ions), energy_edges(), std::vector<double>(kBins)};
  for (std::size_t i = 0; i < kBins; ++i) {
    const Result<double> continuum =
        mean_free_free_photons(spectrum.edges_keV[i], spectrum.edges_keV[i + 1], kT_keV, ions);
    if (!continuum) return std::unexpected(continuum.error());
    spectrum.flux[i] = kNormalisation * *continuum;
  }
  for (const Line& line : emission_lines(kT_keV, ions)) add_line(line, spectrum);
  return spectrum;
}

double photon_flux(const Spectrum& spectrum) {
  double sum = 0;
  for (std::size_t i = 0; i < spectrum.flux.size(); ++i) {
    sum += spectrum.flux[i] * (spectrum.edges_keV[i + 1] - spectrum.edges_keV[i]);
  }
  return sum;
}

const std::vector<std::string_view>& model_description() {
  static const std::vector<std::string_view> lines = {
      "A simplified collisional-ionisation-equilibrium model. It is not SPEX:",
      "no iron, no free-bound or two-photon continuum, no satellite,",
      "intercombination or forbidden lines, no dielectronic recombination,",
      "ions below He-like left out. Below about 1 keV a real plasma is",
      "dominated by what is missing here.",
  };
  return lines;
}

}  // namespace cie
