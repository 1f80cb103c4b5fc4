#include "farm/starter.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <time.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "farm/program.hpp"
#include "farm/quote.hpp"
#include "farm/shell_line.hpp"
#include "farm/task_json.hpp"
#include "process/pipe.hpp"

namespace drover::farm {
namespace {

namespace fs = std::filesystem;

double since_epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<machine::UniqueFd> create_file(const std::string& path) {
  machine::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) {
    return failure(errno == ENOSPC ? Errc::exhausted : Errc::io,
                   fmt::format("cannot write {} ({})", path, std::strerror(errno)));
  }
  return file;
}

Result<void> make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error && !fs::is_directory(folder)) {
    return failure(Errc::io, fmt::format("cannot make the folder '{}' ({})", folder, error.message()));
  }
  return {};
}

std::unexpected<Error> meant_for_a_shell(const std::string& word) {
  std::string quoted;
  append_single_quoted(word, quoted);
  return failure(Errc::usage, fmt::format("no such program: {}", word),
                 fmt::format("for a shell line add -c: drover run -c {} …", quoted));
}

// A program that is the same for every task is looked for before the first one.
Result<std::string> look_up_fixed(const RunOptions& options, const std::string& name,
                                  const std::string& path) {
  Result<std::string> found = find_program(name, path);
  if (found || options.command.size() != 1 || !looks_like_shell_line(name)) return found;
  return meant_for_a_shell(name);
}

}  // namespace

Pinning::Pinning(const std::vector<std::uint32_t>& cpus, std::uint32_t per_task, std::uint32_t slots)
    : slots_(slots) {
  std::uint32_t highest = 0;
  for (const std::uint32_t cpu : cpus) highest = std::max(highest, cpu);
  bytes_ = CPU_ALLOC_SIZE(highest + 1);
  masks_.resize(bytes_ * slots);
  for (std::uint32_t slot = 0; slot < slots && !cpus.empty(); ++slot) {
    auto* mask = reinterpret_cast<cpu_set_t*>(masks_.data() + slot * bytes_);
    for (std::uint32_t i = 0; i < per_task; ++i) {
      const std::size_t place = (std::size_t{slot} * per_task + i) % cpus.size();
      CPU_SET_S(cpus[place], bytes_, mask);
    }
  }
}

const cpu_set_t* Pinning::mask(schedule::Slot slot) const {
  return reinterpret_cast<const cpu_set_t*>(masks_.data() + (slot % slots_) * bytes_);
}

Result<Starter> Starter::make(const RunOptions& options, const NameContext& names) {
  DROVER_TRY(Command command, Command::compile(options.command, options.mode, names));
  Starter starter(Templates{std::move(command), std::nullopt, std::nullopt});
  if (options.directory) {
    DROVER_TRY(TextTemplate folder, TextTemplate::compile(*options.directory, names));
    starter.templates_.directory = std::move(folder);
  }
  if (options.results) {
    DROVER_TRY(TextTemplate folder, TextTemplate::compile(*options.results, names));
    starter.results_per_number_ = !folder.has_replacements();
    starter.templates_.results = std::move(folder);
  }
  starter.ungroup_ = options.collation == Collation::ungroup;
  starter.path_ = search_path();
  starter.resumed_ = options.resumed;
  if (options.mode != Command::Mode::direct) {
    starter.fixed_program_ = "/bin/sh";
  } else if (const std::optional<std::string> program = starter.templates_.command.program()) {
    DROVER_TRY(starter.fixed_program_, look_up_fixed(options, *program, starter.path_));
  } else if (options.command.size() == 1 && looks_like_shell_line(options.command[0])) {
    return meant_for_a_shell(options.command[0]);
  }
  return starter;
}

Result<std::string> Starter::program_of(const RunningTask& task) {
  const std::string name(task.words[0]);
  if (const auto known = programs_.find(name); known != programs_.end()) return known->second;
  DROVER_TRY(std::string found, find_program(name, path_));
  constexpr std::size_t most_remembered = 1000;
  if (programs_.size() < most_remembered) programs_.emplace(name, found);
  return found;
}

// Two tasks of one run never share a folder: the second gets its number behind the name.
std::string Starter::unique_results_folder(std::string folder, schedule::TaskNumber task) {
  folder = fs::path(folder).lexically_normal().string();  // "a", "a/" and "./a" are one
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  if (resumed_) {
    const std::optional<schedule::TaskNumber> earlier = task_of_json(folder + "/task.json");
    if (earlier) results_taken_.emplace(std::hash<std::string>{}(folder), *earlier);
  }
  const auto [known, fresh] = results_taken_.emplace(std::hash<std::string>{}(folder), task);
  return fresh || known->second == task ? folder : fmt::format("{}.{}", folder, task);
}

Result<void> Starter::prepare_results(RunningTask& task, const Fill& fill) {
  std::string folder = templates_.results->expand(fill);
  folder = results_per_number_ ? fmt::format("{}/{}", folder, task.input.number)
                               : unique_results_folder(std::move(folder), task.input.number);
  DROVER_CHECK(make_folder(folder));
  DROVER_TRY(task.streams[0].file, create_file(folder + "/stdout"));
  DROVER_TRY(task.streams[1].file, create_file(folder + "/stderr"));
  task.results = std::move(folder);
  return {};
}

Result<void> Starter::prepare(RunningTask& task, schedule::Slot slot) {
  const Fill fill{&task.input, slot, task.seed};
  templates_.command.print(fill, task.command);
  if (!task.input.problem.empty()) return failure(Errc::usage, task.input.problem);
  if (std::string problem = templates_.command.expand(fill, task.words); !problem.empty()) {
    return failure(Errc::usage, std::move(problem));
  }
  if (task.words.size() == 0) return failure(Errc::usage, "the command is empty");
  if (templates_.directory) {
    task.directory = templates_.directory->expand(fill);
    DROVER_CHECK(make_folder(task.directory));
  }
  if (templates_.results) DROVER_CHECK(prepare_results(task, fill));
  if (equipment_.scratch) {
    DROVER_TRY(task.scratch, equipment_.scratch->make_for(task.input.number));
  }
  return {};
}

// The environment, and in it the way to a job server.
void Starter::serve(RunningTask& task, schedule::Slot slot, process::SpawnRequest& request) {
  const bool serves = slot < equipment_.job_tokens.size();
  if (serves) {
    equipment_.job_tokens[slot].recount();  // what the last task's make was killed with
    request.inherited = equipment_.job_tokens[slot].descriptors();
  } else {
    request.inherited = equipment_.plain_descriptors;
  }
  request.envp = task.environment.fill(task.input.number, task.attempt, slot, task.seed, task.scratch,
                                       serves ? equipment_.makeflags[slot] : equipment_.plain_makeflags);
}

Starter::Outcome Starter::start(RunningTask& task, schedule::Slot slot) {
  const auto begin = std::chrono::steady_clock::now();
  task.started_at = since_epoch();
  task.problem.clear();
  task.results.clear();
  task.directory.clear();
  task.command.clear();
  task.words.clear();
  const auto refuse = [&](std::string why) {
    task.problem = std::move(why);
    tidy(task);
    return Outcome::not_started;
  };
  if (Result<void> ready = prepare(task, slot); !ready) return refuse(ready.error().message());

  process::SpawnRequest request;
  std::string program;
  if (fixed_program_.empty()) {
    Result<std::string> found = program_of(task);
    if (!found) return refuse(found.error().what());
    program = std::move(*found);
  }
  request.path = fixed_program_.empty() ? program.c_str() : fixed_program_.c_str();
  request.argv = task.words.argv();
  serve(task, slot, request);
  request.stdin_fd = equipment_.null_input.get();
  request.directory = task.directory.empty() ? nullptr : task.directory.c_str();
  if (equipment_.pinning) {
    request.affinity = equipment_.pinning->mask(slot);
    request.affinity_size = equipment_.pinning->mask_bytes();
  }
  std::array<process::Pipe, 2> pipes;
  if (!ungroup_) {
    for (process::Pipe& pipe : pipes) {
      Result<process::Pipe> made = process::Pipe::make();
      if (!made) {
        tidy(task);
        return Outcome::exhausted;
      }
      pipe = std::move(*made);
    }
    request.stdout_fd = pipes[0].write_end.get();
    request.stderr_fd = pipes[1].write_end.get();
  }
  std::expected<process::Child, process::SpawnFailure> child = equipment_.spawner->start(request);
  if (!child) {
    if (!child.error().exhausted()) return refuse(child.error().describe(request));
    tidy(task);
    return Outcome::exhausted;
  }
  task.child = std::move(*child);
  task.group = task.child.pid();
  for (std::size_t i = 0; i < pipes.size(); ++i) task.streams[i].pipe = std::move(pipes[i].read_end);
  task.start_cost = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return Outcome::started;
}

void Starter::tidy(RunningTask& task) {
  for (TaskStream& stream : task.streams) stream.file.reset();
  if (!task.scratch.empty()) remove_tree(task.scratch);
  task.scratch.clear();
}

}  // namespace drover::farm
