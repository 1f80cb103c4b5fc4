#include "cie-spectrum/arguments.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace {

cie::Result<cie::Arguments> parse(std::initializer_list<std::string_view> words) {
  return cie::parse_arguments(std::vector<std::string_view>(words));
}

std::string refusal_of(std::initializer_list<std::string_view> words) {
  const auto parsed = parse(words);
  if (parsed) return "accepted";
  EXPECT_EQ(parsed.error().kind, cie::Refusal::Kind::usage);
  return parsed.error().message;
}

TEST(Arguments, NameTheFileAfterTheTemperatureAsPythonPrintsIt) {
  EXPECT_EQ(parse({"0.5"})->output, "cie_0.5.fits");
  EXPECT_EQ(parse({"1"})->output, "cie_1.0.fits");
  EXPECT_EQ(parse({"2.00"})->output, "cie_2.0.fits");
}

TEST(Arguments, TakeTheOutputBeforeOrAfterTheTemperature) {
  EXPECT_EQ(parse({"1", "--output", "a.fits"})->output, "a.fits");
  EXPECT_EQ(parse({"--output=a.fits", "1"})->output, "a.fits");
  EXPECT_EQ(parse({"1", "--output-dir", "spectra"})->output, "spectra/cie_1.0.fits");
  EXPECT_EQ(parse({"1", "--output-dir", "spectra"})->make_folder, "spectra");
  EXPECT_TRUE(parse({"1", "--output", "spectra/a.fits"})->make_folder.empty());
}

TEST(Arguments, RefuseASecondTemperatureAndShowHowToRunMany) {
  EXPECT_NE(refusal_of({"1", "2"}).find("drover run cie-spectrum {} ::: 1 2"), std::string::npos);
}

TEST(Arguments, RefuseWhatTheyDoNotKnowOrLack) {
  EXPECT_NE(refusal_of({"1", "--outptu", "a"}).find("unknown option --outptu"), std::string::npos);
  EXPECT_NE(refusal_of({"1", "--output"}).find("--output needs a name"), std::string::npos);
  EXPECT_NE(refusal_of({"1", "--output-dir="}).find("--output-dir needs a name"), std::string::npos);
  EXPECT_NE(refusal_of({"1", "--output", "a", "--output-dir", "b"}).find("exclude each other"),
            std::string::npos);
  EXPECT_NE(refusal_of({}).find("no temperature"), std::string::npos);
}

TEST(Arguments, ReadANegativeNumberAsATemperatureAndNotAsAnOption) {
  EXPECT_NE(refusal_of({"-0.5"}).find("kT = -0.5 keV is outside"), std::string::npos);
  EXPECT_NE(refusal_of({"-.5"}).find("kT = -.5 keV is outside"), std::string::npos);
}

TEST(Arguments, GiveHelpWithoutATemperature) {
  EXPECT_TRUE(parse({"--help"})->help);
}

}  // namespace
