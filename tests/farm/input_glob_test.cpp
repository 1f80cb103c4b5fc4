// --glob. What matches is compared with bash 5.2 and its globstar; the order is the natural one.
#include <algorithm>
#include <filesystem>

#include "farm/natural_order.hpp"
#include "input_sources.hpp"

namespace drover::farm::input_test {
namespace {

// A folder to stand in, so that patterns and expected names stay short.
class Glob : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    for (const char* name :
         {"1.txt", "10.txt", "2.txt", "a/3.txt", "a/.h/x/4.txt", ".hid/5.txt", "b/x/y/6.txt", "b/[z]"})
      folder_.write(name);
    std::filesystem::create_directory_symlink("../a", folder_.path("b/link"));
    std::filesystem::create_directory_symlink("..", folder_.path("b/x/circle"));
    std::filesystem::current_path(folder_.path(""));
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  static Words match(Words patterns) {
    Words names;
    for (const Words& task : tasks_of(options({glob(std::move(patterns))}))) names.push_back(task.at(0));
    return names;
  }

  Folder folder_;
  std::filesystem::path before_;
};

// What bash prints for the pattern, in our order.
Words bash(const std::string& pattern) {
  const std::string line = "bash -c 'shopt -s globstar nullglob; printf \"%s\\n\" " + pattern + "'";
  FILE* const printed = ::popen(line.c_str(), "r");
  Words names;
  char name[4096];
  while (std::fgets(name, sizeof name, printed) != nullptr)
    names.emplace_back(name, std::string_view(name).size() - 1);
  ::pclose(printed);
  std::ranges::sort(names, before_in_natural_order);
  return names;
}

TEST_F(Glob, GivesTheMatchesInNaturalOrder) {
  EXPECT_EQ(match({"*.txt"}), (Words{"1.txt", "2.txt", "10.txt"}));
  EXPECT_EQ(match({"*"}), (Words{"1.txt", "2.txt", "10.txt", "a", "b"}));
}

TEST_F(Glob, MatchesWhatBashMatches) {
  for (const char* pattern : {"*",
                              "*/",
                              "?.txt",
                              "[12]*",
                              "[!1]*",
                              "*/*",
                              "**",
                              "**/",
                              "**/*.txt",
                              "a/**",
                              "b/**/",
                              "**/**/*.txt",
                              "**/x/*",
                              "b**",
                              "*/link/*",
                              "**/link/*",
                              ".*",
                              ".*/*",
                              "**/.*",
                              "a/.*/x/*",
                              "./*.txt",
                              "b/\\[z\\]",
                              "b/x/../../*.txt",
                              "a/3.txt"}) {
    Words expected = bash(pattern);
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    EXPECT_EQ(match({pattern}), expected) << pattern;
  }
}

TEST_F(Glob, DescendsWithTwoStarsButNotIntoHiddenFoldersNorRoundInCircles) {
  EXPECT_EQ(match({"**/*.txt"}), (Words{"1.txt", "2.txt", "10.txt", "a/3.txt", "b/x/y/6.txt"}));
}

TEST_F(Glob, TwoStarsAtTheEndMatchTheFolderAndEverythingBelowOnce) {
  EXPECT_EQ(match({"**/x/**"}), (Words{"b/x/", "b/x/circle", "b/x/y", "b/x/y/6.txt"}));
  EXPECT_EQ(match({"**/y/../**/6.txt"}), (Words{"b/x/y/../y/6.txt"}));
}

TEST_F(Glob, PatternsMakeOneSourceInTheirOrder) {
  EXPECT_EQ(match({"a/*", "*0.txt", "1.txt"}), (Words{"a/3.txt", "10.txt", "1.txt"}));
}

TEST_F(Glob, TakesAbsolutePatterns) {
  EXPECT_EQ(match({folder_.path("a/*")}), (Words{folder_.path("a/3.txt")}));
  EXPECT_EQ(match({"/"}), (Words{"/"}));
}

TEST_F(Glob, ThatMatchesNothingIsAnError) {
  EXPECT_PRED2(holds, refusal(options({glob({"*.txt", "*.fits"})})), "no file matches --glob '*.fits'");
  EXPECT_PRED2(holds, refusal(options({glob({"*.{txt,fits}"})})), "give one --glob for each pattern");
  EXPECT_PRED2(holds, refusal(options({glob({""})})), "no file matches");
}

TEST(NaturalOrder, ComparesDigitsAsNumbers) {
  const Words sorted = {"a",
                        "a/b",
                        "a b",
                        "a-1",
                        "a1",
                        "a01",
                        "a2",
                        "a2b",
                        "a10",
                        "a10b2",
                        "a10b10",
                        "a99999999999999999999",
                        "a100000000000000000000",
                        "b1"};
  for (std::size_t i = 0; i < sorted.size(); ++i)
    for (std::size_t j = 0; j < sorted.size(); ++j)
      EXPECT_EQ(before_in_natural_order(sorted[i], sorted[j]), i < j) << sorted[i] << " " << sorted[j];
}

}  // namespace
}  // namespace drover::farm::input_test
