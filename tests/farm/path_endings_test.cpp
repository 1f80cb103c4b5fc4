// The expected values came from GNU parallel 20221122: parallel -q printf '<%s>' {} {.} {/} {//} {/.} :::
// PATH…
#include "farm/path_endings.hpp"

#include <gtest/gtest.h>

namespace drover::farm {
namespace {

struct Row {
  std::string_view path, no_extension, base, directory, stem;
};

constexpr Row rows[] = {
    {"a/b.c/d", "a/b.c/d", "d", "a/b.c", "d"},
    {".hidden", "", ".hidden", ".", ""},
    {"a.tar.gz", "a.tar", "a.tar.gz", ".", "a.tar"},
    {"dir.x/file", "dir.x/file", "file", "dir.x", "file"},
    {"file.", "file", "file.", ".", "file"},
    {"/", "/", "", "/", ""},
    {"a//b//", "a//b//", "", "a", ""},
    {"a/.hidden", "a/", ".hidden", "a", ""},
    {"a/b", "a/b", "b", "a", "b"},
    {"/a", "/a", "a", "/", "a"},
    {"//", "//", "", "/", ""},
    {"", "", "", ".", ""},
    {"a/b.c/", "a/b.c/", "", "a", ""},
    {"./x.y", "./x", "x.y", ".", "x"},
    {"..", ".", "..", ".", "."},
    {".", "", ".", ".", ""},
    {"a/..", "a/.", "..", "a", "."},
    {"a//b.c", "a//b", "b.c", "a", "b"},
    {"a.b/.c", "a.b/", ".c", "a.b", ""},
    {"/x.y", "/x", "x.y", "/", "x"},
    {"x..y", "x.", "x..y", ".", "x."},
    {"...", "..", "...", ".", ".."},
    {"a/", "a/", "", ".", ""},
    {"a/b//c.d", "a/b//c", "c.d", "a/b", "c"},
    {".a.b", ".a", ".a.b", ".", ".a"},
    {"a .b", "a ", "a .b", ".", "a "},
    {"-n.x", "-n", "-n.x", ".", "-n"},
    {".tar/", ".tar/", "", ".", ""},
};

TEST(PathEndings, AreThoseOfGnuParallel) {
  for (const Row& row : rows) {
    EXPECT_EQ(path_ending(row.path, Ending::none), row.path);
    EXPECT_EQ(path_ending(row.path, Ending::no_extension), row.no_extension) << row.path;
    EXPECT_EQ(path_ending(row.path, Ending::base), row.base) << row.path;
    EXPECT_EQ(path_ending(row.path, Ending::directory), row.directory) << row.path;
    EXPECT_EQ(path_ending(row.path, Ending::stem), row.stem) << row.path;
  }
}

TEST(PathEndings, TakeANewlineForAnOrdinaryCharacter) {
  EXPECT_EQ(path_ending("a\nb/c\nd.e", Ending::base), "c\nd.e");
  EXPECT_EQ(path_ending("a\nb/c\nd.e", Ending::directory), "a\nb");
  EXPECT_EQ(path_ending("a\nb/c\nd.e\n", Ending::stem), "c\nd");
}

}  // namespace
}  // namespace drover::farm
