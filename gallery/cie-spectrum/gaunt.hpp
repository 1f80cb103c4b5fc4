// The free-free Gaunt factor, averaged over a Maxwellian; non-relativistic and exact.
//
//     Result<double> g = gaunt_free_free(std::log10(photon_energy / kT), std::log10(q * q * Rydberg / kT));
//
// Table   data/gaunt_ff.csv, log10 u -3…2.2 and log10 gamma^2 -3.4…1.6 in steps of 0.2, from
//         the hypergeometric formula (Menzel & Pekeris 1935; Karzas & Latter 1961; as in van
//         Hoof et al. 2014, MNRAS 444, 420).
// Error   below 2e-4 between the points of the table (4-point Lagrange in each direction), none on them.
// Outside the table there is no value: the asymptotic forms are not good to the same accuracy.
#pragma once

#include "cie-spectrum/refusal.hpp"

namespace cie {

struct Interval {
  double first, last;
  // Both ends belong to it, with room for the rounding of a logarithm. NaN is in no interval.
  [[nodiscard]] bool holds(double x) const { return x >= first - 1e-9 && x <= last + 1e-9; }
};

// What the table covers: u = E/kT of the photon, gamma^2 = q^2 Ry/kT of an ion of charge q. Dimensionless.
[[nodiscard]] Interval gaunt_log10_u();
[[nodiscard]] Interval gaunt_log10_gamma2();

// The Gaunt factor, dimensionless, or a refusal that names the point outside the table.
[[nodiscard]] Result<double> gaunt_free_free(double log10_u, double log10_gamma2);

}  // namespace cie
