#include "farm/environment.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drover::farm {
namespace {

std::vector<std::string> entries(char** environment) {
  std::vector<std::string> all;
  for (; *environment != nullptr; ++environment) all.emplace_back(*environment);
  return all;
}

bool holds(const std::vector<std::string>& all, const std::string& entry) {
  return std::ranges::count(all, entry) == 1;
}

struct Outer {
  std::vector<std::string> text;
  std::vector<char*> pointers;
  explicit Outer(std::vector<std::string> words) : text(std::move(words)) {
    for (std::string& word : text) pointers.push_back(word.data());
    pointers.push_back(nullptr);
  }
};

TEST(Environment, TellsEveryTaskWhoItIs) {
  Outer outer({"HOME=/home/a", "DROVER_TASK=99", "OMP_NUM_THREADS=64"});
  const BaseEnvironment base(outer.pointers.data(), 4, false);
  SlotEnvironment slot(base);
  const std::vector<std::string> all = entries(slot.fill(7, 2, 0, 12345, "", ""));
  for (const char* entry :
       {"HOME=/home/a", "DROVER_TASK=7", "DROVER_ATTEMPT=2", "DROVER_SLOT=1", "DROVER_SEED=12345"}) {
    EXPECT_TRUE(holds(all, entry)) << entry;
  }
  for (const char* name :
       {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
        "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS", "DROVER_CORES"}) {
    EXPECT_TRUE(holds(all, std::string(name) + "=4")) << name;
  }
  EXPECT_FALSE(holds(all, "DROVER_TASK=99"));
  EXPECT_FALSE(holds(all, "OMP_NUM_THREADS=64"));
}

TEST(Environment, TellsTheScratchFolderTwiceAndOnlyWhenThereIsOne) {
  Outer outer({"TMPDIR=/var/tmp", "DROVER_SCRATCH=/old"});
  const BaseEnvironment base(outer.pointers.data(), 1, true);
  SlotEnvironment slot(base);
  const std::vector<std::string> with = entries(slot.fill(1, 1, 0, 1, "/scratch/task-1", ""));
  EXPECT_TRUE(holds(with, "DROVER_SCRATCH=/scratch/task-1"));
  EXPECT_TRUE(holds(with, "TMPDIR=/scratch/task-1"));
  EXPECT_FALSE(holds(with, "TMPDIR=/var/tmp"));
  const BaseEnvironment plain(outer.pointers.data(), 1, false);
  SlotEnvironment other(plain);
  const std::vector<std::string> without = entries(other.fill(1, 1, 0, 1, "", ""));
  EXPECT_TRUE(holds(without, "TMPDIR=/var/tmp"));
  for (const std::string& entry : without) EXPECT_FALSE(entry.starts_with("DROVER_SCRATCH=")) << entry;
}

TEST(Environment, TellsMakeflagsOnlyWhereThereAreSome) {
  Outer outer({"MAKEFLAGS=kj8 --jobserver-auth=3,4", "GNUMAKEFLAGS=-s", "MAKELEVEL=2"});
  const BaseEnvironment base(outer.pointers.data(), 4, false);
  SlotEnvironment slot(base);
  const std::vector<std::string> with = entries(slot.fill(1, 1, 0, 1, "", "k -j4 --jobserver-auth=7,8"));
  EXPECT_TRUE(holds(with, "MAKEFLAGS=k -j4 --jobserver-auth=7,8"));
  EXPECT_TRUE(holds(with, "GNUMAKEFLAGS=-s"));
  EXPECT_FALSE(holds(with, "MAKEFLAGS=kj8 --jobserver-auth=3,4"))
      << "the user's job server is not the task's";
  const std::vector<std::string> without = entries(slot.fill(2, 1, 0, 1, "", ""));
  for (const std::string& entry : without) EXPECT_FALSE(entry.starts_with("MAKEFLAGS=")) << entry;
}

TEST(Environment, TellsNoNumberOfJobsThatWouldGoPastTheTasksCores) {
  Outer outer({"GNUMAKEFLAGS=-k -j8 --no-print-directory"});
  const BaseEnvironment base(outer.pointers.data(), 1, false);
  SlotEnvironment slot(base);
  EXPECT_TRUE(holds(entries(slot.fill(1, 1, 0, 1, "", "")), "GNUMAKEFLAGS=-k --no-print-directory"));
}

TEST(Environment, LeavesMakelevelToTheMakesInsideATask) {
  Outer outer({"MAKELEVEL=2"});
  const BaseEnvironment base(outer.pointers.data(), 1, false);
  SlotEnvironment slot(base);
  for (const std::string& entry : entries(slot.fill(1, 1, 0, 1, "", "")))
    EXPECT_FALSE(entry.starts_with("MAKELEVEL=")) << entry;
}

TEST(Environment, TellsMakeflagsBesideAScratchFolder) {
  Outer outer({"TMPDIR=/var/tmp"});
  const BaseEnvironment base(outer.pointers.data(), 1, true);
  SlotEnvironment slot(base);
  const std::vector<std::string> all = entries(slot.fill(1, 1, 0, 1, "/scratch/task-1", "-j2"));
  for (const char* entry : {"DROVER_SCRATCH=/scratch/task-1", "TMPDIR=/scratch/task-1", "MAKEFLAGS=-j2"})
    EXPECT_TRUE(holds(all, entry)) << entry;
}

}  // namespace
}  // namespace drover::farm
