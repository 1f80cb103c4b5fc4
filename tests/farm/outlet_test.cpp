#include "farm/outlet.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace drover::farm {
namespace {

struct PipeEnds {
  machine::UniqueFd read_end, write_end;
  PipeEnds() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    read_end = machine::UniqueFd(ends[0]);
    write_end = machine::UniqueFd(ends[1]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  [[nodiscard]] std::string read_all() const {
    std::string all(1U << 20U, '\0');
    std::size_t done = 0;
    while (true) {
      const ssize_t n = ::read(read_end.get(), all.data() + done, all.size() - done);
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    all.resize(done);
    return all;
  }
};

class OutletTest : public ::testing::Test {
 protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }
  Capture capture_of(std::string_view text) {
    Capture capture(budget);
    EXPECT_TRUE(capture.append(text).has_value());
    return capture;
  }
  CaptureBudget budget{::testing::TempDir()};
  PipeEnds pipe;
};

TEST_F(OutletTest, WritesFirstInFirstOut) {
  Outlet outlet(pipe.write_end.get(), "standard output");
  outlet.put(capture_of("a\n"));
  outlet.put("b\n");
  outlet.put(capture_of("c\n"));
  ASSERT_TRUE(outlet.pump().has_value());
  EXPECT_TRUE(outlet.idle());
  EXPECT_EQ(pipe.read_all(), "a\nb\nc\n");
}

TEST_F(OutletTest, NeverWaitsForAReaderAndLosesNothing) {
  Outlet outlet(pipe.write_end.get(), "standard output");
  const std::string big(3'000'000, 'x');
  outlet.put(capture_of(big));
  outlet.put("end\n");
  std::string all;
  while (!outlet.idle()) {
    ASSERT_TRUE(outlet.pump().has_value());  // returns although the pipe holds 64 KiB
    all += pipe.read_all();
  }
  all += pipe.read_all();
  EXPECT_EQ(all, big + "end\n");
  EXPECT_EQ(outlet.waiting_bytes(), 0U);
}

TEST_F(OutletTest, LeavesTheFlagsOfASharedDescriptorAlone) {
  Outlet outlet(pipe.write_end.get(), "standard output");
  EXPECT_EQ(::fcntl(pipe.write_end.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(OutletTest, TagsEveryLineAndEndsTheLastOne) {
  Outlet outlet(pipe.write_end.get(), "standard output");
  outlet.put(capture_of("one\n\ntwo"), "a");
  outlet.put(capture_of("three\n"), "b");
  ASSERT_TRUE(outlet.pump().has_value());
  EXPECT_EQ(pipe.read_all(), "a\tone\na\t\na\ttwo\nb\tthree\n");
}

TEST_F(OutletTest, AReaderThatIsGoneIsNoErrorButKnown) {
  Outlet outlet(pipe.write_end.get(), "standard output");
  pipe.read_end.reset();
  outlet.put("x");
  ASSERT_TRUE(outlet.pump().has_value());
  EXPECT_TRUE(outlet.gone());
  EXPECT_TRUE(outlet.idle());
}

TEST_F(OutletTest, AFullDiskIsAnError) {
  const machine::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  Outlet outlet(full.get(), "standard output");
  outlet.put("x");
  const Result<void> pumped = outlet.pump();
  ASSERT_FALSE(pumped.has_value());
  EXPECT_EQ(pumped.error().code(), Errc::exhausted);
}

}  // namespace
}  // namespace drover::farm
