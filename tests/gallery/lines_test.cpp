#include "cie-spectrum/lines.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cie-spectrum/spectrum.hpp"
#include "gallery/golden.hpp"

namespace {

TEST(Lines, HaveTheGoldenFluxes) {
  for (const auto& [kT, name] : golden::kTemperatures) {
    const auto rows = golden::table("cie_" + name + "_lines.csv");
    const auto lines = cie::emission_lines(kT, cie::ion_balance(kT));
    ASSERT_EQ(lines.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(lines[i].element, static_cast<int>(rows[i].at("Z")));
      EXPECT_EQ(lines[i].electrons, static_cast<int>(rows[i].at("N_electrons")));
      EXPECT_REL(lines[i].energy_keV * 1000, rows[i].at("energy_eV"), 1e-14);
      EXPECT_REL(lines[i].photons * 1e14, rows[i].at("flux_photon_cm-2_s-1"), 1e-10);
    }
  }
}

TEST(Lines, StandInTheBinThatHoldsTheirEnergy) {
  const auto edges = cie::energy_edges();
  for (const auto& row : golden::table("cie_1.0_lines.csv")) {
    const auto bin = static_cast<std::size_t>(row.at("bin"));
    EXPECT_LE(edges[bin], row.at("energy_eV") / 1000);
    EXPECT_GT(edges[bin + 1], row.at("energy_eV") / 1000);
  }
}

TEST(Lines, AreDarkWhereTheIonIsMissing) {
  for (const cie::Line& line : cie::emission_lines(1, {})) EXPECT_EQ(line.photons, 0);
}

}  // namespace
