// Free-free continuum (bremsstrahlung) of a thermal plasma.
//
//     Result<double> photons = free_free_photons(1.2, 0.5, ion_balance(0.5));
//
// Source  Rybicki & Lightman 1979, eq. 5.14, with the Gaunt factor of gaunt.hpp for every ion.
#pragma once

#include <vector>

#include "cie-spectrum/ion_balance.hpp"
#include "cie-spectrum/refusal.hpp"

namespace cie {

// Photons of `energy_keV` made each second in a cubic centimetre, for each keV of energy and for one electron
// and one hydrogen atom a cubic centimetre: photons cm^3/s/keV. Refused where the Gaunt table ends.
[[nodiscard]] Result<double> free_free_photons(double energy_keV, double kT_keV,
                                               const std::vector<Ion>& ions);

// The mean of the same over first_keV…last_keV, by Gauss-Legendre quadrature with four points. For
// bins that are narrow beside kT and beside their own energy: over the model's bins (ratio 1.009)
// its error is that of rounding.
[[nodiscard]] Result<double> mean_free_free_photons(double first_keV, double last_keV, double kT_keV,
                                                    const std::vector<Ion>& ions);

}  // namespace cie
