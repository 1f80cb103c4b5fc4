#include "farm/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace drover::farm {
namespace {

namespace fs = std::filesystem;

class Program : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(place);
    fs::create_directories(place / "a");
    fs::create_directories(place / "b");
  }
  void put(const fs::path& name, bool executable) const {
    std::ofstream(place / name) << "#!/bin/sh\n";
    fs::permissions(place / name,
                    executable ? fs::perms::owner_all : fs::perms::owner_read | fs::perms::owner_write);
  }
  [[nodiscard]] std::string path() const { return (place / "a").string() + ":" + (place / "b").string(); }
  fs::path place = fs::path(::testing::TempDir()) / "program_test";
};

TEST_F(Program, IsFoundInTheFirstFolderThatHasIt) {
  put("a/sim", true);
  put("b/sim", true);
  EXPECT_EQ(find_program("sim", path()).value(), (place / "a/sim").string());
}

TEST_F(Program, OneWithoutTheExecutableBitIsPassedOverForALaterOne) {
  put("a/sim", false);
  put("b/sim", true);
  EXPECT_EQ(find_program("sim", path()).value(), (place / "b/sim").string());
}

TEST_F(Program, OneWithoutTheExecutableBitAloneIsNamed) {
  put("a/sim", false);
  const Result<std::string> found = find_program("sim", path());
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code(), Errc::denied);
  EXPECT_NE(found.error().advice().find("chmod +x"), std::string::npos);
}

TEST_F(Program, AMissingOneIsNamed) {
  const Result<std::string> found = find_program("nowhere", path());
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code(), Errc::not_found);
  EXPECT_NE(found.error().message().find("nowhere"), std::string::npos);
}

TEST_F(Program, APathIsTakenAsItIsAndAFolderIsNoProgram) {
  put("a/sim", true);
  EXPECT_EQ(find_program((place / "a/sim").string(), "").value(), (place / "a/sim").string());
  const Result<std::string> found = find_program((place / "a").string(), "");
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().message().find("folder"), std::string::npos);
}

}  // namespace
}  // namespace drover::farm
