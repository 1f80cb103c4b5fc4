#include "cie-spectrum/session.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace {

using testing::ExitedWithCode;

// Each in a process of its own (EXPECT_EXIT): a session used up here would be missing in the next test.
TEST(SessionDeathTest, StartsOnceAndCalculates) {
  EXPECT_EXIT(
      {
        const auto session = cie::Session::start();
        std::exit(session.has_value() && session->calculate(1).has_value() ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

TEST(SessionDeathTest, RefusesToStartTwiceInOneProcessEvenAfterItsEnd) {
  EXPECT_EXIT(
      {
        { const auto session = cie::Session::start(); }
        const auto second = cie::Session::start();
        const bool says_why = !second && second.error().message.find(
                                             "already been started in this process") != std::string::npos;
        std::exit(says_why ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

TEST(SessionDeathTest, RefusesToStartInASecondThread) {
  EXPECT_EXIT(
      {
        const auto session = cie::Session::start();
        bool started = true;
        std::jthread([&] { started = cie::Session::start().has_value(); }).join();
        std::exit(session.has_value() && !started ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

TEST(SessionDeathTest, IsAFreshOneInEveryProcess) {
  for (int run = 0; run < 2; ++run) {
    EXPECT_EXIT(std::exit(cie::Session::start().has_value() ? 0 : 1), ExitedWithCode(0), "");
  }
}

}  // namespace
