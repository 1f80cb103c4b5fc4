#include "farm/scratch.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace drover::farm {
namespace {

namespace fs = std::filesystem;

class ScratchFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(tmp);
    fs::create_directories(tmp);
  }
  [[nodiscard]] fs::path home() const { return tmp / ("drover-" + std::to_string(::geteuid())); }
  [[nodiscard]] std::size_t runs() const {
    return fs::exists(home()) ? static_cast<std::size_t>(std::distance(fs::directory_iterator(home()), {}))
                              : 0;
  }
  fs::path tmp = fs::path(::testing::TempDir()) / "scratch_test";
};

TEST_F(ScratchFolder, IsPrivateAndGoneWithTheRun) {
  {
    const Result<Scratch> scratch = Scratch::make(tmp.string());
    ASSERT_TRUE(scratch.has_value());
    const std::string folder = scratch->make_for(7).value();
    EXPECT_TRUE(fs::is_directory(folder));
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
    std::ofstream(fs::path(folder) / "data") << "x";
    EXPECT_EQ(runs(), 1U);
  }
  EXPECT_EQ(runs(), 0U);
}

TEST_F(ScratchFolder, OfALivingRunIsNotSwept) {
  const Result<Scratch> scratch = Scratch::make(tmp.string());
  ASSERT_TRUE(scratch.has_value());
  sweep_scratch(tmp.string());
  EXPECT_EQ(runs(), 1U);
}

TEST_F(ScratchFolder, OfAKilledRunIsSweptAtTheNextStart) {
  fs::create_directories(home() / "run-killed" / "task-1");
  fs::permissions(home(), fs::perms::owner_all);
  std::ofstream(home() / "run-killed" / "task-1" / "big") << "x";
  sweep_scratch(tmp.string());
  EXPECT_EQ(runs(), 0U);
}

TEST_F(ScratchFolder, ThatAnotherUserCouldWriteIsRefused) {
  fs::create_directories(home());
  fs::permissions(home(), fs::perms::all);
  EXPECT_FALSE(Scratch::make(tmp.string()).has_value());
  fs::create_directories(home() / "run-theirs");
  sweep_scratch(tmp.string());
  EXPECT_EQ(runs(), 1U);
}

TEST_F(ScratchFolder, RemovingATreeFollowsNoLink) {
  std::ofstream(tmp / "precious") << "x";
  fs::create_directories(tmp / "tree" / "deep");
  fs::create_symlink(tmp, tmp / "tree" / "deep" / "link");
  fs::permissions(tmp / "tree" / "deep", fs::perms::owner_read | fs::perms::owner_exec);
  remove_tree((tmp / "tree").string());
  EXPECT_FALSE(fs::exists(tmp / "tree"));
  EXPECT_TRUE(fs::exists(tmp / "precious"));
}

}  // namespace
}  // namespace drover::farm
