#include "machine/cpu_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "units/number.hpp"

namespace drover::machine {

std::optional<std::vector<std::uint32_t>> parse_cpu_list(std::string_view text) {
  std::vector<std::uint32_t> cpus;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(part.size());
    if (!text.empty()) text.remove_prefix(1);
    const std::size_t dash = part.find('-');
    const auto first = whole_number<std::uint32_t>(part.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : whole_number<std::uint32_t>(part.substr(dash + 1));
    if (!first || !last || *first > *last || *last > largest_cpu) return std::nullopt;
    for (std::uint32_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
  }
  std::ranges::sort(cpus);
  const auto repeated = std::ranges::unique(cpus);
  cpus.erase(repeated.begin(), repeated.end());
  return cpus;
}

std::string describe_cpu_list(std::span<const std::uint32_t> cpus) {
  std::string text;
  for (std::size_t first = 0; first < cpus.size();) {
    std::size_t last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", cpus[first]);
    if (last > first) text += fmt::format("-{}", cpus[last]);
    first = last + 1;
  }
  return text;
}

int ask_kernel_for_affinity(std::size_t bytes, cpu_set_t* set) {
  return ::sched_getaffinity(0, bytes, set);
}

std::optional<std::vector<std::uint32_t>> affinity(const AskAffinity& ask) {
  constexpr std::size_t per_set = CPU_SETSIZE;
  for (std::size_t sets = 1; sets * per_set <= std::size_t{largest_cpu} + 1; sets *= 2) {
    std::vector<cpu_set_t> mask(sets);
    const std::size_t bytes = sets * sizeof(cpu_set_t);
    if (ask(bytes, mask.data()) != 0) {
      if (errno == EINVAL) continue;
      return std::nullopt;
    }
    std::vector<std::uint32_t> cpus;
    for (std::size_t cpu = 0; cpu < sets * per_set; ++cpu) {
      if (CPU_ISSET_S(cpu, bytes, mask.data())) cpus.push_back(static_cast<std::uint32_t>(cpu));
    }
    return cpus;
  }
  return std::nullopt;
}

}  // namespace drover::machine
