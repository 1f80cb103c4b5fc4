#include "cie-spectrum/temperature.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Temperature, IsReadFromAWholeDecimalNumber) {
  EXPECT_EQ(cie::parse_temperature("0.5").value(), 0.5);
  EXPECT_EQ(cie::parse_temperature("1").value(), 1.0);
  EXPECT_EQ(cie::parse_temperature("2e0").value(), 2.0);
  EXPECT_EQ(cie::parse_temperature(".25").value(), 0.25);
}

TEST(Temperature, RefusesWhatIsNoNumberAndQuotesIt) {
  for (const char* text :
       {"", "abc", "nan", "NaN", "inf", "-inf", "0x1p0", "1keV", " 1", "1 ", "1,5", "1.5.2"}) {
    const auto refused = cie::parse_temperature(text);
    ASSERT_FALSE(refused.has_value()) << text;
    EXPECT_EQ(refused.error().kind, cie::Refusal::Kind::usage);
    EXPECT_NE(refused.error().message.find("'" + std::string(text) + "' is not a number"), std::string::npos);
  }
}

TEST(Temperature, RefusesWhatTheGauntTableDoesNotHoldAndSaysWhatItHolds) {
  for (const char* text : {"0", "-1", "-0.0", "0.0874", "34.2", "1e6", "1e999", "1e-999"}) {
    const auto refused = cie::parse_temperature(text);
    ASSERT_FALSE(refused.has_value()) << text;
    EXPECT_EQ(refused.error().kind, cie::Refusal::Kind::usage);
    EXPECT_NE(refused.error().message.find("0.0875 to 34.1 keV"), std::string::npos)
        << refused.error().message;
  }
  EXPECT_TRUE(cie::parse_temperature("0.0875").has_value());
  EXPECT_TRUE(cie::parse_temperature("34.1").has_value());
}

// The expected texts are what Python 3 prints for repr(float(text)).
TEST(Temperature, IsNamedAsPythonPrintsIt) {
  EXPECT_EQ(cie::shortest_decimal(0.5), "0.5");
  EXPECT_EQ(cie::shortest_decimal(1), "1.0");
  EXPECT_EQ(cie::shortest_decimal(4), "4.0");
  EXPECT_EQ(cie::shortest_decimal(10), "10.0");
  EXPECT_EQ(cie::shortest_decimal(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(cie::shortest_decimal(1.1780004112774611), "1.1780004112774611");
}

}  // namespace
