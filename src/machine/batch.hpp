// What a batch scheduler has given to this process on this node. Not every site confines its jobs by affinity
// or control groups; then the variables below are the only sign of how much is ours.
//
// Slurm  SLURM_CPUS_PER_TASK      what -c asked for. One task of an srun step (SLURM_STEP_ID is set) owns
//                                 that much. A job script, which starts drover once, owns it for each task
//                                 meant for this node: times SLURM_TASKS_PER_NODE. So -n 4 -c 2 on one node
//                                 gives 8 in the script and 2 in each task of the step; with --exclusive
//                                 -n 1 -c 4 the 4 asked for are taken.
//        SLURM_CPUS_ON_NODE       of the job (in a step: of the step) on this node. In a step without -c it
//                                 is divided by the tasks of the step on this node
//                                 (SLURM_STEP_TASKS_PER_NODE).
//        SLURM_JOB_CPUS_PER_NODE  "16(x2),8": the entry of this node by SLURM_NODEID, else the first, because
//                                 a job script runs on the first node. Not met in a step that has
//                                 SLURM_CPUS_ON_NODE: there SLURM_NODEID counts the nodes of the step, the
//                                 list those of the job.
// PBS    NCPUS (OpenPBS, PBS Professional), PBS_NUM_PPN (Torque). PBS_NP counts all nodes of a job and is not
//        read; OMP_NUM_THREADS, which PBS sets as well, is a wish for one program and no allocation.
// SGE    NSLOTS, divided by NHOSTS.
// LSF    LSB_MCPU_HOSTS "hostA 8 hostB 4": the first host is this one; LSB_DJOB_NUMPROC, else
//        LSB_MAX_NUM_PROCESSORS.
//
// The variables are limits: each that is set is met, and the least decides. Malformed ones limit nothing and
// are named: "not understood: NCPUS=many".
//
// Sources  sbatch(1) and srun(1), "OUTPUT ENVIRONMENT VARIABLES"; qsub(1B) of OpenPBS and Torque; qsub(1) of
//          Grid Engine; LSF reference, "Environment variables set for job execution".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drover/bytes.hpp"
#include "machine/limit.hpp"
#include "machine/surroundings.hpp"

namespace drover::machine {

// Empty when no batch scheduler says anything. Every limit is called "batch allocation".
[[nodiscard]] std::vector<Limit> batch_core_limits(const Environment& environment);

// SLURM_MEM_PER_NODE, or SLURM_MEM_PER_CPU × SLURM_CPUS_ON_NODE (both in MiB; 0 means the whole node).
struct BatchMemory {
  Bytes bytes;
  std::string source;
};
[[nodiscard]] std::optional<BatchMemory> batch_memory_limit(const Environment& environment);

// The job that this process belongs to: "Slurm 4711", "Slurm 4711_3" (an array's element), "PBS 12.server", "LSF 7",
// "SGE 9"; empty outside of any.
[[nodiscard]] std::string batch_job(const Environment& environment);

// The entry for node number `node` (from 0) of Slurm's "16(x2),8"; nothing if there is
// none or the text is no such list.
[[nodiscard]] std::optional<std::uint32_t> count_on_node(std::string_view text, std::uint32_t node);

}  // namespace drover::machine
