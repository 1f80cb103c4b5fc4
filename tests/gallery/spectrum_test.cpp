#include "cie-spectrum/spectrum.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cie-spectrum/temperature.hpp"
#include "gallery/golden.hpp"

namespace {

TEST(Spectrum, HasTheGoldenFluxInEveryBin) {
  for (const auto& [kT, name] : golden::kTemperatures) {
    const auto rows = golden::table("cie_" + name + ".csv");
    const cie::Spectrum spectrum = cie::cie_spectrum(kT).value();
    ASSERT_EQ(rows.size(), cie::kBins);
    ASSERT_EQ(spectrum.flux.size(), cie::kBins);
    ASSERT_EQ(spectrum.edges_keV.size(), cie::kBins + 1);
    for (std::size_t i = 0; i < cie::kBins; ++i) {
      EXPECT_REL(spectrum.edges_keV[i], rows[i].at("energy_lo_keV"), 1e-14);
      EXPECT_REL(spectrum.edges_keV[i + 1], rows[i].at("energy_hi_keV"), 1e-14);
      EXPECT_REL(spectrum.flux[i], rows[i].at("flux_photon_cm-2_s-1_keV-1"), 1e-6)
          << name << " keV, bin " << i;
    }
  }
}

TEST(Spectrum, HasTheGoldenTotals) {
  for (const auto& row : golden::table("cie_totals.csv")) {
    const cie::Spectrum spectrum = cie::cie_spectrum(row.at("kT_keV")).value();
    double energy_flux = 0;
    for (std::size_t i = 0; i < cie::kBins; ++i) {
      const double lo = spectrum.edges_keV[i], hi = spectrum.edges_keV[i + 1];
      energy_flux += spectrum.flux[i] * (hi - lo) * (lo + hi) / 2;
    }
    EXPECT_REL(cie::photon_flux(spectrum), row.at("photon_flux_0.1_10"), 1e-7);
    EXPECT_REL(energy_flux, row.at("energy_flux_keV_bincentre"), 1e-7);
    EXPECT_REL(spectrum.electrons_per_hydrogen, row.at("ne_over_nH"), 1e-7);
  }
}

TEST(Spectrum, IsTheSameBitForBitEachTime) {
  EXPECT_EQ(cie::cie_spectrum(0.7).value().flux, cie::cie_spectrum(0.7).value().flux);
}

TEST(Spectrum, IsComputedOverTheWholeRangeOfTemperaturesAndRefusedBeyond) {
  const cie::Interval range = cie::temperature_range();
  EXPECT_TRUE(cie::cie_spectrum(range.first).has_value());
  EXPECT_TRUE(cie::cie_spectrum(range.last).has_value());
  for (double kT : {range.first * 0.999, range.last * 1.001, 0.0, -1.0, std::nan("")}) {
    EXPECT_FALSE(cie::cie_spectrum(kT).has_value()) << kT;
  }
}

TEST(Spectrum, SaysInShortLinesThatItIsNotSpex) {
  std::string text;
  for (std::string_view line : cie::model_description()) {
    EXPECT_LE(line.size(), 72U);  // a HISTORY card holds no more
    text += line;
    text += ' ';
  }
  EXPECT_EQ(text.find("A simplified collisional-ionisation-equilibrium model. It is not SPEX"), 0U);
  for (const char* missing : {"no iron", "no free-bound", "no dielectronic", "ions below He-like left out"}) {
    EXPECT_NE(text.find(missing), std::string::npos) << missing;
  }
}

}  // namespace
