#include "farm/remaining_inputs.hpp"

#include "record/words_text.hpp"
#include "tests/farm/input_sources.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::farm {
namespace {

using input_test::Words;
using record::TaskState;
using record::test::must;

// "3@2": task 3 stands second in the input as it is now; "!" in front of one that the record knows.
std::string words_of(const TaskInput& input) {
  return fmt::format("{}{}@{}", input.on_record ? "!" : "", input.number, input.place);
}

class RemainingInputsTest : public record::test::RecordFolder {
 protected:
  // A record of these tasks: "a" is done, "-a" failed, "?a" was running when drover was killed, "!a" ended with the run.
  void given(const Words& tasks) {
    record::Record record = must(record::Record::create(path_, record::test::some_run()));
    schedule::TaskNumber number = 0;
    for (const std::string& task : tasks) {
      ++number;
      const auto mark = std::string_view("-?!").find(task[0]);
      const TaskState state =
          mark == std::string_view::npos
              ? TaskState::done
              : std::array{TaskState::failed, TaskState::running, TaskState::not_run}.at(mark);
      const std::string input = mark == std::string_view::npos ? task : task.substr(1);
      must(record.started(record::test::some_task(number, input, TaskState::running), false));
      if (state == TaskState::running) continue;
      must(record.ended(record::test::some_task(number, input, state),
                        record::test::some_attempt(number, state)));
    }
    must(record.commit());
  }

  RemainingInputs resumed(const Words& now, Resume what = Resume::unfinished, bool tell_places = false) {
    record_.emplace(must(record::Record::open(path_)));
    RemainingInputs remaining(input_test::opened(input_test::options({input_test::values(now)})));
    remaining.leave_out(must(record::Earlier::load(record_->database())), what, tell_places);
    return remaining;
  }

  static Words all(RemainingInputs& remaining) {
    Words tasks;
    TaskInput input;
    while (true) {
      const Pull pulled = must(remaining.next(input));
      if (pulled == Pull::end) return tasks;
      if (pulled == Pull::task) tasks.push_back(words_of(input));
    }
  }

  std::optional<record::Record> record_;
};

TEST_F(RemainingInputsTest, AreAllOfThemWithoutAnEarlierRun) {
  RemainingInputs remaining(input_test::opened(input_test::options({input_test::values({"a", "b"})})));
  EXPECT_EQ(remaining.total(), 2U);
  EXPECT_EQ(all(remaining), (Words{"1@1", "2@2"}));
  EXPECT_EQ(must(remaining.vanished()), "");
  EXPECT_EQ(remaining.failed_before(), 0U);
}

TEST_F(RemainingInputsTest, AreThoseThatHaveNotEnded) {
  given({"a", "-b", "?c", "!d"});
  RemainingInputs remaining = resumed({"a", "b", "c", "d", "e"});
  EXPECT_EQ(all(remaining), (Words{"!3@3", "!4@4", "5@5"}));
  EXPECT_EQ(remaining.left_out().done, 1U);
  EXPECT_EQ(remaining.left_out().failed, 1U);
  EXPECT_EQ(remaining.failed_before(), 1U);
}

TEST_F(RemainingInputsTest, AreTheFailedToo) {
  given({"a", "-b", "?c", "-d"});
  RemainingInputs remaining = resumed({"a", "b", "c"}, Resume::failed_too);
  EXPECT_EQ(remaining.failed_before(), 2U);
  EXPECT_EQ(all(remaining), (Words{"!2@2", "!3@3"}));
  EXPECT_EQ(remaining.failed_before(), 1U) << "d is not among the inputs any more";
  EXPECT_EQ(remaining.left_out().failed, 0U);
}

TEST_F(RemainingInputsTest, KeepTheirNumbersWhereverTheyStand) {
  given({"a", "-b", "?c"});
  RemainingInputs remaining = resumed({"new", "c", "b", "other", "a"}, Resume::failed_too);
  EXPECT_EQ(all(remaining), (Words{"4@1", "!3@2", "!2@3", "5@4"}));
}

TEST_F(RemainingInputsTest, TellThePlacesOfThoseLeftOutOnce) {
  given({"a", "b", "-c"});
  RemainingInputs remaining = resumed({"a", "x", "b", "c", "y"}, Resume::unfinished, true);
  TaskInput input;
  ASSERT_EQ(must(remaining.next(input)), Pull::task);
  EXPECT_EQ(remaining.take_places(), std::vector<schedule::TaskNumber>{1});
  EXPECT_TRUE(remaining.take_places().empty());
  ASSERT_EQ(must(remaining.next(input)), Pull::task);
  EXPECT_EQ(words_of(input), "5@5");
  EXPECT_EQ(remaining.take_places(), (std::vector<schedule::TaskNumber>{3, 4}));
}

TEST_F(RemainingInputsTest, TellNoPlacesToOneWhoDoesNotAsk) {
  given({"a", "b"});
  RemainingInputs remaining = resumed({"a", "b"});
  EXPECT_TRUE(all(remaining).empty());
  EXPECT_TRUE(remaining.take_places().empty());
}

TEST_F(RemainingInputsTest, LetTheWorldBeHeardWhileThousandsAreLeftOut) {
  Words many;
  for (int i = 0; i < 25'000; ++i) many.push_back(fmt::format("input {}", i));
  given(many);
  many.push_back("new");
  RemainingInputs remaining = resumed(many);
  TaskInput input;
  int later = 0;
  for (Pull pulled = must(remaining.next(input)); pulled != Pull::task;
       pulled = must(remaining.next(input))) {
    ASSERT_EQ(pulled, Pull::later);
    EXPECT_TRUE(remaining.busy());
    ++later;
  }
  EXPECT_EQ(later, 2);
  EXPECT_FALSE(remaining.busy());
  EXPECT_EQ(words_of(input), "25001@25001");
}

TEST_F(RemainingInputsTest, ThatVanishedAreNamed) {
  given({"a", "b", "c"});
  RemainingInputs one = resumed({"c", "a"});
  all(one);
  EXPECT_EQ(must(one.vanished()), "1 recorded task is not among the inputs any more, and kept on record: b");
  RemainingInputs two = resumed({"b"});
  all(two);
  EXPECT_EQ(must(two.vanished()),
            "2 recorded tasks are not among the inputs any more, and kept on record: a, c");
}

TEST_F(RemainingInputsTest, OfManyThatVanishedAFewAreNamed) {
  Words many;
  for (int i = 0; i < 1000; ++i) many.push_back(fmt::format("input {}", i));
  given(many);
  RemainingInputs remaining = resumed({"x"});
  all(remaining);
  const std::string said = must(remaining.vanished());
  EXPECT_TRUE(said.starts_with(
      "1000 recorded tasks are not among the inputs any more, and kept on record: input 0, "));
  EXPECT_TRUE(said.ends_with(", …"));
  EXPECT_LT(said.size(), 500U);
}

TEST_F(RemainingInputsTest, HaveATotalThatGoesDownAsTheyAreLookedUp) {
  given({"a", "b", "-c"});
  RemainingInputs remaining = resumed({"a", "b", "c", "d"});
  EXPECT_EQ(remaining.total(), 4U);
  EXPECT_EQ(all(remaining).size(), 1U);
  EXPECT_EQ(remaining.total(), 1U);
}

TEST_F(RemainingInputsTest, ThatAreLeftWhenARunIsCutShortAreCountedWithoutTheFinished) {
  given({"a", "-b", "c", "?d"});
  RemainingInputs remaining = resumed({"x", "a", "b", "c", "d", "y"}, Resume::failed_too);
  TaskInput input;
  ASSERT_EQ(must(remaining.next(input)), Pull::task);
  EXPECT_EQ(remaining.count_rest(), (std::pair<std::uint64_t, bool>{3, false}));
  EXPECT_EQ(remaining.failed_before(), 1U) << "b will not be repeated now";
}

TEST(Recorded, AreTheValuesOfAnInputAsOneText) {
  TaskInput input;
  input.add("NGC 1275");
  input.add("a\tb\\");
  std::string text;
  append_recorded(input, text);
  EXPECT_EQ(text, "NGC 1275\ta\\tb\\\\");
  EXPECT_EQ(record::split(text), (Words{"NGC 1275", "a\tb\\"}));
}

}  // namespace
}  // namespace drover::farm
