// Variables as sbatch(1), srun(1), qsub(1B) and the manuals of Grid Engine and LSF describe them.
#include "machine/batch.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/machine/pretend_machine.hpp"

namespace drover::machine {
namespace {

using Variables = std::map<std::string, std::string>;

std::vector<Limit> limits_of(const Variables& variables) {
  PretendMachine machine;
  for (const auto& [name, value] : variables) machine.variable(name, value);
  return batch_core_limits(machine.environment());
}

std::optional<std::uint32_t> least(const Variables& variables) {
  std::optional<std::uint32_t> found;
  for (const Limit& limit : limits_of(variables)) {
    EXPECT_EQ(limit.name, "batch allocation");
    if (limit.cores) found = std::min(found.value_or(*limit.cores), *limit.cores);
  }
  return found;
}

TEST(SlurmNodeList, GivesTheCountOfEachNode) {
  EXPECT_EQ(count_on_node("16", 0), 16U);
  EXPECT_EQ(count_on_node("16(x2),8", 0), 16U);
  EXPECT_EQ(count_on_node("16(x2),8", 1), 16U);
  EXPECT_EQ(count_on_node("16(x2),8", 2), 8U);
  EXPECT_EQ(count_on_node("16(x2),8", 3), std::nullopt);
  EXPECT_EQ(count_on_node("72,36(x1000000)", 999'999), 36U);
}

TEST(SlurmNodeList, IsNothingWhenAnyPartIsMalformed) {
  for (const char* text : {"", "x", "16(", "16(x", "16(x2", "16(x)", "16(x0)", "0(x2)", "16(2)", "16,", ",16",
                           "16(x2)8", "-1"}) {
    EXPECT_EQ(count_on_node(text, 0), std::nullopt) << text;
  }
}

TEST(Slurm, GivesWhatEachVariableSaysAlone) {
  EXPECT_EQ(least({}), std::nullopt);
  EXPECT_EQ(least({{"SLURM_CPUS_PER_TASK", "3"}}), 3U);
  EXPECT_EQ(least({{"SLURM_CPUS_ON_NODE", "12"}}), 12U);
  EXPECT_EQ(least({{"SLURM_JOB_CPUS_PER_NODE", "16(x2),8"}}), 16U);
  EXPECT_EQ(least({{"SLURM_JOB_CPUS_PER_NODE", "16(x2),8"}, {"SLURM_NODEID", "2"}}), 8U);
}

TEST(Slurm, GivesAJobScriptTheCoresOfAllItsTasksOnThisNode) {
  EXPECT_EQ(least({{"SLURM_CPUS_PER_TASK", "2"},
                   {"SLURM_TASKS_PER_NODE", "4"},
                   {"SLURM_CPUS_ON_NODE", "8"},
                   {"SLURM_JOB_CPUS_PER_NODE", "8"}}),
            8U);
  EXPECT_EQ(least({{"SLURM_CPUS_PER_TASK", "2"}, {"SLURM_TASKS_PER_NODE", "4(x2),1"}, {"SLURM_NODEID", "2"}}),
            2U);
}

TEST(Slurm, GivesAJobScriptWithOneTaskWhatItAskedForOnAnExclusiveNode) {
  EXPECT_EQ(
      least({{"SLURM_CPUS_PER_TASK", "4"}, {"SLURM_TASKS_PER_NODE", "1"}, {"SLURM_CPUS_ON_NODE", "48"}}), 4U);
}

TEST(Slurm, GivesATaskOfAStepItsOwnCoresOnly) {
  EXPECT_EQ(least({{"SLURM_STEP_ID", "0"},
                   {"SLURM_CPUS_PER_TASK", "2"},
                   {"SLURM_TASKS_PER_NODE", "4"},
                   {"SLURM_STEP_TASKS_PER_NODE", "4"},
                   {"SLURM_CPUS_ON_NODE", "8"}}),
            2U);
  EXPECT_EQ(
      least({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_TASKS_PER_NODE", "4(x2)"}, {"SLURM_CPUS_ON_NODE", "8"}}),
      2U);
  EXPECT_EQ(least({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_TASKS_PER_NODE", "9"}, {"SLURM_CPUS_ON_NODE", "8"}}),
            1U);
  EXPECT_EQ(least({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_TASKS_PER_NODE", "1"}, {"SLURM_CPUS_ON_NODE", "8"}}),
            8U);
}

TEST(Slurm, DoesNotLookUpANodeOfAStepInTheListOfTheJob) {
  EXPECT_EQ(least({{"SLURM_STEP_ID", "1"},
                   {"SLURM_NODEID", "0"},
                   {"SLURM_CPUS_ON_NODE", "16"},
                   {"SLURM_JOB_CPUS_PER_NODE", "8,16"}}),
            16U);
}

TEST(OtherSchedulers, AreReadToo) {
  EXPECT_EQ(least({{"NCPUS", "6"}}), 6U);
  EXPECT_EQ(least({{"PBS_NUM_PPN", "5"}}), 5U);
  EXPECT_EQ(least({{"NSLOTS", "4"}}), 4U);
  EXPECT_EQ(least({{"NSLOTS", "16"}, {"NHOSTS", "2"}}), 8U);
  EXPECT_EQ(least({{"LSB_DJOB_NUMPROC", "7"}, {"LSB_MAX_NUM_PROCESSORS", "3"}}), 7U);
  EXPECT_EQ(least({{"LSB_MAX_NUM_PROCESSORS", "3"}}), 3U);
  EXPECT_EQ(least({{"LSB_DJOB_NUMPROC", "12"}, {"LSB_MCPU_HOSTS", "hostA 8 hostB 4"}}), 8U);
}

TEST(OtherSchedulers, DoNotMakeOmpNumThreadsAnAllocation) {
  EXPECT_EQ(least({{"OMP_NUM_THREADS", "1"}, {"PBS_NP", "96"}, {"NCPUS", "48"}}), 48U);
}

TEST(Batch, NamesMalformedVariablesAndIgnoresThem) {
  for (const char* name :
       {"SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_JOB_CPUS_PER_NODE", "NCPUS", "PBS_NUM_PPN",
        "NSLOTS", "LSB_MCPU_HOSTS", "LSB_DJOB_NUMPROC", "LSB_MAX_NUM_PROCESSORS"}) {
    for (const char* value : {"many", "0", "-4", "1.5", "99999999999"}) {
      const std::vector<Limit> limits = limits_of({{name, value}});
      ASSERT_EQ(limits.size(), 1U) << name << '=' << value;
      EXPECT_EQ(limits[0].cores, std::nullopt);
      EXPECT_EQ(limits[0].source, std::string("not understood: ") + name + "=" + value);
    }
    EXPECT_TRUE(limits_of({{name, ""}}).empty()) << name;
  }
}

TEST(BatchMemory, IsWhatSlurmGavePerNodeOrPerCpu) {
  const auto memory = [](const Variables& variables) -> std::optional<std::uint64_t> {
    PretendMachine machine;
    for (const auto& [name, value] : variables) machine.variable(name, value);
    const auto found = batch_memory_limit(machine.environment());
    return found ? std::optional(found->bytes.count >> 20U) : std::nullopt;
  };
  EXPECT_EQ(memory({}), std::nullopt);
  EXPECT_EQ(memory({{"SLURM_MEM_PER_NODE", "4000"}}), 4000U);
  EXPECT_EQ(memory({{"SLURM_MEM_PER_CPU", "2000"}, {"SLURM_CPUS_ON_NODE", "8"}}), 16000U);
  EXPECT_EQ(memory({{"SLURM_MEM_PER_NODE", "0"}}), std::nullopt);
  EXPECT_EQ(memory({{"SLURM_MEM_PER_CPU", "2000"}}), std::nullopt);
}

TEST(BatchJob, IsNamedAsItsSchedulerNamesIt) {
  const auto job = [](const Variables& variables) {
    PretendMachine machine;
    for (const auto& [name, value] : variables) machine.variable(name, value);
    return batch_job(machine.environment());
  };
  EXPECT_EQ(job({}), "");
  EXPECT_EQ(job({{"SLURM_JOB_ID", "4711"}}), "Slurm 4711");
  // sbatch(1), --array: each element has a job number of its own besides; scancel(1) takes 4711_3.
  EXPECT_EQ(job({{"SLURM_JOB_ID", "4714"}, {"SLURM_ARRAY_JOB_ID", "4711"}, {"SLURM_ARRAY_TASK_ID", "3"}}),
            "Slurm 4711_3");
  EXPECT_EQ(job({{"SLURM_JOB_ID", "4714"}, {"SLURM_ARRAY_JOB_ID", "4711"}}), "Slurm 4714");
  EXPECT_EQ(job({{"PBS_JOBID", "12[3].server"}}), "PBS 12[3].server");
  EXPECT_EQ(job({{"LSB_JOBID", "7"}}), "LSF 7");
  EXPECT_EQ(job({{"JOB_ID", "9"}, {"SGE_ROOT", "/opt/sge"}}), "SGE 9");
}

TEST(BatchJob, IsNoneWhereAVariableIsEmptyOrSomebodyElses) {
  PretendMachine machine;
  machine.variable("SLURM_JOB_ID", "")
      .variable("PBS_JOBID", "")
      .variable("JOB_ID", "9");  // JOB_ID: any CI service
  EXPECT_EQ(batch_job(machine.environment()), "");
}

}  // namespace
}  // namespace drover::machine
