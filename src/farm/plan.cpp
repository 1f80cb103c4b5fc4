#include "farm/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "units/quantity.hpp"

namespace drover::farm {
namespace {

// OMP_NUM_THREADS may list one number a nesting level ("4,2"); the first is the task's own.
std::optional<std::uint32_t> leading_number(const std::string& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = end == text.data() + text.size() || *end == ',';
  if (error != std::errc() || !whole || number == 0) return std::nullopt;
  return number;
}

struct Threads {
  std::uint32_t count = 1;
  bool given = false;
};

Threads choose_threads(const PlanRequest& request, Plan& plan) {
  if (request.threads) return {*request.threads, true};
  if (request.omp_num_threads && !request.omp_num_threads->empty()) {
    const std::optional<std::uint32_t> wish = leading_number(*request.omp_num_threads);
    if (wish && *wish < request.usable_cores) return {*wish, false};
    if (!wish) {
      plan.notes.push_back(
          fmt::format("OMP_NUM_THREADS={} is not a number of threads and is not taken: use --threads",
                      *request.omp_num_threads));
    } else if (*wish > 1 && !request.share_of_outer) {  // an outer drover sets it to our share by itself
      plan.notes.push_back(
          fmt::format("OMP_NUM_THREADS={} names all {} usable cores and is not taken: use --threads {} for "
                      "one task at a time",
                      *wish, request.usable_cores, request.usable_cores));
    }
  }
  // Cores that a job server lends are not ours to hand out.
  if (request.jobs.is_exact() && !request.cores_are_lent)
    return {std::max(1U, request.usable_cores / request.jobs.of(request.usable_cores)), false};
  return {1, false};
}

std::uint32_t choose_slots(const PlanRequest& request, const Threads& threads, Plan& plan) {
  const std::uint32_t room = std::max(1U, request.usable_cores / threads.count);
  const std::uint32_t wish = request.jobs.of(request.usable_cores);
  if (!request.jobs.is_exact()) return std::max(1U, wish / threads.count);
  if (request.share_of_outer && wish > room) {
    plan.notes.push_back(fmt::format("-j {} becomes {}: DROVER_CORES leaves this run {} {}", wish, room,
                                     request.usable_cores, request.usable_cores == 1 ? "core" : "cores"));
    return room;
  }
  if (threads.given && wish > room) {
    plan.notes.push_back(fmt::format("-j {} becomes {}: {} usable cores ÷ {} threads a task", wish, room,
                                     request.usable_cores, threads.count));
    return room;
  }
  if (wish > request.usable_cores) {
    plan.notes.push_back(
        fmt::format("{} at a time is more than the {} usable cores (`drover cores --explain`)", wish,
                    request.usable_cores));
  }
  return wish;
}

std::string describe_plan(const PlanRequest& request, const Plan& plan, bool memory_decided) {
  std::string line = fmt::format("{} at a time", plan.slots);
  if (plan.slots == 1) line += " (serial)";
  if (plan.threads > 1) line += fmt::format(" × {} threads", plan.threads);
  const std::uint64_t used = std::uint64_t{plan.slots} * plan.threads;
  if (used == request.usable_cores) {
    line += fmt::format(": {} {}", used, used == 1 ? "core" : "cores");
  } else {
    line += fmt::format(": {} of {} cores", used, request.usable_cores);
  }
  if (request.memory) {
    line += fmt::format(", {} each of {}", describe(*request.memory), describe(request.usable_memory));
    if (memory_decided) line += " (memory decides)";
  }
  if (request.learn_memory)
    line += fmt::format(", as far as memory allows: one task first, to learn what it needs of {}",
                        describe(request.usable_memory));
  return line;
}

}  // namespace

Result<Plan> make_plan(const PlanRequest& request) {
  Plan plan;
  const Threads threads = choose_threads(request, plan);
  if (threads.given && threads.count > request.usable_cores) {
    plan.notes.push_back(
        fmt::format("--threads {} is more than the {} usable cores (`drover cores --explain`)", threads.count,
                    request.usable_cores));
  }
  plan.threads = threads.count;
  plan.slots = choose_slots(request, threads, plan);
  if (request.unreachable_jobserver && plan.slots > 1) {  // as make itself does
    plan.notes.emplace_back(
        "make's job server is not open to this command, so it runs one task at a time: put + in front of its "
        "line in "
        "the makefile");
    plan.slots = 1;
  }
  bool memory_decided = false;
  if (request.memory && request.usable_memory.count > 0) {
    if (*request.memory > request.usable_memory) {
      return failure(Errc::usage,
                     fmt::format("--mem {}: a task needs more memory than the {} that may be used here",
                                 describe(*request.memory), describe(request.usable_memory)),
                     "reserve less, or run on a larger machine");
    }
    const std::uint64_t fit = request.usable_memory.count / std::max<std::uint64_t>(1, request.memory->count);
    if (fit < plan.slots) {
      plan.slots = static_cast<std::uint32_t>(fit);
      memory_decided = true;
    }
  }
  plan.line = describe_plan(request, plan, memory_decided);
  return plan;
}

}  // namespace drover::farm
