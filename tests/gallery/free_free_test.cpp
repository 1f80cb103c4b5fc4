#include "cie-spectrum/free_free.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cie-spectrum/constants.hpp"
#include "cie-spectrum/gaunt.hpp"
#include "gallery/golden.hpp"

namespace {

const std::vector<cie::Ion> kHydrogen = {{1, 0, 1.0, 1.0}};

// Integrals over u = E/kT on the range of the Gaunt table, by the trapezoidal rule in ln u.
template <class Function>
double integrate_over_u(Function function) {
  constexpr int kSteps = 2600;
  const cie::Interval range = cie::gaunt_log10_u();
  const double step = (range.last - range.first) / kSteps;
  double sum = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const double u = std::pow(10.0, range.first + step * i);
    sum += (i == 0 || i == kSteps ? 0.5 : 1.0) * function(u) * u;
  }
  return sum * step * std::log(10.0);
}

// Rybicki & Lightman 1979, eq. 5.15: 1.4e-27 sqrt(T) n_e n_i Z^2 g_B erg/s/cm^3, with more digits.
TEST(FreeFree, RadiatesThePowerOfTheTextbook) {
  const double kT = 2;
  const double gamma2 = cie::kRydberg / 2000;
  const double erg = integrate_over_u([&](double u) {
    return cie::free_free_photons(u * kT, kT, kHydrogen).value() * (u * kT * cie::kErgPerKeV) * kT;
  });
  const double mean_gaunt = integrate_over_u([&](double u) {
    return cie::gaunt_free_free(std::log10(u), std::log10(gamma2)).value() * std::exp(-u);
  });
  EXPECT_REL(erg, 1.425557e-27 * std::sqrt(cie::kelvin(kT)) * mean_gaunt, 1e-6);
}

TEST(FreeFree, GrowsWithTheSquareOfTheChargeAndTheGauntFactor) {
  const std::vector<cie::Ion> helium = {{2, 0, 1.0, 1.0}};
  const double gamma2 = cie::kRydberg / 1000;
  const auto gaunt_of_charge = [&](double charge) {
    return cie::gaunt_free_free(std::log10(0.5), std::log10(charge * charge * gamma2)).value();
  };
  EXPECT_REL(
      cie::free_free_photons(0.5, 1, helium).value() / cie::free_free_photons(0.5, 1, kHydrogen).value(),
      4 * gaunt_of_charge(2) / gaunt_of_charge(1), 1e-13);
}

TEST(FreeFree, AddsUpOverIons) {
  const std::vector<cie::Ion> helium = {{2, 0, 1.0, 0.1}};
  const std::vector<cie::Ion> both = {kHydrogen[0], helium[0]};
  EXPECT_REL(cie::free_free_photons(1, 1, both).value(),
             cie::free_free_photons(1, 1, kHydrogen).value() + cie::free_free_photons(1, 1, helium).value(),
             1e-14);
}

// A bin of the model is so narrow that halving it leaves the mean as it is.
TEST(FreeFree, AveragesABinToRounding) {
  const double first = 9.9083194489276762, middle = 9.954, last = 10;
  const double halves =
      (cie::mean_free_free_photons(first, middle, 0.5, kHydrogen).value() * (middle - first) +
       cie::mean_free_free_photons(middle, last, 0.5, kHydrogen).value() * (last - middle)) /
      (last - first);
  EXPECT_REL(cie::mean_free_free_photons(first, last, 0.5, kHydrogen).value(), halves, 1e-9);
}

TEST(FreeFree, IsRefusedWhereTheGauntTableEnds) {
  EXPECT_FALSE(cie::free_free_photons(1e-4, 1, kHydrogen).has_value());
  EXPECT_FALSE(cie::free_free_photons(200, 1, kHydrogen).has_value());
  EXPECT_FALSE(cie::mean_free_free_photons(0.1, 200, 1, kHydrogen).has_value());
}

}  // namespace
