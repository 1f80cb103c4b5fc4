#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "machine/batch.hpp"
#include "machine/cgroup.hpp"
#include "machine/cpu_set.hpp"
#include "machine/pretend.hpp"
#include "machine/usable.hpp"
#include "units/number.hpp"

namespace drover::machine {
namespace {

constexpr const char* online_file = "/sys/devices/system/cpu/online";

Limit online_limit(const Surroundings& here) {
  const std::optional<std::string> text = value_in(here.path(online_file));
  if (!text) return {"online cores", {}, fmt::format("{} cannot be read", online_file)};
  const auto cpus = parse_cpu_list(*text);
  if (!cpus || cpus->empty())
    return {"online cores", {}, fmt::format("not understood: {} = {}", online_file, *text)};
  return {"online cores", static_cast<std::uint32_t>(cpus->size()),
          fmt::format("{} = {}", online_file, *text)};
}

std::optional<std::vector<std::uint32_t>> allowed_cpus(const Surroundings& here) {
  return here.affinity ? here.affinity : affinity();
}

Limit affinity_limit(const std::optional<std::vector<std::uint32_t>>& cpus) {
  if (!cpus || cpus->empty()) return {"affinity", {}, "the kernel does not say"};
  return {"affinity", static_cast<std::uint32_t>(cpus->size()), "CPUs " + describe_cpu_list(*cpus)};
}

void meet_cgroup(const Surroundings& here, std::vector<Limit>& limits) {
  const CpuQuota quota = cgroup_cpu_quota(here);
  for (const std::string& text : quota.not_understood)
    limits.push_back({"cgroup quota", {}, "not understood: " + text});
  if (quota.cores || quota.not_understood.empty()) {
    limits.push_back({"cgroup quota", quota.cores, quota.cores ? quota.source : "none"});
  }
}

// What the machine itself says; where neither file nor kernel answers, what the C library knows.
void meet_machine(const Surroundings& here, UsableCores& usable) {
  usable.limits.push_back(online_limit(here));
  usable.limits.push_back(affinity_limit(usable.cpus));
  if (!usable.limits[0].cores && !usable.limits[1].cores) {
    const long configured = ::sysconf(_SC_NPROCESSORS_ONLN);
    usable.limits[0].cores = configured > 0 ? static_cast<std::uint32_t>(configured) : 1;
    usable.limits[0].source = "sysconf(_SC_NPROCESSORS_ONLN)";
  }
  meet_cgroup(here, usable.limits);
}

void meet_share(const Environment& environment, UsableCores& usable) {
  const std::optional<std::string> text = environment("DROVER_CORES");
  if (!text || text->empty()) {
    usable.limits.push_back({"DROVER_CORES", {}, "not set"});
    return;
  }
  const auto share = whole_number<std::uint32_t>(*text);
  if (!share || *share == 0) {
    usable.limits.push_back({"DROVER_CORES", {}, fmt::format("not understood: DROVER_CORES={}", *text)});
    usable.problem = fmt::format(
        "DROVER_CORES='{}' is not a number of cores: set it to a whole number from 1, or unset it", *text);
    return;
  }
  usable.share_of_outer = true;
  usable.limits.push_back({"DROVER_CORES", share, fmt::format("DROVER_CORES={}", *share)});
}

// The first of the least: a later limit that is no lower took nothing away.
void decide(UsableCores& usable) {
  Limit* least = nullptr;
  for (Limit& limit : usable.limits) {
    if (limit.cores && (least == nullptr || *limit.cores < *least->cores)) least = &limit;
  }
  if (least == nullptr) return;
  least->decided = true;
  usable.count = *least->cores;
}

}  // namespace

UsableCores usable_cores(const Surroundings& here) {
  UsableCores usable;
  usable.cpus = allowed_cpus(here).value_or(std::vector<std::uint32_t>{});
  std::ranges::sort(usable.cpus);
  const Result<Pretence> pretend = pretence(here.environment);
  if (pretend && pretend->cores) {
    usable.pretended = true;
    usable.limits.push_back({"DROVER_PRETEND", pretend->cores, pretend->source});
  } else {
    meet_machine(here, usable);
  }
  std::vector<Limit> batch = batch_core_limits(here.environment);
  if (batch.empty()) batch.push_back({"batch allocation", {}, "none"});
  usable.limits.insert(usable.limits.end(), batch.begin(), batch.end());
  meet_share(here.environment, usable);
  if (!pretend) usable.problem = pretend.error().what();
  decide(usable);
  return usable;
}

}  // namespace drover::machine
