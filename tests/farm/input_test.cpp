// Combination, zip, shuffle and several inputs a task. Expected combinations: GNU parallel 20221122.
#include "farm/input.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "farm/shuffle.hpp"
#include "input_sources.hpp"

namespace drover::farm::input_test {
namespace {

TEST(Combination, GivesEveryOneTheLastGroupFastest) {
  const Folder folder;
  const std::string numbers = folder.write("n", "1\n2\n");
  EXPECT_EQ(tasks_of(options({file(numbers), values({"a", "b"})})),
            (Tasks{{"1", "a"}, {"1", "b"}, {"2", "a"}, {"2", "b"}}));
  EXPECT_EQ(tasks_of(options({file(numbers), file(numbers)})),
            (Tasks{{"1", "1"}, {"1", "2"}, {"2", "1"}, {"2", "2"}}));
}

TEST(Combination, ZipsLinkedSourcesWithTheGroupBefore) {
  EXPECT_EQ(tasks_of(options({values({"a", "b"}), values({"1", "2"}, true), values({"x", "y"})})),
            (Tasks{{"a", "1", "x"}, {"a", "1", "y"}, {"b", "2", "x"}, {"b", "2", "y"}}));
  EXPECT_EQ(tasks_of(options({values({"x", "y"}), values({"a", "b"}), values({"1", "2"}, true)})),
            (Tasks{{"x", "a", "1"}, {"x", "b", "2"}, {"y", "a", "1"}, {"y", "b", "2"}}));
  const Folder folder;
  const std::string numbers = folder.write("n", "1\n2\n");
  EXPECT_EQ(tasks_of(options({values({"a", "b"}), file(numbers, true), file(numbers, true)})),
            (Tasks{{"a", "1", "1"}, {"b", "2", "2"}}));
}

TEST(Combination, OfUnequalZippedSourcesIsRefusedBeforeAnyTaskNamingBothLengths) {
  EXPECT_EQ(refusal(options({values({"a", "b", "c"}), values({"1", "2"}, true)})),
            "the zipped inputs differ in length: '::: a b …' has 3, ':::+ 1 2' has 2: "
            "give both as many values, or write ::: or :::: for every combination");
  PipedInput input;
  Inputs inputs = opened(options({values({"a", "b", "c"}), file("-", true)}));
  TaskInput task;
  input.write("1\n2\n");
  ASSERT_EQ(inputs.next(task), Pull::later);
  EXPECT_EQ(inputs.wait_fd(), STDIN_FILENO);
  input.close();
  const auto pulled = inputs.next(task);
  ASSERT_FALSE(pulled.has_value());
  EXPECT_PRED2(holds, pulled.error().message(), "'standard input' has 2");
}

TEST(Combination, NeedsAGroupToZipWith) {
  EXPECT_PRED2(holds, refusal(options({values({"a"}, true)})), "no group of inputs before :::+");
}

TEST(Combination, WithAnEmptySourceIsEmpty) {
  const Folder folder;
  const std::string empty = folder.write("f");
  const std::string full = folder.write("g", "1\n2\n");
  EXPECT_TRUE(tasks_of(options({file(full), file(empty)})).empty());
  EXPECT_TRUE(tasks_of(options({file(empty), file(full)})).empty());
  EXPECT_TRUE(tasks_of(options({values({"a"}), values({})})).empty());
  EXPECT_EQ(opened(options({file(full), values({})})).total(), 0U);
}

TEST(Combination, HoldsAFasterStreamAndWaitsForAllOfItOnce) {
  PipedInput input;
  Inputs inputs = opened(options({values({"a", "b"}), file("-")}));
  TaskInput task;
  input.write("1\n");
  ASSERT_EQ(inputs.next(task), Pull::later);
  input.write("2\n");
  input.close();
  Tasks tasks;
  while (inputs.next(task) == Pull::task) tasks.push_back(words_of(task));
  EXPECT_EQ(tasks, (Tasks{{"a", "1"}, {"a", "2"}, {"b", "1"}, {"b", "2"}}));
}

TEST(Combination, StreamsTheSlowestSource) {
  PipedInput input;
  Inputs inputs = opened(options({file("-"), values({"x", "y"})}));
  TaskInput task;
  input.write("1\n");
  ASSERT_EQ(inputs.next(task), Pull::task);
  ASSERT_EQ(inputs.next(task), Pull::task);
  EXPECT_EQ(words_of(task), (Words{"1", "y"}));
  EXPECT_EQ(inputs.next(task), Pull::later);
}

// The product as a few loops would make it, with zipped groups.
Tasks naive(const std::vector<SourceOption>& sources) {
  std::vector<Tasks> groups;
  for (const SourceOption& source : sources) {
    if (!source.linked) groups.push_back(Tasks(source.words.size()));
    for (std::size_t i = 0; i < source.words.size(); ++i) groups.back()[i].push_back(source.words[i]);
  }
  Tasks product = {{}};
  for (const Tasks& group : groups) {
    Tasks longer;
    for (const Words& left : product)
      for (const Words& right : group) {
        longer.push_back(left);
        longer.back().insert(longer.back().end(), right.begin(), right.end());
      }
    product = std::move(longer);
  }
  return product;
}

TEST(Combination, IsTheNaiveProductForAnyGroupsWhereverTheyComeFrom) {
  const Folder folder;
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::vector<SourceOption> sources;
    std::vector<SourceOption> as_files;
    std::size_t length = 0;
    const std::size_t count = 1 + random() % 5;
    for (std::size_t s = 0; s < count; ++s) {
      const bool linked = s > 0 && random() % 3 == 0;
      if (!linked) length = random() % 8 == 0 ? 0 : 1 + random() % 4;
      Words words;
      std::string text;
      for (std::size_t i = 0; i < length; ++i) {
        words.push_back(std::to_string(random() % 1000));
        text += words.back() + "\n";
      }
      const bool in_file = random() % 2 == 0;
      as_files.push_back(in_file ? file(folder.write("s" + std::to_string(s), text), linked)
                                 : values(words, linked));
      sources.push_back(values(words, linked));
    }
    const Tasks expected = naive(sources);
    ASSERT_EQ(tasks_of(options(sources)), expected) << "seed " << seed;
    ASSERT_EQ(tasks_of(options(as_files)), expected) << "seed " << seed;
    ASSERT_EQ(opened(options(as_files)).total(), expected.size()) << "seed " << seed;
    ASSERT_EQ(opened(options(as_files)).count_rest(), std::pair(std::uint64_t{expected.size()}, false))
        << "seed " << seed;
  }
}

TEST(PerTask, PutsSeveralInputsIntoATaskAndFewerIntoTheLast) {
  InputOptions wanted = options({values({"a", "b", "c", "d", "e"})});
  wanted.per_task = 2;
  EXPECT_EQ(tasks_of(wanted), (Tasks{{"a", "b"}, {"c", "d"}, {"e"}}));
  EXPECT_EQ(opened(wanted).total(), 3U);
  EXPECT_EQ(opened(wanted).width(), 2U);
}

TEST(PerTask, KeepsTheBeginningOfATaskUntilItsRestHasCome) {
  PipedInput input;
  InputOptions wanted;
  wanted.per_task = 3;
  Inputs inputs = opened(wanted);
  TaskInput task;
  input.write("1\n2\n");
  ASSERT_EQ(inputs.next(task), Pull::later);
  input.write("3\n4\n");
  ASSERT_EQ(inputs.next(task), Pull::task);
  EXPECT_EQ(words_of(task), (Words{"1", "2", "3"}));
  EXPECT_EQ(inputs.next(task), Pull::later);
  EXPECT_EQ(inputs.count_rest(), std::pair(std::uint64_t{1}, true));
}

TEST(PerTask, NeedsOneSourceWithoutColumns) {
  InputOptions two = options({values({"a"}), values({"b"})});
  two.per_task = 2;
  EXPECT_PRED2(holds, refusal(two), "need one source without columns");
  InputOptions columns = options({values({"a,b"})});
  columns.per_task = 2;
  columns.colsep = ",";
  EXPECT_PRED2(holds, refusal(columns), "need one source without columns");
  InputOptions none = options({values({"a"})});
  none.per_task = 0;
  EXPECT_PRED2(holds, refusal(none), "at least 1");
}

std::vector<std::pair<schedule::TaskNumber, Words>> numbered(const InputOptions& wanted) {
  Inputs inputs = opened(wanted);
  std::vector<std::pair<schedule::TaskNumber, Words>> tasks;
  TaskInput input;
  while (inputs.next(input) == Pull::task) tasks.emplace_back(input.number, words_of(input));
  return tasks;
}

TEST(Shuffle, ChangesTheOrderAndKeepsTheNumbersOfTheWholeInput) {
  InputOptions wanted = options({grid("x=1..100"), values({"a", "b"})});
  const auto in_order = numbered(wanted);
  wanted.shuffle = true;
  wanted.seed = 7;
  auto shuffled = numbered(wanted);
  EXPECT_NE(shuffled, in_order);
  EXPECT_EQ(shuffled, numbered(wanted));
  wanted.seed = 8;
  EXPECT_NE(shuffled, numbered(wanted));
  std::ranges::sort(shuffled);
  EXPECT_EQ(shuffled, in_order);
}

TEST(Shuffle, KeepsTheInputsOfATaskTogether) {
  InputOptions wanted = options({values({"1", "2", "3", "4", "5"})});
  wanted.per_task = 2;
  wanted.shuffle = true;
  auto tasks = numbered(wanted);
  std::ranges::sort(tasks);
  EXPECT_EQ(tasks, (decltype(tasks){{1, {"1", "2"}}, {2, {"3", "4"}}, {3, {"5"}}}));
}

TEST(Shuffle, KeepsTheProblemWithItsTask) {
  const Folder folder;
  InputOptions wanted = options({file(folder.write("f", "1,2\n3\n4,5\n"))});
  wanted.csv = true;
  wanted.shuffle = true;
  Inputs inputs = opened(wanted);
  TaskInput input;
  while (inputs.next(input) == Pull::task) EXPECT_EQ(!input.problem.empty(), input.number == 2);
}

TEST(Shuffle, WaitsForAllOfAStream) {
  PipedInput input;
  InputOptions wanted;
  wanted.shuffle = true;
  Inputs inputs = opened(wanted);
  TaskInput task;
  input.write("1\n2\n");
  ASSERT_EQ(inputs.next(task), Pull::later);
  EXPECT_EQ(inputs.wait_fd(), STDIN_FILENO);
  input.close();
  std::set<std::string> seen;
  while (inputs.next(task) == Pull::task) {
    EXPECT_EQ(task.value(0), std::to_string(task.number));
    seen.emplace(task.value(0));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"1", "2"}));
}

TEST(Shuffle, OfMoreThanMemoryHoldsIsAnErrorNotADeath) {
  InputOptions wanted = options({grid("x=1..1000000000000")});
  wanted.shuffle = true;
  Inputs inputs = opened(wanted);
  TaskInput input;
  const auto pulled = inputs.next(input);
  ASSERT_FALSE(pulled.has_value());
  EXPECT_PRED2(holds, pulled.error().message(), "--shuf keeps every input in memory");
}

// Each of the 24 orders of four; 24,000 seeds; five standard deviations of a fair choice is 155.
TEST(Shuffle, MakesEveryOrderEquallyLikely) {
  std::map<std::vector<std::uint64_t>, int> seen;
  for (std::uint64_t seed = 0; seed < 24'000; ++seed) ++seen[shuffled_order(4, seed)];
  ASSERT_EQ(seen.size(), 24U);
  for (const auto& [order, times] : seen) EXPECT_NEAR(times, 1000, 155);
}

TEST(CountRest, CountsWhatWasNotTakenAndEndsTheInputs) {
  Inputs inputs = opened(options({values({"a", "b", "c"}), values({"1", "2"})}));
  TaskInput input;
  ASSERT_EQ(inputs.next(input), Pull::task);
  EXPECT_EQ(inputs.count_rest(), std::pair(std::uint64_t{5}, false));
  EXPECT_EQ(inputs.next(input), Pull::end);
  EXPECT_EQ(inputs.count_rest(), std::pair(std::uint64_t{0}, false));
}

TEST(CountRest, OfAPipeThatIsStillOpenSaysThatThereMayBeMore) {
  PipedInput pipe;
  Inputs inputs = opened(options({file("-"), values({"x", "y"})}));
  TaskInput input;
  pipe.write("1\n2\n3\n");
  ASSERT_EQ(inputs.next(input), Pull::task);
  EXPECT_EQ(inputs.count_rest(), std::pair(std::uint64_t{5}, true));
}

TEST(Total, OfARegularFileIsCountedAheadWithoutDisturbingIt) {
  const Folder folder;
  InputOptions wanted = options({file(folder.write("f", "h\n\n1\n\"2\n2\"\n3"))});
  wanted.csv = true;
  wanted.header = true;
  Inputs inputs = opened(wanted);
  EXPECT_EQ(inputs.total(), 3U);
  TaskInput input;
  ASSERT_EQ(inputs.next(input), Pull::task);
  EXPECT_EQ(input.value(0), "1");
}

TEST(Total, OfLinesCountsTheEmptyAndTheUnfinishedOnes) {
  const Folder folder;
  EXPECT_EQ(opened(options({file(folder.write("f", "a\n\nb"))})).total(), 3U);
  EXPECT_EQ(opened(options({file(folder.write("g", "a\n\nb\n")), values({"x", "y"})})).total(), 6U);
}

}  // namespace
}  // namespace drover::farm::input_test
