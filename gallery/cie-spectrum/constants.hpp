// Physical constants, in cgs units but for the energies that X-ray astronomers write in eV and keV.
//
// Source  the SI's defining constants (exact since 2019); Rydberg energy of CODATA 2018.
#pragma once

namespace cie {

inline constexpr double kBoltzmann = 1.380649e-16;      // erg/K
inline constexpr double kPlanck = 6.62607015e-27;       // erg s
inline constexpr double kErgPerKeV = 1.602176634e-9;    // erg/keV
inline constexpr double kRydberg = 13.605693122994;     // eV
inline constexpr double kElectronVoltsPerKeV = 1000.0;  // eV/keV

// Temperature in kelvin of a plasma of the given kT in keV.
[[nodiscard]] constexpr double kelvin(double kT_keV) {
  return kT_keV * kErgPerKeV / kBoltzmann;
}

}  // namespace cie
