#include "cie-spectrum/gaunt.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "gallery/golden.hpp"

namespace {

double gaunt(double log10_u, double log10_gamma2) {
  return cie::gaunt_free_free(log10_u, log10_gamma2).value();
}

// Integral of g exp(-u) du over the table's range, by the trapezoidal rule in ln u.
double mean_over_thermal_spectrum(double log10_gamma2) {
  constexpr int kSteps = 2600;
  const cie::Interval range = cie::gaunt_log10_u();
  const double step = (range.last - range.first) / kSteps;
  double sum = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const double log10_u = range.first + step * i;
    const double u = std::pow(10.0, log10_u);
    sum += (i == 0 || i == kSteps ? 0.5 : 1.0) * gaunt(log10_u, log10_gamma2) * std::exp(-u) * u;
  }
  return sum * step * std::log(10.0);
}

TEST(Gaunt, GivesEveryPointOfTheTable) {
  const auto table = golden::table("gaunt_ff.csv");
  ASSERT_EQ(table.size(), 702U);
  for (const auto& row : table) {
    EXPECT_REL(gaunt(row.at("log10_u"), row.at("log10_gamma2")), row.at("gff"), 1e-12);
  }
}

TEST(Gaunt, IsWithinTwoTenThousandthsOfTheExactFormulaBetweenThePoints) {
  for (const auto& row : golden::table("gaunt_offgrid.csv")) {
    EXPECT_REL(gaunt(row.at("log10_u"), row.at("log10_gamma2")), row.at("gff"), 2e-4);
  }
}

// The exact formula at round points, to the digits given (the published table of van Hoof et al. 2014 agrees
// to 1.6e-5).
TEST(Gaunt, HasTheKnownValuesAtRoundPoints) {
  EXPECT_NEAR(gaunt(0, 0), 1.293739, 2e-6);
  EXPECT_NEAR(gaunt(-1, -2), 1.888164, 2e-6);
  EXPECT_NEAR(gaunt(0, -3), 0.881584, 2e-6);
  EXPECT_NEAR(gaunt(1, 1), 1.128469, 2e-6);
}

// The frequency-averaged factor lies between 1.1 and 1.5 (Rybicki & Lightman 1979, section 5.2).
TEST(Gaunt, HasTheKnownMeanOverAThermalSpectrum) {
  EXPECT_NEAR(mean_over_thermal_spectrum(-3), 1.14, 0.01);
  EXPECT_NEAR(mean_over_thermal_spectrum(0), 1.43, 0.01);
}

TEST(Gaunt, HasNoValueOutsideTheTable) {
  EXPECT_TRUE(cie::gaunt_free_free(-3.0, -3.4).has_value());
  EXPECT_TRUE(cie::gaunt_free_free(2.2, 1.6).has_value());
  EXPECT_FALSE(cie::gaunt_free_free(-3.001, 0).has_value());
  EXPECT_FALSE(cie::gaunt_free_free(2.201, 0).has_value());
  EXPECT_FALSE(cie::gaunt_free_free(0, -3.401).has_value());
  EXPECT_FALSE(cie::gaunt_free_free(0, 1.601).has_value());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(cie::gaunt_free_free(nan, 0).has_value());
  EXPECT_FALSE(cie::gaunt_free_free(0, nan).has_value());
}

TEST(Gaunt, NamesThePointThatItRefuses) {
  const auto refused = cie::gaunt_free_free(3, 0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("log10 u = 3"), std::string::npos) << refused.error().message;
}

}  // namespace
