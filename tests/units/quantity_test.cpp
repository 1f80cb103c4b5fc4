#include "units/quantity.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "units/number.hpp"

namespace drover {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

std::uint64_t size_of(std::string_view text) {
  return value_or_throw(parse_size(text)).count;
}
nanoseconds time_of(std::string_view text, BareNumber bare = BareNumber::is_an_error) {
  return value_or_throw(parse_duration(text, bare));
}

TEST(Size, IsCountedInPowersOf1024WhicheverWayItIsWritten) {
  EXPECT_EQ(size_of("500M"), 524'288'000U);
  EXPECT_EQ(size_of("4G"), 4'294'967'296U);
  EXPECT_EQ(size_of("4GB"), 4'294'967'296U);
  EXPECT_EQ(size_of("4GiB"), 4'294'967'296U);
  EXPECT_EQ(size_of("4 GB"), 4'294'967'296U);
  EXPECT_EQ(size_of("4g"), 4'294'967'296U);
  EXPECT_EQ(size_of("1.5T"), 1'649'267'441'664U);
  EXPECT_EQ(size_of("2P"), 2'251'799'813'685'248U);
  EXPECT_EQ(size_of("64K"), 65'536U);
  EXPECT_EQ(size_of("512B"), 512U);
  EXPECT_EQ(size_of("0G"), 0U);
}

TEST(Size, RefusesWhatHasNoUnitOrIsNoSizeAndSaysHowToWriteIt) {
  for (const char* text :
       {"",    "4",    "G",    "-4G", "+4G", "4X",   "4GG", "4Gbit", "4,5G",         "1.G",   ".5G",
        "inf", "0x4G", "1e3M", "4G ", " 4G", "4  G", "4iB", "nanG",  "17179869184G", "16384P"}) {
    const Result<Bytes> size = parse_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code(), Errc::usage) << text;
    EXPECT_NE(size.error().message().find(std::string("'") + text + "'"), std::string::npos)
        << size.error().what();
    EXPECT_NE(size.error().advice().find("500M, 4G or 1.5T"), std::string::npos) << size.error().what();
  }
}

TEST(Size, ReachesTheLastByteOf64Bits) {
  EXPECT_EQ(size_of("16383P"), 16383ULL << 50U);
}

TEST(Duration, TakesUnitsAlsoSeveralAndTheClockFormOfBatchSchedulers) {
  EXPECT_EQ(time_of("90s"), 90s);
  EXPECT_EQ(time_of("15m"), 15min);
  EXPECT_EQ(time_of("6h"), 6h);
  EXPECT_EQ(time_of("2d"), 48h);
  EXPECT_EQ(time_of("1h30m"), 90min);
  EXPECT_EQ(time_of("1d2h3m4s5ms"), 26h + 3min + 4s + 5ms);
  EXPECT_EQ(time_of("1.5h"), 90min);
  EXPECT_EQ(time_of("0.1s"), 100ms);
  EXPECT_EQ(time_of("6:00:00"), 6h);
  EXPECT_EQ(time_of("48:00:01"), 48h + 1s);
  EXPECT_EQ(time_of("1-12:00:00"), 36h);
}

TEST(Duration, TakesABareNumberAsSecondsOnlyWhereTheCallerSaysSo) {
  EXPECT_EQ(time_of("10", BareNumber::is_seconds), 10s);
  EXPECT_EQ(time_of("0.5", BareNumber::is_seconds), 500ms);
  EXPECT_EQ(time_of("0", BareNumber::is_seconds), 0s);
  const auto refused = parse_duration("10", BareNumber::is_an_error);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("'10'"), std::string::npos);
  EXPECT_NE(refused.error().advice().find("90s"), std::string::npos);
}

TEST(Duration, RefusesWhatIsAmbiguousOrNoTime) {
  for (const char* text :
       {"",           "s",      "-5s",     "+5s",     "5x",   "6:00",     "6:60:00", "6:00:60",
        "1-24:00:00", "1-6:00", "1-",      "30m1h",   "1h1h", "1h30",     "5 s",     "soon",
        "1::2",       ":::",    "1:2:3:4", "400000d", "inf",  "1.5:00:00"}) {
    const auto time = parse_duration(text, BareNumber::is_seconds);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().code(), Errc::usage);
    EXPECT_NE(time.error().message().find(std::string("'") + text + "'"), std::string::npos)
        << time.error().what();
  }
}

TEST(Describe, WritesSizesWithThreeDigitsAtMost) {
  using namespace drover::literals;
  EXPECT_EQ(describe(4_GiB), "4 GB");
  EXPECT_EQ(describe(1536_MiB), "1.5 GB");
  EXPECT_EQ(describe(300_MiB), "300 MB");
  EXPECT_EQ(describe(512_KiB), "512 KB");
  EXPECT_EQ(describe(Bytes{0}), "0 B");
  EXPECT_EQ(describe(Bytes{999}), "999 B");
  EXPECT_EQ(describe(Bytes{1000}), "0.98 KB");
  EXPECT_EQ(describe(1000_MiB), "0.98 GB");
  EXPECT_EQ(describe(Bytes{(12ULL << 30U) + (350ULL << 20U)}), "12.3 GB");
  EXPECT_EQ(describe(Bytes{std::numeric_limits<std::uint64_t>::max()}), "16 EB");
}

TEST(Describe, WritesTimesWithTwoUnitsAtMost) {
  EXPECT_EQ(describe(300us), "0.3 ms");
  EXPECT_EQ(describe(12ms), "12 ms");
  EXPECT_EQ(describe(1500ms), "1.5 s");
  EXPECT_EQ(describe(nanoseconds(90s)), "90 s");
  EXPECT_EQ(describe(nanoseconds(250s)), "4 min 10 s");
  EXPECT_EQ(describe(nanoseconds(125min)), "2 h 5 min");
  EXPECT_EQ(describe(nanoseconds(76h)), "3 d 4 h");
  EXPECT_EQ(describe(0ns), "0 s");
  EXPECT_EQ(describe(20us), "20 µs");
  EXPECT_EQ(describe(5ns), "5 ns");
  EXPECT_EQ(describe(nanoseconds(-1500ms)), "-1.5 s");
}

TEST(Describe, CarriesWhenRoundingReachesTheNextUnit) {
  EXPECT_EQ(describe(nanoseconds(999'700us)), "1 s");
  EXPECT_EQ(describe(nanoseconds(119'700ms)), "2 min");
  EXPECT_EQ(describe(nanoseconds(3'599'700ms)), "1 h");
  EXPECT_EQ(describe(nanoseconds(24h - 10s)), "1 d");
}

TEST(Describe, WhatItWritesOfASizeCanBeReadBack) {
  for (const std::uint64_t count : {0ULL, 17ULL, 3ULL << 10U, 300ULL << 20U, 3ULL << 29U, 7ULL << 40U}) {
    EXPECT_EQ(size_of(describe(Bytes{count})), count);
  }
}

TEST(Grouped, SetsThreeDigitsApart) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1 000");
  EXPECT_EQ(grouped(1234567), "1 234 567");
}

TEST(WholeNumber, IsAllOfTheTextOrNothing) {
  EXPECT_EQ(whole_number<std::uint32_t>("16"), 16U);
  EXPECT_EQ(whole_number<std::uint32_t>("4294967295"), 4294967295U);
  for (const char* text : {"", "-1", "+1", "1.5", "8x", " 8", "4294967296"}) {
    EXPECT_EQ(whole_number<std::uint32_t>(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace drover
