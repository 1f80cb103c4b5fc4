#include "cie-spectrum/atomic_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace {

namespace fs = std::filesystem;

// An empty folder for each test, removed after it.
class AtomicFile : public testing::Test {
 protected:
  AtomicFile() { fs::create_directory(folder_); }
  ~AtomicFile() override { fs::remove_all(folder_); }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] long entries() const { return std::distance(fs::directory_iterator(folder_), {}); }

  fs::path folder_ = fs::path(testing::TempDir()) / ("atomic_file_" + std::to_string(std::random_device()()));
};

TEST_F(AtomicFile, HoldsTheBytesAndLeavesNothingBeside) {
  const std::string bytes("a\0b", 3);
  ASSERT_TRUE(cie::replace_file(folder_ / "x.fits", bytes).has_value());
  EXPECT_EQ(content(folder_ / "x.fits"), bytes);
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, ReplacesAnOlderLongerFile) {
  ASSERT_TRUE(cie::replace_file(folder_ / "x", "long old content").has_value());
  ASSERT_TRUE(cie::replace_file(folder_ / "x", "new").has_value());
  EXPECT_EQ(content(folder_ / "x"), "new");
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, KeepsWhoeverReadsTheOldFileReadingIt) {
  ASSERT_TRUE(cie::replace_file(folder_ / "x", "old").has_value());
  std::ifstream reader(folder_ / "x");
  ASSERT_TRUE(cie::replace_file(folder_ / "x", "new").has_value());
  std::string seen;
  reader >> seen;
  EXPECT_EQ(seen, "old");
}

TEST_F(AtomicFile, WritesThroughASymbolicLink) {
  ASSERT_TRUE(cie::replace_file(folder_ / "target", "old").has_value());
  fs::create_symlink("target", folder_ / "link");
  ASSERT_TRUE(cie::replace_file(folder_ / "link", "new").has_value());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content(folder_ / "target"), "new");
}

TEST_F(AtomicFile, RefusesAFolderOrADeviceUnderTheName) {
  fs::create_directory(folder_ / "x");
  for (const fs::path& path : {folder_ / "x", fs::path("/dev/null")}) {
    const auto refused = cie::replace_file(path, "bytes");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, cie::Refusal::Kind::output);
    EXPECT_NE(refused.error().message.find(path.string()), std::string::npos);
  }
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, NamesTheFileWhoseFolderIsMissing) {
  const auto refused = cie::replace_file(folder_ / "missing" / "x", "bytes");
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("missing/x"), std::string::npos);
  EXPECT_EQ(entries(), 0);
}

}  // namespace
