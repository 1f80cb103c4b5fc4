// Lines of files and of standard input. Expected behaviour: GNU parallel 20221122 on the same files.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "farm/line_reader.hpp"
#include "input_sources.hpp"

namespace drover::farm::input_test {
namespace {

TEST(Lines, OfAFileAreTheInputsEmptyOnesToo) {
  const Folder folder;
  EXPECT_EQ(tasks_of(options({file(folder.write("f", "a\n\n b \n"))})), (Tasks{{"a"}, {""}, {" b "}}));
  EXPECT_EQ(tasks_of(options({file(folder.write("g", "\n"))})), (Tasks{{""}}));
}

TEST(Lines, WithoutTheLastNewlineCountToo) {
  const Folder folder;
  EXPECT_EQ(tasks_of(options({file(folder.write("f", "a\nb"))})), (Tasks{{"a"}, {"b"}}));
}

TEST(Lines, OfAnEmptyFileAreNone) {
  const Folder folder;
  Inputs inputs = opened(options({file(folder.write("f"))}));
  EXPECT_EQ(inputs.total(), 0U);
  EXPECT_TRUE(tasks_of(options({file(folder.path("f"))})).empty());
}

TEST(Lines, MayEndWithAnyByte) {
  const Folder folder;
  InputOptions by_nul = options({file(folder.write("f", std::string("a\0b\nc\0", 6)))});
  by_nul.delimiter = '\0';
  EXPECT_EQ(tasks_of(by_nul), (Tasks{{"a"}, {"b\nc"}}));
  InputOptions by_semicolon = options({file(folder.write("g", "a;b;\n"))});
  by_semicolon.delimiter = ';';
  EXPECT_EQ(tasks_of(by_semicolon), (Tasks{{"a"}, {"b"}, {"\n"}}));
}

TEST(Lines, HoldAnyBytes) {
  const Folder folder;
  const std::string odd = "\xff\xfe $(rm) `x` 'q' \"d\" \r\\";
  EXPECT_EQ(tasks_of(options({file(folder.write("f", odd + "\n"))})), (Tasks{{odd}}));
}

TEST(Lines, MayBeAMegabyteLong) {
  const Folder folder;
  const std::string line(std::size_t{1} << 20U, 'x');
  EXPECT_EQ(tasks_of(options({file(folder.write("f", "a\n" + line + "\nb\n" + line))})),
            (Tasks{{"a"}, {line}, {"b"}, {line}}));
}

TEST(Lines, WithANulByteCarryAProblemAndTheOthersRun) {
  const Folder folder;
  const std::string path = folder.write("f", std::string("a\nb\0c\nd\n", 8));
  const std::string problem =
      "[line 2 of " + path +
      " holds a NUL byte, which no command line can carry; use -0 if NUL ends the inputs]";
  EXPECT_EQ(tasks_of(options({file(path)})), (Tasks{{"a"}, {std::string("b\0c", 3), problem}, {"d"}}));
}

TEST(Lines, OfStandardInputAreReadAsTheyComeAndNeverWaitedFor) {
  PipedInput input;
  Inputs inputs = opened({});
  TaskInput task;
  ASSERT_EQ(inputs.next(task), Pull::later);
  EXPECT_EQ(inputs.wait_fd(), STDIN_FILENO);
  input.write("first\nsec");
  ASSERT_EQ(inputs.next(task), Pull::task);
  EXPECT_EQ(task.value(0), "first");
  EXPECT_EQ(task.number, 1U);
  EXPECT_EQ(inputs.wait_fd(), -1);
  ASSERT_EQ(inputs.next(task), Pull::later);
  input.write("ond\nlast");
  ASSERT_EQ(inputs.next(task), Pull::task);
  EXPECT_EQ(task.value(0), "second");
  ASSERT_EQ(inputs.next(task), Pull::later);
  input.close();
  ASSERT_EQ(inputs.next(task), Pull::task);
  EXPECT_EQ(task.value(0), "last");
  EXPECT_EQ(task.number, 3U);
  EXPECT_EQ(inputs.next(task), Pull::end);
  EXPECT_EQ(inputs.next(task), Pull::end);
  EXPECT_FALSE(inputs.total().has_value());
}

TEST(Lines, OfANamedPipeWithoutAWriterAreLaterNotAnEndAndNotAWait) {
  const Folder folder;
  ASSERT_EQ(::mkfifo(folder.path("p").c_str(), 0600), 0);
  Inputs inputs = opened(options({file(folder.path("p"))}));
  TaskInput task;
  ASSERT_EQ(inputs.next(task), Pull::later);
  machine::UniqueFd writer(::open(folder.path("p").c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(inputs.next(task), Pull::later);
  ASSERT_EQ(::write(writer.get(), "x\n", 2), 2);
  writer.reset();
  ASSERT_EQ(inputs.next(task), Pull::task);
  EXPECT_EQ(task.value(0), "x");
  EXPECT_EQ(inputs.next(task), Pull::end);
}

TEST(Lines, AreReadFromWhereStandardInputStands) {
  const Folder folder;
  const std::string path = folder.write("f", "skipped\na\nb\n");
  const PipedInput restored;
  const machine::UniqueFd half_read(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::lseek(half_read.get(), 8, SEEK_SET), 8);
  ASSERT_GE(::dup2(half_read.get(), STDIN_FILENO), 0);
  Inputs inputs = opened({});
  EXPECT_EQ(inputs.total(), 2U);
  EXPECT_EQ(tasks_of({}), (Tasks{{"a"}, {"b"}}));
}

TEST(Lines, TakeNoMoreMemoryForMillionsThanForThousands) {
  const Folder folder;
  const auto capacity_after = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "input " + std::to_string(i) + "\n";
    auto opened_file = InputFile::open(folder.write("f", text));
    EXPECT_TRUE(opened_file.has_value());
    LineReader reader(*opened_file, '\n');
    std::string_view line;
    int seen = 0;
    while (reader.next(line) == Pull::task) ++seen;
    EXPECT_EQ(seen, count);
    return reader.capacity();
  };
  const std::size_t small = capacity_after(20'000);
  EXPECT_EQ(capacity_after(2'000'000), small);
  EXPECT_LE(small, std::size_t{256} << 10U);
}

TEST(Lines, OfAMissingFileOrADirectoryAreRefusedByName) {
  const Folder folder;
  EXPECT_PRED2(holds, refusal(options({file(folder.path("absent"))})),
               "there is no file '" + folder.path("absent"));
  EXPECT_PRED2(holds, refusal(options({file(folder.path(""))})), "is a directory");
}

TEST(Lines, OfTwoSourcesCannotBothBeStandardInput) {
  const std::string twice = "standard input is named twice";
  EXPECT_PRED2(holds, refusal(options({file("-"), file("-")})), twice);
  EXPECT_PRED2(holds, refusal(options({file("-"), file("/dev/stdin")})), twice);
}

}  // namespace
}  // namespace drover::farm::input_test
