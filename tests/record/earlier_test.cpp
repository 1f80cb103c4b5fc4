#include "record/earlier.hpp"

#include <sqlite3.h>

#include <map>
#include <random>
#include <set>

#include "record/schema.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;
using Number = schedule::TaskNumber;
using Inputs = std::vector<std::string>;

// A record of these tasks, in these states ("d", "f", "r", "n").
struct Recorded {
  Number number;
  std::string input;
  char state = 'd';

  TaskState task_state() const {
    static const std::map<char, TaskState> states{{'d', TaskState::done},
                                                  {'f', TaskState::failed},
                                                  {'r', TaskState::running},
                                                  {'n', TaskState::not_run}};
    return states.at(state);
  }
};

Record record_of(const std::string& path, const std::vector<Recorded>& tasks) {
  {
    Record record = must(Record::create(path, test::some_run()));
    for (const Recorded& task : tasks) {
      must(record.started(test::some_task(task.number, task.input, TaskState::running), false));
      const TaskState state = task.task_state();
      if (state == TaskState::running) continue;
      must(record.ended(test::some_task(task.number, task.input, state),
                        test::some_attempt(task.number, state)));
    }
    must(record.commit());
  }  // as if it had been broken off
  return must(Record::open(path));
}

class EarlierTest : public test::RecordFolder {
 protected:
  // "3" for a task on record, "+7" for a new one; places from 1.
  std::vector<std::string> met(const std::vector<Recorded>& tasks, const Inputs& inputs) {
    std::filesystem::remove(path_);
    record_.emplace(record_of(path_, tasks));
    earlier_.emplace(must(Earlier::load(record_->database())));
    std::vector<std::string> numbers;
    Number place = 0;
    for (const std::string& input : inputs) {
      ++place;
      const auto known = must(earlier_->take(place, input));
      numbers.push_back(known ? std::to_string(known->number)
                              : "+" + std::to_string(earlier_->number_for_new(place)));
    }
    return numbers;
  }
  std::optional<Record> record_;
  std::optional<Earlier> earlier_;
};

using Met = std::vector<std::string>;
const std::vector<Recorded> abc{{1, "a"}, {2, "b", 'f'}, {3, "c", 'r'}};

TEST_F(EarlierTest, MeetsEveryTaskOfTheSameList) {
  EXPECT_EQ(met(abc, {"a", "b", "c"}), (Met{"1", "2", "3"}));
  EXPECT_EQ(must(earlier_->vanished()).count, 0U);
}

TEST_F(EarlierTest, CountsByState) {
  met({{1, "a"}, {2, "b", 'f'}, {3, "c", 'r'}, {4, "d", 'n'}, {5, "e"}}, {});
  EXPECT_EQ(earlier_->counts().done, 2U);
  EXPECT_EQ(earlier_->counts().failed, 1U);
  EXPECT_EQ(earlier_->counts().unfinished, 2U);
  EXPECT_EQ(earlier_->counts().all(), 5U);
}

TEST_F(EarlierTest, TellsHowATaskEnded) {
  met(abc, {});
  EXPECT_EQ(must(earlier_->take(1, "a"))->state, TaskState::done);
  EXPECT_EQ(must(earlier_->take(2, "b"))->state, TaskState::failed);
  EXPECT_EQ(must(earlier_->take(3, "c"))->state, TaskState::running);
}

TEST_F(EarlierTest, GivesInputsThatWereAppendedTheNextNumbers) {
  EXPECT_EQ(met(abc, {"a", "b", "c", "d", "e"}), (Met{"1", "2", "3", "+4", "+5"}));
}

TEST_F(EarlierTest, GivesInputsThatWereInsertedInFrontNumbersBehindTheOthers) {
  EXPECT_EQ(met(abc, {"x", "a", "b", "y", "c"}), (Met{"+4", "1", "2", "+5", "3"}));
}

TEST_F(EarlierTest, DoesNotGiveAwayTheNumbersOfInputsThatWereRemoved) {
  EXPECT_EQ(met(abc, {"a", "c", "d"}), (Met{"1", "3", "+4"}));
  const Earlier::Vanished gone = must(earlier_->vanished());
  EXPECT_EQ(gone.count, 1U);
  EXPECT_EQ(gone.first, Inputs{"b"});
}

TEST_F(EarlierTest, NamesTheFirstFewThatVanished) {
  std::vector<Recorded> many;
  for (Number i = 1; i <= 50; ++i) many.push_back({i, fmt::format("f{}", i)});
  EXPECT_EQ(met(many, {"f3"}), Met{"3"});
  const Earlier::Vanished gone = must(earlier_->vanished());
  EXPECT_EQ(gone.count, 49U);
  EXPECT_EQ(gone.first, (Inputs{"f1", "f2", "f4"}));
}

TEST_F(EarlierTest, FollowsInputsThatWereReordered) {
  EXPECT_EQ(met(abc, {"c", "a", "b"}), (Met{"3", "1", "2"}));
}

TEST_F(EarlierTest, TellsEqualInputsApartByTheirOrder) {
  EXPECT_EQ(met({{1, "a"}, {2, "a"}, {3, "b"}, {4, "a"}}, {"b", "a", "a", "a", "a"}),
            (Met{"3", "1", "2", "4", "+5"}));
  EXPECT_EQ(met({{1, "a"}, {2, "a"}}, {"a"}), Met{"1"});
  EXPECT_EQ(must(earlier_->vanished()).count, 1U);
}

TEST_F(EarlierTest, TakesATaskOnlyOnce) {
  EXPECT_EQ(met({{1, "a"}}, {"a", "a", "a"}), (Met{"1", "+2", "+3"}));
}

// Inputs that were never started when the run was killed: their numbers are free, and the same list gets them again.
TEST_F(EarlierTest, GivesTheNumbersThatAKilledRunLeftOut) {
  EXPECT_EQ(met({{1, "a"}, {3, "c"}, {6, "f"}}, {"a", "b", "c", "d", "e", "f", "g"}),
            (Met{"1", "+2", "3", "+4", "+5", "6", "+7"}));
}

TEST_F(EarlierTest, DoesNotFillGapsOfAnotherList) {
  EXPECT_EQ(met({{1, "a"}, {3, "c"}}, {"x", "a", "c"}), (Met{"+4", "1", "3"}));
}

TEST_F(EarlierTest, KnowsTasksAtShuffledPlaces) {
  met({{1, "a"}, {2, "b"}, {3, "c"}, {5, "e"}}, {});
  EXPECT_EQ(must(earlier_->take(5, "e"))->number, 5U);
  EXPECT_EQ(must(earlier_->take(2, "b"))->number, 2U);
  EXPECT_FALSE(must(earlier_->take(4, "d")).has_value());
  EXPECT_EQ(earlier_->number_for_new(4), 4U);
  EXPECT_EQ(must(earlier_->take(1, "a"))->number, 1U);
  EXPECT_EQ(must(earlier_->take(3, "c"))->number, 3U);
}

TEST_F(EarlierTest, KnowsAnEmptyInputAndOneOfAnyBytes) {
  const std::string odd("\xFF\x01'\\t");
  EXPECT_EQ(met({{1, ""}, {2, odd}}, {odd, "", "x"}), (Met{"2", "1", "+3"}));
}

TEST_F(EarlierTest, HasNothingToSayOfAnEmptyRecord) {
  EXPECT_EQ(met({}, {"a", "b"}), (Met{"+1", "+2"}));
}

// A statement in the middle of its rows would hold the database: the log could not be moved for the rest of the run.
TEST_F(EarlierTest, DoesNotHoldTheRecordBetweenTwoInputs) {
  for (const Inputs& inputs : {Inputs{"a"}, Inputs{"x"}, Inputs{"c", "a", "x"}}) {
    met(abc, inputs);
    EXPECT_EQ(sqlite3_txn_state(record_->database().get(), nullptr), SQLITE_TXN_NONE);
  }
  must(earlier_->vanished());
  EXPECT_EQ(sqlite3_txn_state(record_->database().get(), nullptr), SQLITE_TXN_NONE);
}

// A naive search of the next free one among equals looks at 2·10¹⁰ of them.
TEST_F(EarlierTest, MeetsManyEqualInputsInLinearTime) {
  constexpr Number many = 200'000;
  {
    Record record = must(Record::create(path_, test::some_run()));
    for (Number i = 1; i <= many; ++i)
      must(record.started(test::some_task(i, "same", TaskState::running), false));
    must(record.commit());
  }
  Record record = must(Record::open(path_));
  Earlier earlier = must(Earlier::load(record.database()));
  EXPECT_FALSE(must(earlier.take(1, "another")).has_value());
  EXPECT_EQ(earlier.number_for_new(1), many + 1);
  for (Number i = 1; i <= many; ++i) {
    const auto known = must(earlier.take(i + 1, "same"));
    ASSERT_TRUE(known && known->number == i) << i;
  }
  EXPECT_EQ(must(earlier.vanished()).count, 0U);
}

// What the contract says, searched for step by step: the recorded ones of an input are met in the order of their
// numbers, each once.
class Model {
 public:
  explicit Model(const std::vector<Recorded>& tasks) {
    for (const Recorded& task : tasks) left_[task.input].insert(task.number);
  }
  std::optional<Number> take(const std::string& input) {
    std::set<Number>& numbers = left_[input];
    if (numbers.empty()) return std::nullopt;
    return numbers.extract(numbers.begin()).value();
  }
  std::size_t left() const {
    std::size_t n = 0;
    for (const auto& [input, numbers] : left_) n += numbers.size();
    return n;
  }

 private:
  std::map<std::string, std::set<Number>> left_;
};

Inputs some_inputs(std::mt19937& random, std::size_t most, std::size_t kinds) {
  Inputs inputs(random() % (most + 1));
  for (std::string& input : inputs) input = fmt::format("f{}", random() % kinds);
  return inputs;
}

// The list of then with a change or two.
Inputs changed(Inputs inputs, std::mt19937& random) {
  switch (random() % 6) {
    case 0:
      break;
    case 1:
      inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(random() % (inputs.size() + 1)), "new");
      break;
    case 2:
      if (!inputs.empty())
        inputs.erase(inputs.begin() + static_cast<std::ptrdiff_t>(random() % inputs.size()));
      break;
    case 3:
      std::ranges::shuffle(inputs, random);
      break;
    case 4:
      for (int i = 0; i < 3; ++i) inputs.push_back(fmt::format("f{}", random() % 9));
      break;
    default:
      inputs = some_inputs(random, 12, 5);
  }
  return inputs;
}

// Straight into the table: a record for each of hundreds of seeds would wait for the disk most of the time.
void put_on_record(Database& database, const std::vector<Recorded>& tasks) {
  must(database.execute("DELETE FROM task"));
  Statement insert = must(database.prepare("INSERT INTO task VALUES (?1, ?2, ?3, ?4, NULL, NULL, 0, ?5)"));
  for (const Recorded& recorded : tasks) {
    const Task task = test::some_task(recorded.number, recorded.input, recorded.task_state());
    insert.bind(1, static_cast<std::int64_t>(task.number));
    insert.bind(2, task.input);
    insert.bind(3, task.seed);
    insert.bind(4, word(task.state));
    insert.bind(5, sum_of(task));
    must(insert.run());
  }
}

void compare_with_model(Database& database, unsigned seed) {
  std::mt19937 random(seed);
  const Inputs then = some_inputs(random, 12, 1 + random() % 12);
  const std::size_t started = random() % 4;  // of four: the others were not when it was killed
  std::vector<Recorded> tasks;
  for (std::size_t i = 0; i < then.size(); ++i) {
    if (random() % 4 <= started) tasks.push_back({i + 1, then[i], "dfrn"[random() % 4]});
  }
  put_on_record(database, tasks);
  Earlier earlier = must(Earlier::load(database));
  Model model(tasks);
  std::set<Number> given;
  for (const Recorded& task : tasks) given.insert(task.number);
  std::set<Number> met;
  const Inputs now = changed(then, random);
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto known = must(earlier.take(i + 1, now[i]));
    if (!known) {
      const Number fresh = earlier.number_for_new(i + 1);
      ASSERT_TRUE(given.insert(fresh).second) << seed << ": " << fresh << " was given before";
    } else {
      ASSERT_TRUE(met.insert(known->number).second) << seed << ": " << known->number << " was met twice";
    }
    const std::optional<Number> expected = model.take(now[i]);
    ASSERT_EQ(known.has_value(), expected.has_value()) << seed << " at " << i;
    if (known) {
      ASSERT_EQ(known->number, *expected) << seed << " at " << i;
    }
  }
  ASSERT_EQ(must(earlier.vanished()).count, model.left()) << seed;
}

TEST_F(EarlierTest, MeetsWhatABruteForceSearchMeets) {
  Database database = must(Database::open(path_, Database::Access::create));
  must(database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"));
  must(create_tables(database));
  for (unsigned seed = 0; seed < 2'000; ++seed) ASSERT_NO_FATAL_FAILURE(compare_with_model(database, seed));
}

// Three runs, each killed somewhere, each with another list: no number is ever given to two different inputs.
TEST_F(EarlierTest, NeverGivesANumberTwiceInALifeOfManyRuns) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::map<Number, std::string> owner;
    Inputs inputs = some_inputs(random, 12, 8);
    std::optional<Record> record(must(Record::create(path_, test::some_run())));
    for (int run = 0; run < 4; ++run) {
      if (run > 0) {
        record.reset();
        record.emplace(must(Record::open(path_)));
      }
      Earlier earlier = must(Earlier::load(record->database()));
      if (run > 0) must(record->resume(test::some_run()));
      const std::size_t until = inputs.empty() ? 0 : random() % (inputs.size() + 1);
      for (std::size_t i = 0; i < until; ++i) {
        const auto known = must(earlier.take(i + 1, inputs[i]));
        const Number number = known ? known->number : earlier.number_for_new(i + 1);
        const auto [at, fresh] = owner.try_emplace(number, inputs[i]);
        ASSERT_EQ(fresh, !known) << seed;
        ASSERT_EQ(at->second, inputs[i]) << seed;
        must(record->started(test::some_task(number, inputs[i], TaskState::running), known.has_value()));
      }
      must(record->commit());
      inputs = changed(inputs, random);
    }
    record.reset();
    std::filesystem::remove(path_);
  }
}

}  // namespace
}  // namespace drover::record
