#include "progress/bar.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace drover::progress {
namespace {

using namespace std::chrono_literals;
using schedule::Waiting;

Snapshot usual() {
  Snapshot snapshot;
  snapshot.counts = {.read = 131, .running = 8, .succeeded = 123};
  snapshot.total = 1000;
  snapshot.slots = 8;
  snapshot.cores_used = 8;
  snapshot.cores_budget = 16;
  snapshot.elapsed = 60s;
  return snapshot;
}

Rate rate_of(const Snapshot& snapshot) {
  Rate rate;
  rate.sample(snapshot.done(), snapshot.counts.running, snapshot.elapsed);
  return rate;
}

std::string bar(const Snapshot& snapshot, std::size_t width, Encoding encoding = Encoding::ascii) {
  return bar_line(snapshot, rate_of(snapshot), width, encoding);
}

// 123 tasks in 60 s are 2.05 a second; the other 877 take 427.8 s.
TEST(Bar, ShowsHowFarHowFastAndHowLongStill) {
  EXPECT_EQ(bar(usual(), 120),
            "123/1 000  [####..................................]  12 %  8 running  2.0/s  7 min 8 s left  "
            "8/16 cores");
  EXPECT_EQ(bar(usual(), 76), "123/1 000  [#..........]  12 %  8 running  2.0/s  7 min 8 s left  8/16 cores");
}

TEST(Bar, IsDrawnInBlocksWhereTheLocaleHasThem) {
  EXPECT_EQ(bar(usual(), 73, Encoding::utf8),
            "123/1 000  █░░░░░░░░░  12 %  8 running  2.0/s  7 min 8 s left  8/16 cores");
}

TEST(Bar, NamesFailuresMemoryAndWhatIsWaitedFor) {
  Snapshot snapshot = usual();
  snapshot.counts.failed = 2;
  snapshot.memory_used = Bytes{12ULL << 30U};
  snapshot.memory_budget = Bytes{32ULL << 30U};
  snapshot.waiting = Waiting::memory;
  EXPECT_EQ(bar(snapshot, 130),
            "125/1 000  [###.......................]  12 %  8 running  2 failed  2.1/s  7 min left  8/16 "
            "cores  12 GB of 32 GB  "
            "waiting: memory");
  EXPECT_EQ(plain_line(snapshot, rate_of(snapshot)),
            "125 of 1 000 done (12 %), 8 running, 2 failed, 2.1/s, 7 min left, 8 of 16 cores, "
            "12 GB of 32 GB reserved, waiting: memory");
}

TEST(Bar, SaysWhyNothingMoreIsStarted) {
  EXPECT_EQ(waiting_text(Waiting::memory), "waiting: memory");
  EXPECT_EQ(waiting_text(Waiting::held), "waiting: output is not read");
  EXPECT_EQ(waiting_text(Waiting::input), "waiting: input");
  EXPECT_EQ(waiting_text(Waiting::lent), "waiting: cores of the job server");
  EXPECT_EQ(waiting_text(Waiting::halted), "starting nothing more");
  EXPECT_EQ(waiting_text(Waiting::slots), "");
  EXPECT_EQ(waiting_text(Waiting::nothing), "");
}

TEST(Bar, WorksWithoutAKnownTotal) {
  Snapshot snapshot = usual();
  snapshot.total.reset();
  EXPECT_EQ(bar(snapshot, 80), "123 done  8 running  2.0/s  8/16 cores");
  EXPECT_EQ(plain_line(snapshot, rate_of(snapshot)), "123 done, 8 running, 2.0/s, 8 of 16 cores");
}

TEST(Bar, LeavesOutTheLeastImportantPartsFirst) {
  Snapshot snapshot = usual();
  snapshot.counts.failed = 2;
  EXPECT_EQ(bar(snapshot, 60), "125/1 000  [#...........]  12 %  2 failed  2.1/s  7 min left");
  EXPECT_EQ(bar(snapshot, 40), "125/1 000  12 %  2 failed  7 min left");
  EXPECT_EQ(bar(snapshot, 20), "125/1 000  2 failed");
}

TEST(Bar, ReachesAHundredPerCentWithTheLastTaskOnly) {
  Snapshot snapshot;
  snapshot.total = 1'000'000;
  snapshot.counts.succeeded = 999'999;
  EXPECT_EQ(bar(snapshot, 40), "999 999/1 000 000  [############.]  99 %");
  snapshot.counts.succeeded = 1'000'000;
  EXPECT_EQ(bar(snapshot, 40), "1 000 000/1 000 000  [##########]  100 %");
}

TEST(Bar, CountsSlowTasksByTheMinuteAndTheHour) {
  Snapshot snapshot;
  snapshot.counts.succeeded = 10;
  const auto line = [&](schedule::Time elapsed) {
    snapshot.elapsed = elapsed;
    return bar(snapshot, 80);
  };
  EXPECT_EQ(line(5ms), "10 done  2 000/s");
  EXPECT_EQ(line(500ms), "10 done  20/s");
  EXPECT_EQ(line(20s), "10 done  30/min");
  EXPECT_EQ(line(300s), "10 done  2.0/min");
  EXPECT_EQ(line(20h), "10 done  0.5/h");
}

// Every mixture of small and huge numbers, at every width: no line is ever too long.
TEST(Bar, IsNeverLongerThanTheWidth) {
  std::uint32_t state = 7;
  const auto draw = [&](std::uint64_t below) {
    state = state * 1664525U + 1013904223U;  // Numerical Recipes' generator
    return (static_cast<std::uint64_t>(state) << 20U) % below;
  };
  for (int i = 0; i < 400; ++i) {
    const auto number = [&] { return draw(4) == 0 ? UINT64_MAX / 4 - draw(9) : draw(1ULL << draw(50)); };
    Snapshot snapshot;
    snapshot.counts = {.running = number(), .succeeded = number(), .failed = draw(2) * number()};
    if (draw(3) != 0) snapshot.total = number();
    snapshot.waiting = static_cast<Waiting>(draw(11));
    snapshot.cores_used = snapshot.cores_budget = static_cast<std::uint32_t>(number());
    snapshot.memory_used = snapshot.memory_budget = Bytes{number()};
    snapshot.elapsed = schedule::Time(static_cast<std::int64_t>(draw(1ULL << 50U)));
    const Rate rate = rate_of(snapshot);
    for (std::size_t width = 1; width <= 200; ++width) {
      const std::string ascii = bar_line(snapshot, rate, width, Encoding::ascii);
      ASSERT_LE(ascii.size(), width) << ascii;
      ASSERT_TRUE(std::ranges::all_of(ascii, [](char c) { return c >= ' ' && c <= '~'; })) << ascii;
      ASSERT_LE(columns(bar_line(snapshot, rate, width, Encoding::utf8)), width);
    }
  }
}

}  // namespace
}  // namespace drover::progress
