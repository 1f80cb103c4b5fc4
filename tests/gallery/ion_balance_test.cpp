#include "cie-spectrum/ion_balance.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gallery/golden.hpp"

namespace {

const cie::Ion& find(const std::vector<cie::Ion>& ions, int element, int electrons) {
  for (const cie::Ion& ion : ions) {
    if (ion.element == element && ion.electrons == electrons) return ion;
  }
  throw std::runtime_error("no such ion");
}

TEST(IonBalance, HasTheGoldenFractionsOfEveryStage) {
  const auto rows = golden::table("cie_ion_balance.csv");
  ASSERT_EQ(rows.size(), 28U);
  for (const auto& row : rows) {
    const auto ions = cie::ion_balance(row.at("kT_keV"));
    const int element = static_cast<int>(row.at("Z"));
    EXPECT_REL(find(ions, element, 2).fraction, row.at("f_He_like"), 1e-10);
    EXPECT_REL(find(ions, element, 1).fraction, row.at("f_H_like"), 1e-10);
    EXPECT_REL(find(ions, element, 0).fraction, row.at("f_bare"), 1e-10);
  }
}

TEST(IonBalance, HasTheGoldenNumberOfElectrons) {
  for (const auto& row : golden::table("cie_totals.csv")) {
    EXPECT_REL(cie::electrons_per_hydrogen(cie::ion_balance(row.at("kT_keV"))), row.at("ne_over_nH"), 1e-10);
  }
}

TEST(IonBalance, SharesEachElementsAtomsAmongItsStages) {
  std::map<int, double> sums;
  for (const cie::Ion& ion : cie::ion_balance(0.7)) sums[ion.element] += ion.fraction;
  EXPECT_EQ(sums.size(), 9U);
  for (const auto& [element, sum] : sums) EXPECT_NEAR(sum, 1, 1e-14) << "Z = " << element;
}

TEST(IonBalance, KeepsHydrogenAndHeliumBare) {
  const auto ions = cie::ion_balance(1);
  EXPECT_EQ(find(ions, 1, 0).per_hydrogen(), 1);
  EXPECT_EQ(find(ions, 1, 0).charge(), 1);
  EXPECT_EQ(find(ions, 2, 0).fraction, 1);
  EXPECT_REL(find(ions, 2, 0).abundance, 0.08511380382023767, 1e-14);  // 10^-1.07, Asplund et al. 2009
}

TEST(IonBalance, StripsMoreElectronsFromAHotterPlasma) {
  double before = 0;
  for (double kT : {0.1, 0.3, 1.0, 3.0, 10.0, 30.0}) {
    const double bare = find(cie::ion_balance(kT), 14, 0).fraction;
    EXPECT_GT(bare, before);
    before = bare;
  }
}

}  // namespace
