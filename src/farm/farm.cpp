#include "farm/farm.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "farm/engine.hpp"
#include "farm/open_files.hpp"
#include "machine/topology.hpp"
#include "machine/usable.hpp"
#include "process/tree.hpp"
#include "progress/utf8.hpp"
#include "units/quantity.hpp"

namespace drover::farm {
namespace {

NameContext name_context(const RunOptions& options, const Inputs& inputs) {
  return {inputs.names(), inputs.width(), options.inputs.per_task, options.replace};
}

Result<Plan> plan_here(const RunOptions& options, const machine::UsableCores& cores, Bytes memory) {
  PlanRequest request;
  request.jobs = options.jobs;
  request.threads = options.threads;
  if (const char* omp = std::getenv("OMP_NUM_THREADS"))
    request.omp_num_threads = omp;  // NOLINT(concurrency-mt-unsafe)
  request.memory = options.memory;
  request.usable_cores = cores.count;
  request.share_of_outer = cores.share_of_outer;
  request.usable_memory = memory;
  return make_plan(request);
}

Result<void> equip(Starter& starter, const RunOptions& options, process::Guarded& me, const Plan& plan,
                   const machine::UsableCores& cores, const OpenFiles& files) {
  machine::UniqueFd null_input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null_input) return failure(Errc::io, fmt::format("cannot open /dev/null ({})", std::strerror(errno)));
  const std::string tmp = temporary_folder();
  sweep_scratch(tmp);
  std::optional<Scratch> scratch;
  if (options.scratch) {
    DROVER_TRY(Scratch made, Scratch::make(tmp));
    scratch.emplace(std::move(made));
  }
  std::optional<Pinning> pinning;
  if (options.pin) pinning.emplace(machine::core_order(cores).cpus, plan.threads, plan.slots);
  starter.use(std::make_unique<process::Spawner>(me.original_mask, files.original()), std::move(null_input),
              std::move(scratch), std::move(pinning));
  return {};
}

Result<int> run_checked(const RunOptions& options, process::Guarded& me, progress::Display& display) {
  OpenFiles files;
  if (reads_terminal(options.inputs))
    display.message("reading inputs from the terminal, one a line; Ctrl-D ends them");
  DROVER_TRY(Inputs inputs, Inputs::open(options.inputs));
  me.listen();
  if (inputs.total() == 0U) {  // a file without even a header: no name in the command can be known
    // As with inputs, a log of this name is this run's and not an earlier one's.
    if (options.job_log) DROVER_CHECK(JobLog::open(*options.job_log));
    display.message(no_inputs(options));
    return 0;
  }
  const NameContext names = name_context(options, inputs);
  DROVER_TRY(Starter starter, Starter::make(options, names));
  std::optional<TextTemplate> tag;
  if (options.tag) {
    DROVER_TRY(TextTemplate compiled, TextTemplate::compile(*options.tag, names));
    tag.emplace(std::move(compiled));
  }
  const machine::UsableCores cores = machine::usable_cores();
  if (!cores.problem.empty()) return failure(Errc::usage, cores.problem);
  const Bytes memory = options.memory ? machine::usable_memory().count : Bytes{};
  DROVER_TRY(Plan plan, plan_here(options, cores, memory));
  DROVER_TRY(process::Poller poller, process::Poller::make());
  DROVER_CHECK(equip(starter, options, me, plan, cores, files));
  DROVER_CHECK(files.limit_slots(plan, options.results.has_value()));
  DROVER_TRY(Reporter reporter, Reporter::make(options, names, plan.threads));
  if (options.progress != progress::Mode::none) {
    for (const std::string& line : plan.notes) display.message(line);
  }
  Engine engine({options, me, std::move(plan), memory, cores.count, std::move(inputs), std::move(starter),
                 std::move(reporter), std::move(tag), std::move(poller), display});
  return engine.run();
}

}  // namespace

int run(const RunOptions& options, process::Guarded& me) {
  const machine::Environment environment = machine::process_environment();
  progress::Display::Options look;
  look.encoding = progress::locale_encoding(environment);
  look.in_background = [guardian = ::getppid()] { return process::in_background(guardian); };
  progress::Display display(progress::resolve(options.progress, STDERR_FILENO, environment), STDERR_FILENO,
                            look);
  Result<int> status = run_checked(options, me, display);
  if (status) return *status;
  display.message(status.error().what());
  return 255;
}

}  // namespace drover::farm
