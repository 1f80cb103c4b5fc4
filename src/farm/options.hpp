// What one run was asked for: the command line of `drover run`, parsed. A value; nothing here does anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drover/bytes.hpp"
#include "drover/cores.hpp"
#include "farm/command.hpp"
#include "farm/input.hpp"
#include "progress/display.hpp"
#include "schedule/halt.hpp"

namespace drover::farm {

// How the outputs of tasks that run at the same time reach ours.
enum class Collation {
  group,        // each task's output whole when it ends
  line_buffer,  // whole lines as they come
  ungroup,      // tasks write to our descriptors themselves
};

// What of an earlier run on record is run again.
enum class Resume {
  no,          // there must be no earlier run
  unfinished,  // what has not ended
  failed_too,
};

struct RunOptions {
  std::vector<std::string> command;
  Command::Mode mode = Command::Mode::direct;
  std::string replace = "{}";
  InputOptions inputs;

  Cores jobs = Cores::all();
  std::optional<std::uint32_t> threads;  // cores a task
  std::optional<Bytes> memory;           // to reserve for a task
  bool learn_memory = false;             // --mem auto: what to reserve is learnt
  std::optional<Bytes> memory_free;      // --memfree: start nothing below it
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<double> timeout_per_cent;
  std::chrono::nanoseconds grace = std::chrono::seconds(10);
  std::uint32_t retries = 0;
  std::chrono::nanoseconds retry_delay{};
  std::chrono::nanoseconds delay{};
  schedule::Halt halt;
  std::uint64_t seed = 0;
  bool seed_given = false;

  std::optional<std::string> directory;  // --wd
  bool scratch = false;
  bool pin = false;
  bool dry_run = false;
  bool verbose = false;

  Collation collation = Collation::group;
  bool keep_order = false;
  std::optional<std::string> tag;
  std::optional<std::string> results;
  std::optional<std::string> job_log;
  std::optional<std::string> crash_report;
  std::optional<std::string> record;
  Resume resume = Resume::no;
  bool resumed = false;  // there is an earlier run to go on with
  std::string line;      // the command line, as it can be pasted, without --resume and --resume-failed
  std::string version;   // of drover
  progress::Mode progress = progress::Mode::automatic;
};

// "no inputs: nothing to do", and where they were looked for.
[[nodiscard]] inline std::string no_inputs(const RunOptions& options) {
  return options.inputs.sources.empty()
             ? "no inputs on standard input: nothing to do (values come after :::, files after -a)"
             : "no inputs: nothing to do";
}

}  // namespace drover::farm
