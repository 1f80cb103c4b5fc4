// --grid. Integer ranges: bash 5.2's {first..last..step}, which the expected values were taken from.
#include "farm/decimal.hpp"
#include "farm/grid.hpp"
#include "input_sources.hpp"

namespace drover::farm::input_test {
namespace {

std::string grid_values(const std::string& range) {
  const auto parsed = parse_grid("x=" + range);
  if (!parsed) return parsed.error().what();
  std::string text;
  Row row;
  for (std::uint64_t i = 0; i < parsed->rows->size(); ++i) {
    row.clear();
    parsed->rows->append(i, row);
    text += (i == 0 ? "" : " ") + std::string(row.value(0));
  }
  return text;
}

std::string refused(const std::string& text) {
  const auto parsed = parse_grid(text);
  return parsed ? "accepted" : parsed.error().what();
}

TEST(Grid, ListsValues) {
  EXPECT_EQ(grid_values("apec,mekal"), "apec mekal");
  EXPECT_EQ(grid_values("1e-3"), "1e-3");
  EXPECT_EQ(grid_values(",--fast"), " --fast");
  EXPECT_EQ(grid_values("../run1,../run2"), "../run1 ../run2");
  EXPECT_EQ(grid_values("../run1"), "../run1");
  EXPECT_EQ(grid_values("a=b"), "a=b");
}

TEST(Grid, CountsAsBashDoes) {
  EXPECT_EQ(grid_values("1..5"), "1 2 3 4 5");
  EXPECT_EQ(grid_values("1..10..4"), "1 5 9");
  EXPECT_EQ(grid_values("5..1"), "5 4 3 2 1");
  EXPECT_EQ(grid_values("5..1..-2"), "5 3 1");
  EXPECT_EQ(grid_values("5..1..2"), "5 3 1");
  EXPECT_EQ(grid_values("1..5..-2"), "1 3 5");
  EXPECT_EQ(grid_values("-2..2"), "-2 -1 0 1 2");
  EXPECT_EQ(grid_values("+1..3"), "1 2 3");
  EXPECT_EQ(grid_values("7..7"), "7");
}

TEST(Grid, KeepsLeadingZerosAsBashDoes) {
  EXPECT_EQ(grid_values("01..10..3"), "01 04 07 10");
  EXPECT_EQ(grid_values("-01..02"), "-01 000 001 002");
  EXPECT_EQ(grid_values("1..010..3"), "001 004 007 010");
  EXPECT_EQ(grid_values("-5..05..5"), "-5 00 05");
  EXPECT_EQ(grid_values("5..-01..3"), "005 002 -01");
  EXPECT_EQ(grid_values("0..2"), "0 1 2");
}

TEST(Grid, CalculatesInDecimals) {
  EXPECT_EQ(grid_values("0.1..0.5..0.1"), "0.1 0.2 0.3 0.4 0.5");
  EXPECT_EQ(grid_values("0..1..0.25"), "0.00 0.25 0.50 0.75 1.00");
  EXPECT_EQ(grid_values("0.5..4"), "0.5 1.5 2.5 3.5");
  EXPECT_EQ(grid_values("1..0..0.5"), "1.0 0.5 0.0");
  EXPECT_EQ(grid_values("-0.5..0.5..0.5"), "-0.5 0.0 0.5");
  EXPECT_EQ(grid_values("-.5...5..0.5"), "-0.5 0.0 0.5");
  EXPECT_EQ(grid_values("0..1.55..0.5"), "0.0 0.5 1.0 1.5");
  EXPECT_EQ(grid_values("1.50..2..1"), "1.50");
  EXPECT_EQ(grid_values("00.5..10..4.5"), "00.5 05.0 09.5");
}

TEST(Grid, ReachesItsLastValueExactlyHoweverManyStepsItTakes) {
  const auto parsed = parse_grid("x=0..100000..0.1");
  ASSERT_TRUE(parsed.has_value());
  ASSERT_EQ(parsed->rows->size(), 1'000'001U);
  Row row;
  parsed->rows->append(1'000'000, row);
  parsed->rows->append(3, row);
  EXPECT_EQ(row.value(0), "100000.0");
  EXPECT_EQ(row.value(1), "0.3");
}

TEST(Grid, OfAVeryLongRangeIsComputedNotStored) {
  const InputOptions wanted = options(
      {values({"a", "b"}), grid("x=1..1000000000000"), grid("y=-999999999999999999..999999999999999999")});
  Inputs inputs = opened(wanted);
  EXPECT_FALSE(inputs.total().has_value());
  TaskInput input;
  ASSERT_EQ(inputs.next(input), Pull::task);
  ASSERT_EQ(inputs.next(input), Pull::task);
  EXPECT_EQ(words_of(input), (Words{"a", "1", "-999999999999999998"}));
  EXPECT_TRUE(inputs.count_rest().second);
  EXPECT_EQ(opened(options({grid("x=1..1000000000000")})).total(), 1'000'000'000'000U);
}

TEST(Grid, NamesItsParameterAndCombinesWithOthers) {
  const InputOptions wanted = options({grid("kT=0.5,1"), grid("z=0..0.2..0.1")});
  EXPECT_EQ(opened(wanted).names(), (Words{"kT", "z"}));
  EXPECT_EQ(
      tasks_of(wanted),
      (Tasks{{"0.5", "0.0"}, {"0.5", "0.1"}, {"0.5", "0.2"}, {"1", "0.0"}, {"1", "0.1"}, {"1", "0.2"}}));
}

TEST(Grid, ThatIsNoneSaysHowToWriteOne) {
  const std::string how = "write NAME=v1,v2,… or NAME=first..last or NAME=first..last..step";
  EXPECT_EQ(refused("kT"), "--grid kT: there is no '=': " + how);
  EXPECT_EQ(refused("=1,2"), "--grid =1,2: there is no name before the '=': " + how);
  EXPECT_EQ(refused("kT="), "--grid kT=: there are no values: " + how);
  EXPECT_PRED2(holds, refused("x=1..5..0"), "the step is 0");
  EXPECT_PRED2(holds, refused("x=1..2..3..4"), how);
  EXPECT_PRED2(holds, refused("x=1..b"), "'b' is not a decimal number");
  EXPECT_PRED2(holds, refused("x=1e-3..1e-2..1e-3"), "write 0.001, not 1e-3");
  EXPECT_PRED2(holds, refused("x=1.."), "'' is not a decimal number");
  EXPECT_PRED2(holds, refused("x=1..3,7"), "'1..3' is a range inside a list");
  EXPECT_PRED2(holds, refused("x=1..9999999999999999999"), "at most 18 digits");
  EXPECT_PRED2(holds, refused("x=100000000000000000..1..0.01"), "more than 18 digits");
}

TEST(Decimal, IsReadAndPrintedAsWritten) {
  for (const std::string text : {"0", "-1", "0.10", "-0.05", "123456789012345678", "0.000000000000000001"}) {
    const auto number = Decimal::parse(text);
    ASSERT_TRUE(number.has_value()) << text;
    std::string printed;
    number->print(printed);
    EXPECT_EQ(printed, text);
  }
  for (const std::string text : {"", "-", ".", "1.", "1.2.3", "1e3", " 1", "0x1", "1234567890123456789"})
    EXPECT_FALSE(Decimal::parse(text).has_value()) << text;
}

}  // namespace
}  // namespace drover::farm::input_test
