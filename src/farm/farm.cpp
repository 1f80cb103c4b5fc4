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
#include "farm/recorder.hpp"
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

std::string users_makeflags() {
  return machine::process_environment()("MAKEFLAGS").value_or("");
}

Result<Plan> plan_here(const RunOptions& options, const machine::UsableCores& cores, Bytes memory,
                       bool has_lender) {
  PlanRequest request;
  request.jobs = options.jobs;
  request.threads = options.threads;
  request.omp_num_threads = machine::process_environment()("OMP_NUM_THREADS");
  request.memory = options.memory;
  request.learn_memory = options.learn_memory;
  request.usable_cores = cores.count;
  request.share_of_outer = cores.share_of_outer;
  request.usable_memory = memory;
  request.cores_are_lent = has_lender;
  // Within a share that an outer drover gave us only a make in between has the say (tasks begin without MAKELEVEL).
  const bool make_asks = !cores.share_of_outer || machine::process_environment()("MAKELEVEL").has_value();
  request.unreachable_jobserver =
      !has_lender && make_asks && process::jobserver_auth(users_makeflags()).has_value();
  return make_plan(request);
}

// A quarter of the descriptors that we may have, three a slot; make knows none above 1023.
std::uint32_t slots_to_serve() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  constexpr rlim_t known_to_make = 1024;
  constexpr rlim_t a_slot = 3;
  return static_cast<std::uint32_t>(std::min(files.rlim_cur, known_to_make) / 4 / a_slot);
}

// Before files and pipes of tasks are open: make needs low descriptors. Where they do not suffice the slots that are left
// out make with one job each, which keeps to the budget too.
void serve_jobs(Starter::Equipment& equipment, const Plan& plan,
                const std::optional<process::JobserverClient>& lender) {
  const std::string theirs = users_makeflags();
  if (lender && plan.threads == 1) {  // what make lends it lends to our tasks as well
    equipment.plain_makeflags = theirs;
    equipment.plain_descriptors.assign(lender->descriptors().begin(), lender->descriptors().end());
    return;
  }
  if (!theirs.empty()) equipment.plain_makeflags = process::makeflags_for(theirs, 1, -1, -1);
  if (plan.threads < 2) return;
  const std::uint32_t most = slots_to_serve();
  for (std::uint32_t slot = 0; slot < std::min(plan.slots, most); ++slot) {
    Result<process::JobTokens> tokens = process::JobTokens::make(plan.threads - 1);
    if (!tokens) return;
    equipment.makeflags.push_back(
        process::makeflags_for(theirs, plan.threads, tokens->read_fd(), tokens->write_fd()));
    equipment.job_tokens.push_back(std::move(*tokens));
  }
}

Result<Starter::Equipment> equip(const RunOptions& options, process::Guarded& me, const Plan& plan,
                                 const machine::UsableCores& cores, const OpenFiles& files,
                                 const std::optional<process::JobserverClient>& lender) {
  Starter::Equipment equipment;
  equipment.null_input = machine::UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!equipment.null_input)
    return failure(Errc::io, fmt::format("cannot open /dev/null ({})", std::strerror(errno)));
  const std::string tmp = temporary_folder();
  sweep_scratch(tmp);
  if (options.scratch) {
    DROVER_TRY(Scratch made, Scratch::make(tmp));
    equipment.scratch = std::make_unique<Scratch>(std::move(made));
  }
  if (options.pin) equipment.pinning.emplace(machine::core_order(cores).cpus, plan.threads, plan.slots);
  serve_jobs(equipment, plan, lender);
  equipment.spawner = std::make_unique<process::Spawner>(me.original_mask, files.original());
  return equipment;
}

Result<Bytes> memory_here(const RunOptions& options) {
  if (!options.memory && !options.learn_memory && !options.memory_free) return Bytes{};
  const machine::UsableMemory memory = machine::usable_memory();
  if (!memory.problem.empty()) return failure(Errc::usage, memory.problem);
  if (!options.memory && memory.count.count == 0)
    return failure(Errc::io,
                   "how much memory there is cannot be read here, so --mem auto and --memfree cannot be done",
                   "write --mem SIZE, what a task needs");
  return memory.count;
}

void tell(progress::Display& display, const RunOptions& options, const std::vector<std::string>& lines) {
  if (options.progress == progress::Mode::none) return;
  for (const std::string& line : lines) display.message(line);
}

struct Opened {
  RemainingInputs inputs;
  NameContext names;
  std::optional<Recorder> recorder;
  std::optional<record::Earlier::Counts> before;  // of the run that is resumed
  bool none_given = false;
  Bytes known_peak{};  // of the tasks on record
};

// The record first: its seed is the one that the inputs are shuffled with.
Result<Opened> open_inputs(RunOptions& options, process::Guarded& me, progress::Display& display) {
  std::optional<Recorder> recorder;
  if (options.record) {
    DROVER_TRY(recorder, Recorder::find(options));
    if (!recorder->warning().empty()) display.message(recorder->warning());
  }
  if (reads_terminal(options.inputs))
    display.message("reading inputs from the terminal, one a line; Ctrl-D ends them");
  DROVER_TRY(Inputs inputs, Inputs::open(options.inputs));
  me.listen();
  NameContext names = name_context(options, inputs);
  const bool none_given = inputs.total() == 0U;
  Opened opened{RemainingInputs(std::move(inputs)), std::move(names), std::move(recorder), std::nullopt,
                none_given};
  if (!opened.recorder) return opened;
  DROVER_TRY(std::optional<record::Earlier> earlier, opened.recorder->earlier());
  if (!earlier) return opened;
  opened.before = earlier->counts();
  options.resumed = true;
  if (options.learn_memory) {
    DROVER_TRY(opened.known_peak, opened.recorder->largest_peak());
  }
  opened.inputs.leave_out(std::move(*earlier), options.resume, options.keep_order);
  return opened;
}

// Inputs that are known to be none: a file without even a header, so that no name in the command can be known.
Result<int> nothing_given(const RunOptions& options, Opened opened, progress::Display& display) {
  // As with inputs, a log of this name is this run's and not an earlier one's.
  if (options.job_log) DROVER_CHECK(JobLog::open(*options.job_log, options.resumed));
  if (!opened.before) {
    display.message(no_inputs(options));
    return 0;
  }
  DROVER_TRY(const std::string vanished, opened.inputs.vanished());
  display.message("no inputs: nothing to do");
  if (!vanished.empty()) display.message(vanished);
  constexpr std::uint64_t most = 101;
  return static_cast<int>(std::min(opened.before->failed, most));
}

Result<int> run_checked(RunOptions options, process::Guarded& me, progress::Display& display) {
  OpenFiles files;
  DROVER_TRY(Opened opened, open_inputs(options, me, display));
  if (opened.none_given) return nothing_given(options, std::move(opened), display);
  const NameContext& names = opened.names;
  DROVER_TRY(Starter starter, Starter::make(options, names));
  std::optional<TextTemplate> tag;
  if (options.tag) {
    DROVER_TRY(TextTemplate compiled, TextTemplate::compile(*options.tag, names));
    tag.emplace(std::move(compiled));
  }
  const machine::UsableCores cores = machine::usable_cores();
  if (!cores.problem.empty()) return failure(Errc::usage, cores.problem);
  DROVER_TRY(const Bytes memory, memory_here(options));
  std::optional<process::JobserverClient> lender =
      process::JobserverClient::join(machine::process_environment());
  DROVER_TRY(Plan plan, plan_here(options, cores, memory, lender.has_value()));
  DROVER_TRY(process::Poller poller, process::Poller::make());
  DROVER_TRY(Starter::Equipment equipment, equip(options, me, plan, cores, files, lender));
  starter.use(std::move(equipment));
  DROVER_CHECK(files.limit_slots(plan, options.results.has_value(), options.record.has_value()));
  DROVER_TRY(Reporter reporter, Reporter::make(options, names, plan.threads));
  if (opened.recorder) {
    DROVER_CHECK(opened.recorder->begin(options, names));
    reporter.use(std::move(*opened.recorder));
  }
  tell(display, options, plan.notes);
  Engine engine({options, me, std::move(plan), memory, cores.count, std::move(opened.inputs),
                 std::move(lender), std::move(starter), std::move(reporter), std::move(tag),
                 std::move(poller), display, opened.before, opened.known_peak});
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
