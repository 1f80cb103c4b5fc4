#include "progress/display.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "machine/unique_fd.hpp"

namespace drover::progress {
namespace {

using namespace std::chrono_literals;
using machine::UniqueFd;

// Two ends of a pipe or of a terminal: what is written to `end` is read from `mine`.
struct Ends {
  UniqueFd mine, end;

  std::string read() const {
    std::string text;
    std::array<char, 4096> block{};
    pollfd waiting{mine.get(), POLLIN, 0};
    while (::poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLIN) != 0) {
      const ssize_t got = ::read(mine.get(), block.data(), block.size());
      if (got <= 0) break;
      text.append(block.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
};

Ends make_pipe() {
  std::array<int, 2> fds{};
  EXPECT_EQ(::pipe2(fds.data(), O_CLOEXEC), 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Ends make_terminal(unsigned short columns) {
  int master = -1;
  int slave = -1;
  termios raw{};
  ::cfmakeraw(&raw);
  const winsize size{24, columns, 0, 0};
  EXPECT_EQ(::openpty(&master, &slave, nullptr, &raw, &size), 0);
  return {UniqueFd(master), UniqueFd(slave)};
}

Snapshot at(std::uint64_t done, schedule::Time elapsed) {
  Snapshot snapshot;
  snapshot.counts = {.running = 4, .succeeded = done};
  snapshot.total = 100;
  snapshot.elapsed = elapsed;
  return snapshot;
}

Lookup term(const std::string& value) {
  return [value](const std::string& name) { return name == "TERM" ? std::optional(value) : std::nullopt; };
}

class DisplayTest : public testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(DisplayTest, ChoosesTheBarForATerminalThatCanMoveItsCursor) {
  const Ends terminal = make_terminal(80);
  const Ends pipe = make_pipe();
  EXPECT_EQ(resolve(Mode::automatic, terminal.end.get(), term("xterm")), Mode::bar);
  EXPECT_EQ(resolve(Mode::automatic, terminal.end.get(), term("dumb")), Mode::plain);
  EXPECT_EQ(resolve(Mode::automatic, terminal.end.get(), term("")), Mode::plain);
  EXPECT_EQ(resolve(Mode::automatic, pipe.end.get(), term("xterm")), Mode::plain);
  EXPECT_EQ(resolve(Mode::none, terminal.end.get(), term("xterm")), Mode::none);
  EXPECT_EQ(resolve(Mode::bar, pipe.end.get(), term("dumb")), Mode::bar);
}

TEST_F(DisplayTest, RedrawsTheBarInPlaceAtMostTenTimesASecond) {
  const Ends terminal = make_terminal(41);
  Display display(Mode::bar, terminal.end.get());
  EXPECT_EQ(display.next_update(), 200ms);
  display.update(at(1, 199ms), 199ms);
  EXPECT_EQ(terminal.read(), "");
  display.update(at(2, 200ms), 200ms);
  EXPECT_EQ(terminal.read(), "\r2/100  [...............]  2 %  4 running\033[K");
  EXPECT_EQ(display.next_update(), 300ms);
  display.update(at(2, 250ms), 250ms);
  EXPECT_EQ(terminal.read(), "");
  display.update(at(50, 300ms), 300ms);
  EXPECT_EQ(terminal.read(), "\r50/100  [#######.......]  50 %  1 s left\033[K");
}

TEST_F(DisplayTest, DrawsNoBarWhileAnotherJobHasTheTerminal) {
  const Ends terminal = make_terminal(80);
  bool background = true;
  Display::Options options;
  options.in_background = [&] { return background; };
  Display display(Mode::bar, terminal.end.get(), options);
  display.update(at(1, 1s), 1s);
  EXPECT_EQ(terminal.read(), "");
  background = false;
  display.update(at(2, 2s), 2s);
  EXPECT_NE(terminal.read().find("2/100"), std::string::npos);
}

TEST_F(DisplayTest, FollowsTheWidthOfTheTerminal) {
  const Ends terminal = make_terminal(200);
  Display display(Mode::bar, terminal.end.get(), {.encoding = Encoding::utf8});
  for (int i = 1; i <= 20; ++i) {
    const winsize size{24, static_cast<unsigned short>(10 * i), 0, 0};
    ASSERT_EQ(::ioctl(terminal.mine.get(), TIOCSWINSZ, &size), 0);
    display.update(at(static_cast<std::uint64_t>(i), i * 1s), i * 1s);
    std::string line = terminal.read();
    ASSERT_GE(line.size(), 4U);
    EXPECT_LT(columns(line.substr(1, line.size() - 4)), static_cast<std::size_t>(10 * i)) << line;
  }
}

TEST_F(DisplayTest, TakesTheBarAwayForOtherOutputAndBringsItBack) {
  const Ends terminal = make_terminal(41);
  Display display(Mode::bar, terminal.end.get());
  display.clear();
  EXPECT_EQ(terminal.read(), "");  // nothing to take away
  display.update(at(2, 1s), 1s);
  terminal.read();
  display.clear();
  display.clear();
  EXPECT_EQ(terminal.read(), "\r\033[K");
  display.update(at(2, 2s), 2s);
  EXPECT_EQ(terminal.read(), "\r2/100  [...............]  2 %  4 running\033[K");
  display.finish();
  EXPECT_EQ(terminal.read(), "\r\033[K");
  EXPECT_EQ(display.next_update(), schedule::never);
  display.update(at(3, 9s), 9s);
  EXPECT_EQ(terminal.read(), "");
}

TEST_F(DisplayTest, LeavesAnUnfinishedLineOfOtherOutputOnTheScreen) {
  const Ends screen = make_terminal(80);
  Display display(Mode::bar, screen.end.get());
  display.update(at(0, 1s), 1s);
  display.clear();
  screen.read();
  display.line_left_open(true);  // a task printed "3.14" and no newline
  display.update(at(1, 2s), 2s);
  EXPECT_TRUE(screen.read().starts_with("\n1/100"));
  display.update(at(2, 3s), 3s);
  EXPECT_TRUE(screen.read().starts_with("\r2/100"));
  display.clear();
  screen.read();
  display.line_left_open(true);
  display.message("the end");
  display.message("of it");
  EXPECT_EQ(screen.read(), "\ndrover: the end\ndrover: of it\n");
}

TEST_F(DisplayTest, PutsMessagesAboveTheBar) {
  const Ends terminal = make_terminal(41);
  Display display(Mode::bar, terminal.end.get());
  display.message("seed 42");
  EXPECT_EQ(terminal.read(), "drover: seed 42\n");
  display.update(at(2, 1s), 1s);
  terminal.read();
  display.message("task 7 failed: exit status 3");
  EXPECT_EQ(terminal.read(),
            "\r\033[Kdrover: task 7 failed: exit status 3\n2/100  [...............]  2 %  4 running");
  display.verbatim("sim --kT 7");
  EXPECT_EQ(terminal.read(), "\r\033[Ksim --kT 7\n2/100  [...............]  2 %  4 running");
}

TEST_F(DisplayTest, NamesItselfInEveryLineThatDoesNotContinueAnother) {
  const Ends pipe = make_pipe();
  Display display(Mode::none, pipe.end.get());
  display.message("1 of 2 tasks done, 1 failed\n  task 2: exit status 3\n3 tasks were not run\n");
  EXPECT_EQ(pipe.read(),
            "drover: 1 of 2 tasks done, 1 failed\n  task 2: exit status 3\ndrover: 3 tasks were not run\n");
  display.message("");
  EXPECT_EQ(pipe.read(), "");
}

TEST_F(DisplayTest, LetsNoNameInAMessageMoveTheCursor) {
  const Ends pipe = make_pipe();
  Display display(Mode::none, pipe.end.get());
  display.message("cannot open \x1b[2Ja\rb\xff: naïve");
  EXPECT_EQ(pipe.read(), "drover: cannot open \\x1b[2Ja\\rb\\xff: naïve\n");
}

TEST_F(DisplayTest, PrintsALineEveryThirtySecondsInPlainMode) {
  const Ends pipe = make_pipe();
  Display display(Mode::plain, pipe.end.get());
  EXPECT_EQ(display.next_update(), 30s);
  display.update(at(10, 29s), 29s);
  EXPECT_EQ(pipe.read(), "");
  display.update(at(10, 30s), 30s);
  EXPECT_EQ(pipe.read(), "drover: 10 of 100 done (10 %), 4 running, 21/min, 4 min 20 s left\n");
  EXPECT_EQ(display.next_update(), 60s);
  display.clear();
  display.finish();
  EXPECT_EQ(pipe.read(), "");
}

TEST_F(DisplayTest, ShowsMessagesOnlyInModeNone) {
  const Ends pipe = make_pipe();
  Display display(Mode::none, pipe.end.get());
  EXPECT_EQ(display.next_update(), schedule::never);
  display.update(at(10, 100s), 100s);
  display.finish();
  EXPECT_EQ(pipe.read(), "");
}

TEST_F(DisplayTest, DrawsNothingWhilePaused) {
  const Ends terminal = make_terminal(41);
  Display display(Mode::bar, terminal.end.get());
  display.update(at(2, 1s), 1s);
  terminal.read();
  display.pause();
  EXPECT_EQ(terminal.read(), "\r\033[K");
  EXPECT_EQ(display.next_update(), schedule::never);
  display.update(at(3, 2s), 2s);
  EXPECT_EQ(terminal.read(), "");
  display.resume();
  EXPECT_EQ(display.next_update(), 1100ms);
  display.update(at(3, 2s), 2s);
  EXPECT_EQ(terminal.read(), "\r3/100  [........]  3 %  1.5/s  65 s left\033[K");
}

TEST_F(DisplayTest, DropsABarRatherThanWaitingForAFullPipe) {
  const Ends pipe = make_pipe();
  ASSERT_EQ(::fcntl(pipe.end.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string block(4096, 'x');
  while (::write(pipe.end.get(), block.data(), block.size()) > 0) continue;
  ASSERT_EQ(::fcntl(pipe.end.get(), F_SETFL, 0), 0);
  Display bar(Mode::bar, pipe.end.get());
  bar.update(at(2, 1s), 1s);
  Display plain(Mode::plain, pipe.end.get());
  plain.update(at(2, 31s), 31s);
  EXPECT_EQ(pipe.read().find_first_not_of('x'), std::string::npos);
  bar.update(at(2, 2s), 2s);
  EXPECT_EQ(pipe.read(), "\r2/100  [......................................]  2 %  4 running\033[K");
}

TEST_F(DisplayTest, DropsABarRatherThanWaitingForATerminalThatNobodyReads) {
  const Ends terminal = make_terminal(200);
  Display display(Mode::bar, terminal.end.get());
  // Far more than any terminal buffers; a display that waits would never come back from this loop.
  for (int i = 1; i <= 20'000; ++i) display.update(at(static_cast<std::uint64_t>(i % 90), i * 1s), i * 1s);
  std::string text;
  for (std::string part = terminal.read(); !part.empty(); part = terminal.read()) text += part;
  for (std::string part = "x"; !part.empty();) {  // what is owed comes before what is new
    display.update(at(95, 30'000s), 30'000s);
    part = terminal.read();
    text += part;
    if (text.ends_with("\033[K") && text.find("\r95/100") != std::string::npos) break;
  }
  // Whole lines only, however little room there was at times.
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < text.size(); ++lines) {
    ASSERT_EQ(text[begin], '\r');
    const std::size_t end = text.find("\033[K", begin);
    ASSERT_NE(end, std::string::npos);
    ASSERT_EQ(text.substr(begin + 1, end - begin - 1).find('\r'), std::string::npos);
    begin = end + 3;
  }
  EXPECT_GT(lines, 1U);
}

TEST_F(DisplayTest, IsSilentOnceStandardErrorIsClosed) {
  Ends pipe = make_pipe();
  Display display(Mode::bar, pipe.end.get());
  pipe.mine.reset();
  display.update(at(2, 1s), 1s);
  display.message("nobody reads this");
  display.clear();
  display.finish();

  Ends terminal = make_terminal(80);
  Display other(Mode::bar, terminal.end.get());
  other.update(at(2, 1s), 1s);
  terminal.mine.reset();  // hung up: EIO
  other.update(at(3, 2s), 2s);
  other.message("nobody reads this");
  other.finish();

  Display closed(Mode::bar, -1);
  closed.update(at(2, 1s), 1s);
  closed.message("nobody reads this");
}

TEST_F(DisplayTest, WritesAMessageWholeToANonBlockingPipeOnceItIsRead) {
  const Ends pipe = make_pipe();
  ASSERT_EQ(::fcntl(pipe.end.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string huge(300'000, 'm');  // more than a pipe holds
  std::string got;
  std::thread reader([&] {
    std::array<char, 4096> block{};
    while (got.size() < huge.size() + 9) {
      const ssize_t size = ::read(pipe.mine.get(), block.data(), block.size());
      if (size <= 0) break;
      got.append(block.data(), static_cast<std::size_t>(size));
    }
  });
  Display(Mode::none, pipe.end.get()).message(huge);
  reader.join();
  EXPECT_EQ(got, "drover: " + huge + "\n");
}

}  // namespace
}  // namespace drover::progress
