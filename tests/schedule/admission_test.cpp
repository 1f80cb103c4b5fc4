#include "schedule/admission.hpp"

#include <gtest/gtest.h>

namespace drover::schedule {
namespace {

TEST(Admission, NamesWhatIsLacking) {
  using namespace drover::literals;
  Admission slots({.slots = 2});
  Admission cores({.slots = 9, .cores = 9, .cores_per_task = 4});
  Admission memory({.slots = 9, .memory = 16_GiB, .memory_per_task = 6_GiB});
  const auto needs = [&](const Admission* admission) { return admission == &memory ? 6_GiB : Bytes{}; };
  for (Admission* admission : {&slots, &cores, &memory}) {
    EXPECT_EQ(admission->blocked(needs(admission)), Waiting::nothing);
    admission->take(needs(admission));
    EXPECT_EQ(admission->blocked(needs(admission)), Waiting::nothing);
    admission->take(needs(admission));
  }
  EXPECT_EQ(slots.blocked({}), Waiting::slots);
  EXPECT_EQ(cores.blocked({}), Waiting::cores);
  EXPECT_EQ(memory.blocked(6_GiB), Waiting::memory);
  for (Admission* admission : {&slots, &cores, &memory}) {
    admission->release(needs(admission));
    EXPECT_EQ(admission->blocked(needs(admission)), Waiting::nothing);
  }
}

TEST(Admission, NeverHasFewerThanOneSlot) {
  Admission admission({.slots = 2});
  for (int i = 0; i < 5; ++i) admission.fewer_slots();
  EXPECT_EQ(admission.slots(), 1U);
  EXPECT_EQ(admission.blocked({}), Waiting::nothing);
  admission.more_slots();
  EXPECT_EQ(admission.slots(), 2U);
}

}  // namespace
}  // namespace drover::schedule
