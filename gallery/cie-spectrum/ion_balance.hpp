// How many ions of each charge a plasma in collisional ionisation equilibrium holds.
//
//     for (const Ion& ion : ion_balance(0.5)) total += ion.per_hydrogen() * ion.charge();
//
// Hydrogen and helium are bare. The heavier elements (C N O Ne Mg Si S) have three stages: He-like,
// H-like and bare; ions with more electrons are left out, so this is no good where they dominate
// (well below 0.1 keV).
// Abundances  Asplund et al. 2009, ARA&A 47, 481 (data/model_abundances.csv).
#pragma once

#include <vector>

namespace cie {

struct Ion {
  int element;       // Z
  int electrons;     // that the ion still has: 0 bare, 1 H-like, 2 He-like
  double fraction;   // of the element's atoms that are this ion
  double abundance;  // n_Z/n_H, atoms of the element for each hydrogen atom

  [[nodiscard]] int charge() const { return element - electrons; }
  [[nodiscard]] double per_hydrogen() const { return abundance * fraction; }
};

// Every ion of the model, ordered by element and then from most electrons to none. `kT_keV` > 0.
[[nodiscard]] std::vector<Ion> ion_balance(double kT_keV);

// n_e/n_H of a neutral plasma of these ions.
[[nodiscard]] double electrons_per_hydrogen(const std::vector<Ion>& ions);

// Rate coefficients of one pair of neighbouring stages, by Z and the electrons of the stage that has more.
struct IonCoefficients {
  int element, electrons;
  double dE, P, A, X, K;  // Voronov 1997: threshold in eV, P, A in cm^3/s, X, K
  double a, b, T0, T1;    // Verner & Ferland 1996: a in cm^3/s, b, T0 and T1 in K
};

// Collisional ionisation out of the stage, cm^3/s (Voronov 1997, ADNDT 65, 1).
[[nodiscard]] double ionisation_rate(const IonCoefficients& ion, double kT_keV);

// Radiative recombination into the stage, cm^3/s (Verner & Ferland 1996, ApJS 103, 467). No dielectronic one.
[[nodiscard]] double recombination_rate(const IonCoefficients& ion, double kT_keV);

}  // namespace cie
