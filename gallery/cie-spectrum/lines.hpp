// Emission lines: Ly-alpha and Ly-beta of the H-like ions, the resonance line of the He-like ones.
//
//     for (const Line& line : emission_lines(0.5, ion_balance(0.5))) add(line.energy_keV, line.photons);
//
// Every line is excited by electrons from the ground state and nothing else: no satellite, intercombination
// or forbidden lines, no cascades. Energies, oscillator strengths and branching ratios (data/model_lines.csv)
// are this model's constants, rounded from standard values; they are no reference data.
#pragma once

#include <vector>

#include "cie-spectrum/ion_balance.hpp"

namespace cie {

struct Line {
  int element, electrons;  // of the ion that shines: Z, 1 H-like or 2 He-like
  double energy_keV;
  double photons;  // for one electron and one hydrogen atom a cubic centimetre: photons cm^3/s
};

// All lines of the model, in the order of the table.
[[nodiscard]] std::vector<Line> emission_lines(double kT_keV, const std::vector<Ion>& ions);

// Rate coefficient of excitation by electrons, cm^3/s; energy in eV. Effective-Gaunt form of van Regemorter
// 1962 (ApJ 136, 906) and Mewe 1972 (A&A 20, 215), as for the strong dipole transitions of H-like ions.
[[nodiscard]] double excitation_rate(double energy_eV, double oscillator_strength, double kT_keV);

}  // namespace cie
