// The model spectrum of a plasma of one temperature.
//
//     Result<Spectrum> spectrum = cie_spectrum(0.5);
//     spectrum->flux[i]   // photons/cm^2/s/keV between spectrum->edges_keV[i] and [i + 1]
//
// A simplified collisional-ionisation-equilibrium model; model_description() says what it leaves out.
// Normalised as XSPEC's APEC: 1e-14/(4 pi D^2) times the integral of n_e n_H dV is 1, without redshift.
// Cost  some milliseconds. The same kT gives the same bits.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "cie-spectrum/refusal.hpp"

namespace cie {

inline constexpr std::size_t kBins = 500;    // of equal ratio
inline constexpr double kFirstEnergy = 0.1;  // keV
inline constexpr double kLastEnergy = 10.0;  // keV

struct Spectrum {
  double kT_keV;
  double electrons_per_hydrogen;  // n_e/n_H
  std::vector<double> edges_keV;  // kBins + 1
  std::vector<double> flux;       // kBins, photons/cm^2/s/keV
};

// Continuum and lines for kT in keV; refused outside temperature_range() (temperature.hpp).
[[nodiscard]] Result<Spectrum> cie_spectrum(double kT_keV);

// Bin edges in keV: 0.1*100^(i/500).
[[nodiscard]] std::vector<double> energy_edges();

// Photons/cm^2/s over all bins.
[[nodiscard]] double photon_flux(const Spectrum& spectrum);

// What the model is and what it leaves out, in lines of at most 72 characters;
// every file it writes carries them.
[[nodiscard]] const std::vector<std::string_view>& model_description();

}  // namespace cie
