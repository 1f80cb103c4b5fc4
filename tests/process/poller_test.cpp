#include "process/poller.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <algorithm>

#include "children.hpp"

namespace drover::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Tags = std::vector<std::uint64_t>;

class Polling : public testing::Test {
 protected:
  Poller poller = std::move(*Poller::make());

  [[nodiscard]] Tags ready(nanoseconds limit = hang) {
    Tags tags;
    poller.wait(limit, tags);
    std::ranges::sort(tags);
    return tags;
  }
};

TEST_F(Polling, TellsWhatCanBeReadUntilItWasRead) {
  Result<Pipe> pipe = Pipe::make();
  ASSERT_TRUE(poller.add(pipe->read_end.get(), 7));
  EXPECT_EQ(ready(nanoseconds(0)), Tags{});
  ASSERT_EQ(::write(pipe->write_end.get(), "x", 1), 1);
  EXPECT_EQ(ready(), Tags{7});
  EXPECT_EQ(ready(), Tags{7}) << "level-triggered";
  char byte = 0;
  ASSERT_EQ(::read(pipe->read_end.get(), &byte, 1), 1);
  EXPECT_EQ(ready(nanoseconds(0)), Tags{});
}

TEST_F(Polling, TellsOfAHangUpToReaderAndWriter) {
  Result<Pipe> first = Pipe::make();
  ASSERT_TRUE(poller.add(first->read_end.get(), 1));
  first->write_end.reset();
  EXPECT_EQ(ready(), Tags{1});
  poller.remove(first->read_end.get());

  Result<Pipe> second = Pipe::make();
  second->read_end.reset();
  ASSERT_TRUE(poller.add(second->write_end.get(), 2, Poller::For::writing));
  EXPECT_EQ(ready(), Tags{2});
}

TEST_F(Polling, ForgetsWhatWasRemovedAlsoWhileAChildHoldsIt) {
  Spawner spawner(no_signals(), std::nullopt);
  Result<Pipe> pipe = Pipe::make();
  ASSERT_TRUE(poller.add(pipe->read_end.get(), 3));
  SpawnRequest request;
  request.stdin_fd = pipe->read_end.get();
  std::expected<Child, SpawnFailure> child = start(spawner, {"/bin/sleep", "1000"}, request);
  ASSERT_TRUE(child.has_value());
  ASSERT_EQ(::write(pipe->write_end.get(), "x", 1), 1);
  EXPECT_EQ(ready(), Tags{3});
  poller.remove(pipe->read_end.get());
  pipe->read_end.reset();
  EXPECT_EQ(ready(nanoseconds(0)), Tags{});
}

TEST_F(Polling, SaysThatAFileNeedsNoWaiting) {
  const TemporaryFile file("file", "text", std::filesystem::perms::owner_read);
  const machine::UniqueFd open(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(poller.add(open.get(), 4));
}

TEST_F(Polling, TellsOfMoreThanFitsOneCallInTheNext) {
  constexpr std::uint64_t many = 300;
  std::vector<machine::UniqueFd> events;
  for (std::uint64_t i = 0; i < many; ++i) {
    events.emplace_back(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    ASSERT_TRUE(poller.add(events.back().get(), i));
  }
  std::vector<bool> seen(many);
  EXPECT_TRUE(comes_true([&] {
    for (const std::uint64_t tag : ready()) seen.at(tag) = true;
    return std::ranges::count(seen, true) == static_cast<std::ptrdiff_t>(many);
  }));
}

TEST_F(Polling, WaitsNoShorterThanAsked) {
  // Rounded down, a wait of less than a millisecond would become a loop that burns a core.
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ready(std::chrono::microseconds(1500)), Tags{});
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::microseconds(1500));
}

TEST_F(Polling, SeesTheEndOfAChild) {
  Spawner spawner(no_signals(), std::nullopt);
  std::expected<Child, SpawnFailure> child = start(spawner, {"/bin/true"});
  ASSERT_TRUE(poller.add(child->ended_fd(), 5));
  EXPECT_EQ(ready(), Tags{5});
}

}  // namespace
}  // namespace drover::process
