// Sets of CPUs, by number, in rising order, of any size.
//
//     parse_cpu_list("0-3,8") → 0 1 2 3 8        describe_cpu_list({0, 1, 2, 3, 8}) → "0-3,8"
//
// Source  cpuset(7), "List format"; sched_getaffinity(2) on kernels with more than 1024 CPUs.
#pragma once

#include <sched.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drover::machine {

// Nothing for text that is not such a list, or that names a CPU beyond
// `largest_cpu`. Empty text: the empty set.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> parse_cpu_list(std::string_view text);
[[nodiscard]] std::string describe_cpu_list(std::span<const std::uint32_t> cpus);

inline constexpr std::uint32_t largest_cpu = (1U << 20U) - 1;

// The kernel's side of sched_getaffinity(2) for this process: 0, or -1 with errno.
using AskAffinity = std::function<int(std::size_t bytes, cpu_set_t* set)>;
[[nodiscard]] int ask_kernel_for_affinity(std::size_t bytes, cpu_set_t* set);

// The CPUs this process may run on; nothing when the kernel refuses (a seccomp filter). The set grows until
// the kernel's own mask fits: a fixed cpu_set_t ends at 1024 CPUs and the call then fails with EINVAL.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> affinity(
    const AskAffinity& ask = ask_kernel_for_affinity);

}  // namespace drover::machine
