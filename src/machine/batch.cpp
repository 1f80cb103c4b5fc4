#include "machine/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "units/number.hpp"

namespace drover::machine {
namespace {

using Count = std::optional<std::uint32_t>;

Count positive(std::string_view text) {
  const Count number = whole_number<std::uint32_t>(text);
  return number && *number > 0 ? number : std::nullopt;
}

// Reads the variables and collects the limits; what it cannot read becomes a limit without a number.
class Allocation {
 public:
  explicit Allocation(const Environment& environment) : environment_(environment) {}

  // A variable that is set and not empty.
  std::optional<std::string> text(const std::string& name) const {
    std::optional<std::string> value = environment_(name);
    if (value && value->empty()) value.reset();
    return value;
  }

  template <class Parse>
  Count count(const std::string& name, Parse parse) {
    const std::optional<std::string> value = text(name);
    if (!value) return std::nullopt;
    const Count number = parse(*value);
    if (!number)
      limits_.push_back({"batch allocation", {}, fmt::format("not understood: {}={}", name, *value)});
    return number;
  }
  Count count(const std::string& name) { return count(name, positive); }

  void limit(std::uint32_t cores, std::string source) {
    limits_.push_back({"batch allocation", std::max(cores, 1U), std::move(source)});
  }
  void limit_by(const std::string& name) {
    if (const Count number = count(name)) limit(*number, fmt::format("{}={}", name, *number));
  }

  std::vector<Limit> take() && { return std::move(limits_); }

 private:
  const Environment& environment_;
  std::vector<Limit> limits_;
};

std::uint32_t slurm_node(const Environment& environment) {
  return whole_number<std::uint32_t>(environment("SLURM_NODEID").value_or("0")).value_or(0);
}

std::uint32_t product(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{a} * b, UINT32_MAX));
}

void meet_slurm(Allocation& allocation, const Environment& environment) {
  const auto of_this_node = [node = slurm_node(environment)](std::string_view list) {
    return count_on_node(list, node);
  };
  const bool in_step = allocation.text("SLURM_STEP_ID").has_value();
  const Count per_task = allocation.count("SLURM_CPUS_PER_TASK");
  const Count on_node = allocation.count("SLURM_CPUS_ON_NODE");
  const Count of_job =
      in_step && on_node ? std::nullopt : allocation.count("SLURM_JOB_CPUS_PER_NODE", of_this_node);
  const std::string tasks_name = in_step ? "SLURM_STEP_TASKS_PER_NODE" : "SLURM_TASKS_PER_NODE";
  const Count tasks =
      per_task || (in_step && on_node) ? allocation.count(tasks_name, of_this_node) : std::nullopt;

  if (per_task && !in_step && tasks.value_or(1) > 1) {
    allocation.limit(product(*per_task, *tasks),
                     fmt::format("SLURM_CPUS_PER_TASK={} for {} tasks on this node", *per_task, *tasks));
  } else if (per_task) {
    allocation.limit(*per_task, fmt::format("SLURM_CPUS_PER_TASK={}", *per_task));
  }
  if (on_node && in_step && !per_task && tasks.value_or(1) > 1) {
    allocation.limit(*on_node / *tasks,
                     fmt::format("SLURM_CPUS_ON_NODE={} shared by {} tasks of this step", *on_node, *tasks));
  } else if (on_node) {
    allocation.limit(*on_node, fmt::format("SLURM_CPUS_ON_NODE={}", *on_node));
  }
  if (of_job) {
    allocation.limit(*of_job,
                     fmt::format("SLURM_JOB_CPUS_PER_NODE={}", *allocation.text("SLURM_JOB_CPUS_PER_NODE")));
  }
}

void meet_grid_engine(Allocation& allocation) {
  const Count slots = allocation.count("NSLOTS");
  if (!slots) return;
  const std::uint32_t hosts = allocation.count("NHOSTS").value_or(1);
  if (hosts == 1) {
    allocation.limit(*slots, fmt::format("NSLOTS={}", *slots));
  } else {
    allocation.limit(*slots / hosts, fmt::format("NSLOTS={} on NHOSTS={}", *slots, hosts));
  }
}

// "hostA 8 hostB 4" → 8
Count first_host_slots(std::string_view hosts) {
  const std::size_t blank = hosts.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  hosts.remove_prefix(blank + 1);
  return positive(hosts.substr(0, hosts.find(' ')));
}

void meet_lsf(Allocation& allocation) {
  if (const Count here = allocation.count("LSB_MCPU_HOSTS", first_host_slots)) {
    allocation.limit(*here, fmt::format("LSB_MCPU_HOSTS={}", *allocation.text("LSB_MCPU_HOSTS")));
  }
  allocation.limit_by(allocation.text("LSB_DJOB_NUMPROC") ? "LSB_DJOB_NUMPROC" : "LSB_MAX_NUM_PROCESSORS");
}

}  // namespace

std::optional<std::uint32_t> count_on_node(std::string_view text, std::uint32_t node) {
  std::optional<std::uint32_t> found;
  std::uint64_t nodes_before = 0;
  while (true) {
    std::string_view part = text.substr(0, text.find(','));
    const bool is_last = part.size() == text.size();
    std::uint32_t times = 1;
    const std::size_t bracket = part.find("(x");
    const Count count = positive(part.substr(0, bracket));
    if (bracket != std::string_view::npos) {
      if (part.back() != ')') return std::nullopt;
      times = positive(part.substr(bracket + 2, part.size() - bracket - 3)).value_or(0);
    }
    if (!count || times == 0) return std::nullopt;
    if (!found && node < nodes_before + times) found = count;
    nodes_before += times;
    if (is_last) return found;
    text.remove_prefix(part.size() + 1);
  }
}

std::vector<Limit> batch_core_limits(const Environment& environment) {
  Allocation allocation(environment);
  meet_slurm(allocation, environment);
  allocation.limit_by("NCPUS");
  allocation.limit_by("PBS_NUM_PPN");
  meet_grid_engine(allocation);
  meet_lsf(allocation);
  return std::move(allocation).take();
}

std::optional<BatchMemory> batch_memory_limit(const Environment& environment) {
  const auto number = [&](const char* name) { return positive(environment(name).value_or("")); };
  if (const Count node = number("SLURM_MEM_PER_NODE")) {
    return BatchMemory{Bytes{std::uint64_t{*node} << 20U}, fmt::format("SLURM_MEM_PER_NODE={}", *node)};
  }
  const Count per_cpu = number("SLURM_MEM_PER_CPU");
  const Count cpus = number("SLURM_CPUS_ON_NODE");
  if (!per_cpu || !cpus) return std::nullopt;
  return BatchMemory{Bytes{(std::uint64_t{*per_cpu} * *cpus) << 20U},
                     fmt::format("SLURM_MEM_PER_CPU={} × SLURM_CPUS_ON_NODE={}", *per_cpu, *cpus)};
}

std::string batch_job(const Environment& environment) {
  const auto is = [&](const char* name) {
    std::optional<std::string> value = environment(name);
    return value && !value->empty() ? value : std::nullopt;
  };
  if (const auto array = is("SLURM_ARRAY_JOB_ID"), element = is("SLURM_ARRAY_TASK_ID"); array && element)
    return fmt::format("Slurm {}_{}", *array, *element);
  if (const auto id = is("SLURM_JOB_ID")) return "Slurm " + *id;
  if (const auto id = is("PBS_JOBID")) return "PBS " + *id;
  if (const auto id = is("LSB_JOBID")) return "LSF " + *id;
  if (const auto id = is("JOB_ID"); id && is("SGE_ROOT")) return "SGE " + *id;
  return {};
}

}  // namespace drover::machine
