// The sizing rules of -j, --threads, OMP_NUM_THREADS, --mem and an outer drover's share.
// The 16-core machine with 32 GB and tasks of 4 GB and 4 threads is the example of the PYSPEX page.
#include "farm/plan.hpp"

#include <gtest/gtest.h>

namespace drover::farm {
namespace {

using namespace drover::literals;

PlanRequest machine_of(std::uint32_t cores, Bytes memory = {}) {
  PlanRequest request;
  request.usable_cores = cores;
  request.usable_memory = memory;
  return request;
}

Plan planned(const PlanRequest& request) {
  Result<Plan> plan = make_plan(request);
  EXPECT_TRUE(plan.has_value());
  return plan.value_or(Plan{});
}

TEST(Plan, FourTasksOfFourThreadsFillSixteenCores) {
  PlanRequest request = machine_of(16, 32_GiB);
  request.threads = 4;
  request.memory = 4_GiB;
  const Plan plan = planned(request);
  EXPECT_EQ(plan.slots, 4U);
  EXPECT_EQ(plan.threads, 4U);
  EXPECT_EQ(plan.line, "4 at a time × 4 threads: 16 cores, 4 GB each of 32 GB");
}

TEST(Plan, MemoryIsNeverOverdrawn) {
  PlanRequest request = machine_of(16, 16_GiB);
  request.memory = 4_GiB;
  EXPECT_EQ(planned(request).slots, 4U);
  request.memory = 5_GiB;
  EXPECT_EQ(planned(request).slots, 3U);
  request.memory = 10_GiB;
  request.usable_memory = 192_GiB;
  request.usable_cores = 48;
  EXPECT_EQ(planned(request).slots, 19U);  // the HPC lesson's example
}

TEST(Plan, ATaskThatDoesNotFitIsAnError) {
  PlanRequest request = machine_of(16, 16_GiB);
  request.memory = 17_GiB;
  const Result<Plan> plan = make_plan(request);
  ASSERT_FALSE(plan.has_value());
  EXPECT_NE(plan.error().message().find("16 GB"), std::string::npos);
}

TEST(Plan, SharesAreOfTheCoresDividedByTheThreadsAndNeverLessThanOne) {
  PlanRequest request = machine_of(16);
  request.threads = 4;
  request.jobs = Cores::half();
  EXPECT_EQ(planned(request).slots, 2U);
  request.jobs = Cores::quarter();
  EXPECT_EQ(planned(request).slots, 1U);
  request.threads = 16;
  request.jobs = Cores::percent(10);
  EXPECT_EQ(planned(request).slots, 1U);
}

TEST(Plan, ANumberIsObeyedBeyondTheCoresWithANote) {
  PlanRequest request = machine_of(4);
  request.jobs = Cores::exactly(32);
  const Plan plan = planned(request);
  EXPECT_EQ(plan.slots, 32U);
  EXPECT_EQ(plan.threads, 1U);
  EXPECT_EQ(plan.notes.size(), 1U);
}

TEST(Plan, ANumberWithGivenThreadsStaysWithinTheCores) {
  PlanRequest request = machine_of(8);
  request.jobs = Cores::exactly(8);
  request.threads = 4;
  const Plan plan = planned(request);
  EXPECT_EQ(plan.slots, 2U);
  ASSERT_EQ(plan.notes.size(), 1U);
  EXPECT_NE(plan.notes[0].find("-j 8 becomes 2"), std::string::npos);
}

TEST(Plan, ANumberInsideAnOuterDroverStaysWithinItsShare) {
  PlanRequest request = machine_of(2);
  request.share_of_outer = true;
  request.jobs = Cores::exactly(4);
  const Plan plan = planned(request);
  EXPECT_EQ(plan.slots, 2U);
  EXPECT_EQ(plan.notes.size(), 1U);
}

TEST(Plan, ANumberAloneSharesTheCoresOutAsThreads) {
  PlanRequest request = machine_of(16);
  request.jobs = Cores::exactly(4);
  EXPECT_EQ(planned(request).threads, 4U);
  request.jobs = Cores::exactly(5);
  EXPECT_EQ(planned(request).threads, 3U);
}

TEST(Plan, TheUsersThreadCountIsTakenIfItIsLessThanTheCores) {
  PlanRequest request = machine_of(16);
  request.omp_num_threads = "4";
  EXPECT_EQ(planned(request).threads, 4U);
  EXPECT_EQ(planned(request).slots, 4U);
  request.omp_num_threads = "4,2";
  EXPECT_EQ(planned(request).threads, 4U);
}

TEST(Plan, AThreadCountThatNamesAllCoresIsNotTakenAndSaidSo) {
  PlanRequest request = machine_of(16);
  request.omp_num_threads = "16";  // as PBS sets it by itself
  const Plan plan = planned(request);
  EXPECT_EQ(plan.threads, 1U);
  EXPECT_EQ(plan.slots, 16U);
  ASSERT_EQ(plan.notes.size(), 1U);
  EXPECT_NE(plan.notes[0].find("OMP_NUM_THREADS=16"), std::string::npos);
}

TEST(Plan, AThreadCountThatIsNoNumberIsNamed) {
  PlanRequest request = machine_of(16);
  request.omp_num_threads = "four";
  const Plan plan = planned(request);
  EXPECT_EQ(plan.threads, 1U);
  EXPECT_EQ(plan.notes.size(), 1U);
}

TEST(Plan, OneCoreIsNotedAsSerial) {
  PlanRequest request = machine_of(8);
  request.jobs = Cores::none();
  EXPECT_EQ(planned(request).line, "1 at a time (serial): 1 of 8 cores");
}

TEST(Plan, MemoryThatIsLearntIsNoPromiseOfSlots) {
  PlanRequest request = machine_of(8, 1_GiB);
  request.learn_memory = true;
  const Plan plan = planned(request);
  EXPECT_EQ(plan.slots, 8U);
  EXPECT_EQ(plan.line,
            "8 at a time: 8 cores, as far as memory allows: one task first, to learn what it needs of 1 GB");
}

TEST(Plan, CoresThatAreLentAreNotSharedOutAsThreads) {
  PlanRequest request = machine_of(16);
  request.cores_are_lent = true;
  request.jobs = Cores::exactly(4);
  EXPECT_EQ(planned(request).threads, 1U);
  EXPECT_EQ(planned(request).slots, 4U);
  request.threads = 2;
  EXPECT_EQ(planned(request).threads, 2U) << "given threads are borrowed";
}

TEST(Plan, AJobServerThatIsNotOpenToUsMeansOneTaskAtATime) {
  PlanRequest request = machine_of(8);
  request.unreachable_jobserver = true;
  const Plan plan = planned(request);
  EXPECT_EQ(plan.slots, 1U);
  ASSERT_EQ(plan.notes.size(), 1U);
  EXPECT_NE(plan.notes[0].find("put + in front of its line in the makefile"), std::string::npos)
      << plan.notes[0];
}

TEST(Plan, AJobServerThatIsNotOpenNeedsNoWordWhereOneTaskRunsAnyway) {
  PlanRequest request = machine_of(8);
  request.unreachable_jobserver = true;
  request.jobs = Cores::exactly(1);
  EXPECT_TRUE(planned(request).notes.empty());
}

}  // namespace
}  // namespace drover::farm
