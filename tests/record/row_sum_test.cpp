#include "record/row_sum.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

// FNV-1a of 32 bits, from the test vectors of RFC 9923 and of the authors' test_fnv.c.
TEST(RowSum, IsFnv1aOfTheBytes) {
  // A text is followed by its length; that of "" is one zero byte, whose sum is known too.
  EXPECT_EQ(RowSum().value(), 0x811c9dc5);
  EXPECT_EQ(RowSum().add("").value(), 0x050c5d1f);  // of "\0"
  EXPECT_NE(RowSum().add("a").value(), RowSum().add("b").value());
}

TEST(RowSum, TellsApartWhereOneValueEndsAndTheNextBegins) {
  EXPECT_NE(RowSum().add("ab").add("c").value(), RowSum().add("a").add("bc").value());
  EXPECT_NE(RowSum().add(1).add(0).value(), RowSum().add(0).add(1).value());
  EXPECT_NE(RowSum().add(0x0100).value(), RowSum().add(0x01).value());
}

// Every bit of a number, and of each byte of a text, changed by itself.
template <class Row, class Number>
void flip_number(Row row, Number Row::*field, std::int64_t before) {
  for (unsigned bit = 0; bit < sizeof(Number) * 8; ++bit) {
    Row changed = row;
    changed.*field =
        static_cast<Number>(static_cast<std::uint64_t>(changed.*field) ^ (std::uint64_t{1} << bit));
    EXPECT_NE(sum_of(changed), before) << "bit " << bit;
  }
}

template <class Row>
void flip_text(const std::string& text, const std::function<void(Row&, std::string_view)>& put, Row row,
               std::int64_t before) {
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    put(row, changed);
    EXPECT_NE(sum_of(row), before) << "bit " << bit;
  }
}

TEST(RowSum, ChangesWithEveryBitOfATask) {
  for (const schedule::TaskNumber number : {1U, 255U, 65'536U, 1'000'000U}) {
    const std::string input = test::input_of(number);
    const Task task = test::some_task(number, input, TaskState::done);
    const std::int64_t before = sum_of(task);
    flip_number(task, &Task::number, before);
    flip_number(task, &Task::seed, before);
    flip_text<Task>(
        input, [](Task& row, std::string_view text) { row.input = text; }, task, before);
    for (const TaskState other : {TaskState::running, TaskState::failed, TaskState::not_run}) {
      Task changed = task;
      changed.state = other;
      EXPECT_NE(sum_of(changed), before);
    }
  }
}

TEST(RowSum, ChangesWithEveryBitOfAnAttempt) {
  for (const schedule::TaskNumber number : {1U, 7U, 1'000U, 1'000'000U}) {
    const Attempt row = test::some_attempt(number, TaskState::failed);
    const std::int64_t before = sum_of(row);
    flip_number(row, &Attempt::task, before);
    flip_number(row, &Attempt::attempt, before);
    flip_number(row, &Attempt::slot, before);
    for (const auto field : {&Attempt::run, &Attempt::started, &Attempt::ran, &Attempt::signal,
                             &Attempt::cpu_user, &Attempt::cpu_system})
      flip_number(row, field, before);
    for (const auto field : {&Attempt::peak_memory, &Attempt::stdout_bytes, &Attempt::stderr_bytes})
      flip_number(row, field, before);
    flip_text<Attempt>(
        std::string(row.cause), [](Attempt& changed, std::string_view text) { changed.cause = text; }, row,
        before);
    for (const std::optional<std::int64_t> other :
         {std::optional<std::int64_t>(), std::optional<std::int64_t>(0)}) {
      Attempt changed = row;
      changed.exit_status = other;
      if (other != row.exit_status) {
        EXPECT_NE(sum_of(changed), before);
      }
    }
  }
}

TEST(RowSum, ChangesWithEveryBitOfARun) {
  record::Run run = test::some_run();
  run.id = 3;
  run.started = 1'772'366'400'000'000;
  run.ended = run.started + 1;
  run.exit_status = 2;
  run.tasks = 60;
  run.attempts = 61;
  const std::int64_t before = sum_of(run);
  for (const auto field : {&Run::id, &Run::process, &Run::started}) flip_number(run, field, before);
  flip_number(run, &Run::seed, before);
  flip_number(run, &Run::per_task, before);
  for (const auto field :
       {&Run::mode, &Run::replace, &Run::version, &Run::line, &Run::folder, &Run::host, &Run::job})
    flip_text<record::Run>(
        run.*field, [field](record::Run& row, std::string_view text) { row.*field = text; }, run, before);
  for (const auto field : {&Run::ended, &Run::exit_status, &Run::tasks, &Run::attempts}) {
    for (unsigned bit = 0; bit < 64; ++bit) {
      record::Run changed = run;
      changed.*field = *(run.*field) ^ static_cast<std::int64_t>(std::uint64_t{1} << bit);
      EXPECT_NE(sum_of(changed), before) << bit;
    }
    record::Run changed = run;
    (changed.*field).reset();
    EXPECT_NE(sum_of(changed), before);
  }
  record::Run changed = run;
  changed.width.reset();
  EXPECT_NE(sum_of(changed), before);
  changed = run;
  changed.names = {"kT"};
  EXPECT_NE(sum_of(changed), before);
  changed = run;
  changed.command.pop_back();
  EXPECT_NE(sum_of(changed), before);
}

}  // namespace
}  // namespace drover::record
