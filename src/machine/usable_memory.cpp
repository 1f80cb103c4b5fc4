#include <algorithm>

#include "machine/batch.hpp"
#include "machine/cgroup.hpp"
#include "machine/pretend.hpp"
#include "machine/usable.hpp"
#include "units/number.hpp"

namespace drover::machine {
namespace {

// "MemAvailable:   24359208 kB" of proc_meminfo(5), in KiB whatever the label says. Kernels before 3.14 lack
// it; MemFree would be far too little there, as it leaves the page cache out, and MemTotal too much.
std::optional<Bytes> available_memory(const Surroundings& here) {
  const std::optional<std::string> text = text_of(here.path("/proc/meminfo"));
  constexpr std::string_view key = "MemAvailable:";
  const std::size_t at = text ? text->find(key) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(*text).substr(at + key.size());
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
  const auto kib = whole_number<std::uint64_t>(rest.substr(0, rest.find_first_not_of("0123456789")));
  if (!kib) return std::nullopt;
  return Bytes{*kib << 10U};
}

void meet(UsableMemory& usable, std::optional<Bytes> limit, const std::string& source) {
  if (!limit || (!usable.decided.empty() && usable.count <= *limit)) return;
  usable.count = *limit;
  usable.decided = source;
}

}  // namespace

UsableMemory usable_memory(const Surroundings& here) {
  UsableMemory usable;
  const Result<Pretence> pretend = pretence(here.environment);
  if (!pretend) usable.problem = pretend.error().what();
  if (pretend && pretend->memory) {
    meet(usable, pretend->memory, pretend->source);
  } else {
    meet(usable, available_memory(here), "MemAvailable");
    const MemoryLeft left = cgroup_memory_left(here);
    meet(usable, left.bytes, "cgroup: " + left.source);
  }
  if (const auto batch = batch_memory_limit(here.environment)) meet(usable, batch->bytes, batch->source);
  return usable;
}

}  // namespace drover::machine
