// Starts one attempt of a task in a slot: command, environment, folders, pipes, process.
//
// Errors come in two kinds. `exhausted`: no process or descriptor is left, try again when something has ended.
// Anything else is this task's own failure: RunningTask::problem says why, and no process runs.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "farm/command.hpp"
#include "farm/options.hpp"
#include "farm/running_task.hpp"
#include "farm/scratch.hpp"
#include "process/jobserver.hpp"
#include "process/spawn.hpp"

namespace drover::farm {

// The cores of each slot, for --pin: `cpus` in neighbour order, `per_task` for each slot, around again if there
// are more slots than cores.
class Pinning {
 public:
  Pinning(const std::vector<std::uint32_t>& cpus, std::uint32_t per_task, std::uint32_t slots);
  [[nodiscard]] const cpu_set_t* mask(schedule::Slot slot) const;
  [[nodiscard]] std::size_t mask_bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
  std::uint32_t slots_ = 1;
  std::vector<unsigned char> masks_;
};

class Starter {
 public:
  struct Templates {
    Command command;
    std::optional<TextTemplate> directory;
    std::optional<TextTemplate> results;
  };
  // Errors: usage, not_found and denied of the templates, and of a program that is the same for every task.
  [[nodiscard]] static Result<Starter> make(const RunOptions& options, const NameContext& names);

  // What tasks are given; to be set before the first start.
  struct Equipment {
    std::unique_ptr<process::Spawner> spawner;
    machine::UniqueFd null_input;
    std::unique_ptr<Scratch> scratch;  // nothing: none is wanted
    std::optional<Pinning> pinning;
    std::vector<process::JobTokens> job_tokens;  // by slot; a slot without makes with one job
    std::vector<std::string> makeflags;          // by slot, of those with tokens
    std::string plain_makeflags;                 // of the others
    std::vector<int> plain_descriptors;          // that they inherit: of an outer job server
  };
  void use(Equipment equipment) { equipment_ = std::move(equipment); }

  enum class Outcome { started, not_started, exhausted };
  // Requires: task.input, attempt and seed are set. Fills in everything else.
  [[nodiscard]] Outcome start(RunningTask& task, schedule::Slot slot);

  [[nodiscard]] const Command& command() const { return templates_.command; }
  // Removes what start() made and the task needs no more (scratch folder).
  static void tidy(RunningTask& task);

 private:
  explicit Starter(Templates templates) : templates_(std::move(templates)) {}
  [[nodiscard]] Result<void> prepare(RunningTask& task, schedule::Slot slot);
  [[nodiscard]] Result<void> prepare_results(RunningTask& task, const Fill& fill);
  void serve(RunningTask& task, schedule::Slot slot, process::SpawnRequest& request);
  [[nodiscard]] Result<std::string> program_of(const RunningTask& task);
  [[nodiscard]] std::string unique_results_folder(std::string folder, schedule::TaskNumber task);

  Templates templates_;
  bool ungroup_ = false;
  bool results_per_number_ = false;
  bool resumed_ = false;                                   // folders of earlier runs are of this run, too
  std::string path_;                                       // PATH
  std::string fixed_program_;                              // empty: differs from task to task
  std::unordered_map<std::string, std::string> programs_;  // found so far, where it differs
  std::unordered_map<std::size_t, schedule::TaskNumber> results_taken_;  // hash of a folder → its task
  Equipment equipment_;
};

}  // namespace drover::farm
