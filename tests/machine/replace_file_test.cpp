#include "machine/replace_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace drover::machine {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ReplaceFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "drover-replace-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::ptrdiff_t files() const { return std::distance(std::filesystem::directory_iterator(folder_), {}); }
  std::filesystem::path folder_;
};

TEST_F(ReplaceFileTest, MakesAFileAndReplacesOneAndLeavesNoOther) {
  const std::string path = folder_ / "a";
  ASSERT_TRUE(replace_file(path, std::string_view("first")).has_value());
  EXPECT_EQ(contents(path), "first");
  ASSERT_TRUE(replace_file(path, std::string_view("second")).has_value());
  EXPECT_EQ(contents(path), "second");
  EXPECT_EQ(files(), 1);
}

TEST_F(ReplaceFileTest, ShowsNoPartOfTheTextBeforeItsEnd) {
  const std::string path = folder_ / "a";
  int pieces = 0;
  ASSERT_TRUE(replace_file(path, [&]() -> Result<std::string_view> {
                EXPECT_FALSE(std::filesystem::exists(path));
                return ++pieces <= 3 ? "piece " : "";
              }).has_value());
  EXPECT_EQ(contents(path), "piece piece piece ");
}

TEST_F(ReplaceFileTest, TakesAnotherNameWhereAStrayFileHasItsOwn) {
  const std::string path = folder_ / "a";
  ASSERT_TRUE(replace_file(path, std::string_view("first")).has_value());
  std::ofstream(folder_ / fmt::format(".drover-{}-0.tmp", ::getpid())) << "stray";
  ASSERT_TRUE(replace_file(path, std::string_view("second")).has_value());
  EXPECT_EQ(contents(path), "second");
  EXPECT_EQ(files(), 2);
}

TEST_F(ReplaceFileTest, GivesTheFileTheUsualPermissions) {
  const mode_t old = ::umask(027);
  const Result<void> written = replace_file(folder_ / "a", std::string_view("text"));
  ::umask(old);
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(std::filesystem::status(folder_ / "a").permissions(), std::filesystem::perms(0640));
}

TEST_F(ReplaceFileTest, NamesWhatCannotBeReplacedAndLeavesNothing) {
  std::filesystem::create_directory(folder_ / "a");
  const Result<void> written = replace_file(folder_ / "a", std::string_view("text"));
  ASSERT_FALSE(written.has_value());
  EXPECT_NE(written.error().message().find("/a: Is a directory"), std::string::npos)
      << written.error().what();
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace drover::machine
