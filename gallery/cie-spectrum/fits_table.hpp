// A spectrum as a FITS file: an empty primary array and the binary table MODEL.
//
//     Result<std::string> bytes = fits_table(spectrum);
//
// Columns  ENERG_LO, ENERG_HI (1D, keV) and FLUX (1D, photon/cm**2/s/keV), units in the text of OGIP 93-001.
// Header   KT (keV), NENH (n_e/n_H), HISTORY (what the model leaves out). No date: the same kT gives the same
// bytes. Standard FITS 4.0 (IAU FITS Working Group 2018); written by CFITSIO.
#pragma once

#include <string>

#include "cie-spectrum/refusal.hpp"
#include "cie-spectrum/spectrum.hpp"

namespace cie {

// The whole file in memory, some 20 kB; atomic_file.hpp brings it to the disk.
[[nodiscard]] Result<std::string> fits_table(const Spectrum& spectrum);

}  // namespace cie
