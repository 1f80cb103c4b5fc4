#include "cie-spectrum/fits_table.hpp"

#include <gtest/gtest.h>

namespace {

// tests/system/test_gallery_cie.py opens the files with another reader; here is what that reader cannot tell.
TEST(FitsTable, IsWholeBlocksOf2880Bytes) {
  const std::string bytes = cie::fits_table(cie::cie_spectrum(0.5).value()).value();
  EXPECT_EQ(bytes.size() % 2880, 0U);  // FITS 4.0, section 3.1
  EXPECT_EQ(bytes.substr(0, 30), "SIMPLE  =                    T");
}

TEST(FitsTable, IsTheSameByteForByteEachTime) {
  const auto table = [] { return cie::fits_table(cie::cie_spectrum(2).value()).value(); };
  EXPECT_EQ(table(), table());
}

TEST(FitsTable, WritesTheTemperatureSoThatItReadsBackExactly) {
  const std::string bytes = cie::fits_table(cie::cie_spectrum(0.1 + 0.2).value()).value();
  EXPECT_NE(bytes.find("KT      =  0.30000000000000004 /"), std::string::npos);
}

}  // namespace
