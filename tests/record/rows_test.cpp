#include "record/rows.hpp"

#include <gtest/gtest.h>

namespace drover::record {
namespace {

TEST(Rows, HaveAWordForEachStateThatIsUnderstoodAgain) {
  for (const TaskState state : {TaskState::running, TaskState::done, TaskState::failed, TaskState::not_run})
    EXPECT_EQ(state_of(word(state)), state);
  EXPECT_EQ(word(TaskState::not_run), "not run");
}

TEST(Rows, KnowNoOtherWord) {
  for (const std::string_view other : {"", "Done", "fail", "failed ", "notrun"})
    EXPECT_EQ(state_of(other), std::nullopt);
}

// A bit that flips in the word of a state gives no other state: what is left out is never left out by mistake.
TEST(Rows, HaveWordsThatAreMoreThanABitApart) {
  for (const TaskState state : {TaskState::running, TaskState::done, TaskState::failed, TaskState::not_run}) {
    const std::string text(word(state));
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
      std::string changed = text;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_EQ(state_of(changed), std::nullopt) << changed;
    }
  }
}

}  // namespace
}  // namespace drover::record
