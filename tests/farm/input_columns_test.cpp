// Columns: --colsep, --csv and --header. Expected columns of --colsep: GNU parallel 20221122; of --csv: RFC
// 4180.
#include "farm/colsep.hpp"
#include "input_sources.hpp"

namespace drover::farm::input_test {
namespace {

Words split(std::string_view expression, std::string_view text) {
  const auto separator = ColumnSeparator::compile(expression);
  if (!separator) return {separator.error().what()};
  Row row;
  separator->split(text, row);
  Words words;
  for (std::size_t i = 0; i < row.size(); ++i) words.emplace_back(row.value(i));
  return words;
}

InputOptions separated(std::vector<SourceOption> sources, const std::string& colsep, bool header = false) {
  InputOptions wanted = options(std::move(sources));
  wanted.colsep = colsep;
  wanted.header = header;
  return wanted;
}

InputOptions csv(const std::string& path, bool header = false) {
  InputOptions wanted = options({file(path)});
  wanted.csv = true;
  wanted.header = header;
  return wanted;
}

TEST(Columns, AreSeparatedByACharacterAndMayBeEmpty) {
  EXPECT_EQ(split(",", ",a,,b,"), (Words{"", "a", "", "b", ""}));
  EXPECT_EQ(split(",", ""), (Words{""}));
  EXPECT_EQ(split("\\t", "a\tb c"), (Words{"a", "b c"}));
  EXPECT_EQ(split("\\|", "a|b"), (Words{"a", "b"}));
  EXPECT_EQ(split("::", "a::b:c"), (Words{"a", "b:c"}));
}

TEST(Columns, AreSeparatedByAnExtendedRegularExpression) {
  EXPECT_EQ(split(" +", "  a  b "), (Words{"", "a", "b", ""}));
  EXPECT_EQ(split("\\s+", "a  b\tc"), (Words{"a", "b", "c"}));
  EXPECT_EQ(split("[,\\t]", "a,b\tc\\d"), (Words{"a", "b", "c\\d"}));
  EXPECT_EQ(split("a|b\\d", "1a2b3c"), (Words{"1", "2", "c"}));
  EXPECT_EQ(split("^x", "xaxb"), (Words{"", "axb"}));
}

TEST(Columns, HoldNulBytesBehindWhichTheSearchGoesOn) {
  EXPECT_EQ(split(", *", std::string_view("a\0b, c", 6)), (Words{std::string("a\0b", 3), "c"}));
}

TEST(Columns, NeedAnExpressionThatIsOneAndMatchesSomething) {
  EXPECT_PRED2(holds, split("(", "a")[0], "--colsep '(' is not an extended regular expression");
  EXPECT_PRED2(holds, split(" *", "a")[0], "matches the empty text");
}

TEST(Columns, OfFilesAndValuesMayDifferFromRowToRow) {
  const Folder folder;
  InputOptions wanted = separated({file(folder.write("f", "1,2\n\n3,4,5\n"))}, ",");
  EXPECT_EQ(tasks_of(wanted), (Tasks{{"1", "2"}, {""}, {"3", "4", "5"}}));
  EXPECT_FALSE(opened(wanted).width().has_value());
  EXPECT_EQ(tasks_of(separated({values({"a,b", "c,d"}), values({"e", "f"})}, ",")),
            (Tasks{{"a", "b", "e"}, {"a", "b", "f"}, {"c", "d", "e"}, {"c", "d", "f"}}));
}

TEST(Columns, AreNotCutOutOfGridsAndFileNames) {
  const Folder folder;
  const std::string name = folder.write("a,b");
  EXPECT_EQ(tasks_of(separated({grid("x=0.5..0.5"), glob({folder.path("*")})}, "[,.]")),
            (Tasks{{"0.5", name}}));
}

TEST(Header, NamesTheColumnsOfAFile) {
  const Folder folder;
  InputOptions wanted =
      separated({file(folder.write("f", "a,b\n1,2\n3,4\n")), values({"c", "7", "8"})}, ",", true);
  const Inputs inputs = opened(wanted);
  EXPECT_EQ(inputs.names(), (Words{"a", "b", "c"}));
  EXPECT_EQ(inputs.width(), 3U);
  EXPECT_EQ(inputs.total(), 4U);
  EXPECT_EQ(tasks_of(wanted), (Tasks{{"1", "2", "7"}, {"1", "2", "8"}, {"3", "4", "7"}, {"3", "4", "8"}}));
}

TEST(Header, IsTheFirstValueOfEverySourceButOfGridsAndGlobs) {
  const Folder folder;
  const std::string only = folder.write("g/only");
  InputOptions wanted = options(
      {file(folder.write("f", "x\n1\n")), grid("y=5,6"), glob({folder.path("g/*")}), values({"z", "7"})});
  wanted.header = true;
  EXPECT_EQ(opened(wanted).names(), (Words{"x", "y", "", "z"}));
  EXPECT_EQ(tasks_of(wanted), (Tasks{{"1", "5", only, "7"}, {"1", "6", only, "7"}}));
}

TEST(Header, AloneGivesNoInputs) {
  const Folder folder;
  for (const std::string text : {"x\n", ""}) {
    InputOptions wanted = options({file(folder.write("f", text))});
    wanted.header = true;
    EXPECT_EQ(opened(wanted).total(), 0U);
    EXPECT_TRUE(tasks_of(wanted).empty());
  }
  InputOptions wanted = options({values({"x"})});
  wanted.header = true;
  EXPECT_EQ(opened(wanted).names(), (Words{"x"}));
  EXPECT_TRUE(tasks_of(wanted).empty());
}

TEST(Header, FromStandardInputIsThereAfterOpen) {
  PipedInput input;
  input.write("x,y\n");
  const Inputs inputs = opened(separated({}, ",", true));
  EXPECT_EQ(inputs.names(), (Words{"x", "y"}));
}

TEST(Header, MayBeginWithAByteOrderMark) {
  const Folder folder;
  EXPECT_EQ(opened(csv(folder.write("f", "\xEF\xBB\xBF\"a\",b\n1,2\n"), true)).names(), (Words{"a", "b"}));
}

TEST(Header, WithANameTwiceOrNoNameIsRefused) {
  const Folder folder;
  EXPECT_PRED2(holds, refusal(separated({file(folder.write("f", "a,b,a\n"))}, ",", true)),
               "'a' occurs twice");
  EXPECT_PRED2(holds, refusal(separated({file(folder.write("g", "a,,b\n"))}, ",", true)),
               "column 2 of " + folder.path("g") + " has no name");
  EXPECT_PRED2(holds, refusal(options({grid("x=1"), grid("x=2")})), "'x' occurs twice");
}

TEST(Header, IsNeededWhereANamedParameterStandsBehindUncountedColumns) {
  const Folder folder;
  const std::string path = folder.write("f", "1,2\n");
  EXPECT_PRED2(holds, refusal(separated({file(path), grid("x=1")}, ",")), "add --header :");
  EXPECT_EQ(opened(separated({values({"1,2", "3,4"}), grid("x=1")}, ",")).names(), (Words{"", "", "x"}));
}

TEST(Header, MakesARaggedRowAProblemOfItsTask) {
  const Folder folder;
  const std::string path = folder.write("f", "a,b\n1,2\n3\n4,5\n");
  EXPECT_EQ(
      tasks_of(separated({file(path)}, ",", true)),
      (Tasks{{"1", "2"}, {"3", "[row 3 of " + path + " has 1 column, the first row has 2]"}, {"4", "5"}}));
}

TEST(Csv, HoldsSeparatorsQuotesAndNewlinesInQuotedValues) {
  const Folder folder;
  const std::string path = folder.write("f", "1,\"two, \"\"2\"\"\",\"line\nline\n\"\n\"\",,x\"y\n");
  EXPECT_EQ(tasks_of(csv(path)), (Tasks{{"1", "two, \"2\"", "line\nline\n"}, {"", "", "x\"y"}}));
}

TEST(Csv, ToleratesCrlfAndBlankLines) {
  const Folder folder;
  const std::string path = folder.write("f", "a,b\r\n\r\n\"1\",\"x\r\ny\"\r\n\n3,4");
  EXPECT_EQ(tasks_of(csv(path, true)), (Tasks{{"1", "x\r\ny"}, {"3", "4"}}));
}

TEST(Csv, MayUseAnotherSeparator) {
  const Folder folder;
  InputOptions wanted = csv(folder.write("f", "1,5;\"a;b\"\n"));
  wanted.colsep = ";";
  EXPECT_EQ(tasks_of(wanted), (Tasks{{"1,5", "a;b"}}));
  wanted.colsep = "\\s+";
  EXPECT_PRED2(holds, refusal(wanted), "cannot separate the values of --csv");
  wanted.colsep.reset();
  wanted.delimiter = '\0';
  EXPECT_PRED2(holds, refusal(wanted), "leave out -0");
}

TEST(Csv, MakesRaggedAndBrokenRecordsProblemsOfTheirTasks) {
  const Folder folder;
  const std::string path = folder.write("f", "1,2,3\n4,5\n6,\"7\"x,8\n9,10,\"11\n12");
  const Tasks tasks = tasks_of(csv(path));
  ASSERT_EQ(tasks.size(), 4U);
  EXPECT_EQ(tasks[0], (Words{"1", "2", "3"}));
  EXPECT_EQ(tasks[1].back(), "[row 2 of " + path + " has 2 columns, the first row has 3]");
  EXPECT_EQ(tasks[2].back(), "[row 3 of " + path + " has text after a closing quote]");
  EXPECT_EQ(tasks[3].back(), "[row 4 of " + path + " opens a quote that is never closed]");
}

TEST(Csv, RowsAreCountedWithTheHeaderAndOverQuotedNewlines) {
  const Folder folder;
  std::string text = "id,name\n";
  for (int row = 2; row < 500; ++row) text += std::to_string(row) + ",\"a\nb\"\n";
  const Tasks tasks = tasks_of(csv(folder.write("inputs.csv", text + "500\n501,x\n"), true));
  ASSERT_EQ(tasks.size(), 500U);
  EXPECT_PRED2(holds, tasks[498].back(), "row 500 of ");
  EXPECT_PRED2(holds, tasks[498].back(), "inputs.csv has 1 column, the first row has 2]");
  EXPECT_EQ(tasks[499], (Words{"501", "x"}));
}

TEST(Csv, RecordThatComesInPiecesIsOneRecord) {
  PipedInput input;
  InputOptions wanted;
  wanted.csv = true;
  Inputs inputs = opened(wanted);
  TaskInput task;
  input.write("1,\"a\nb");
  ASSERT_EQ(inputs.next(task), Pull::later);
  input.write("c\"\n");
  ASSERT_EQ(inputs.next(task), Pull::task);
  EXPECT_EQ(words_of(task), (Words{"1", "a\nbc"}));
}

TEST(Csv, OfValuesIsARecordAValue) {
  InputOptions wanted = options({values({"1,\"a,b\"", "2,c"})});
  wanted.csv = true;
  EXPECT_EQ(tasks_of(wanted), (Tasks{{"1", "a,b"}, {"2", "c"}}));
}

}  // namespace
}  // namespace drover::farm::input_test
