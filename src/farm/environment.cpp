#include "farm/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "process/makeflags.hpp"

namespace drover::farm {
namespace {

constexpr std::array<std::string_view, 8> thread_variables{
    "OMP_NUM_THREADS",     "OPENBLAS_NUM_THREADS",   "MKL_NUM_THREADS",   "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS", "DROVER_CORES"};
// MAKELEVEL is left out: inside a task it tells that a make stands between the task and us.
constexpr std::array<std::string_view, 7> told_to_each{"DROVER_TASK", "DROVER_ATTEMPT", "DROVER_SLOT",
                                                       "DROVER_SEED", "DROVER_SCRATCH", "MAKEFLAGS",
                                                       "MAKELEVEL"};

std::string_view name_of(std::string_view entry) {
  return entry.substr(0, entry.find('='));
}

template <class... Arguments>
void refill(std::string& text, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  text.clear();
  fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
}

}  // namespace

BaseEnvironment::BaseEnvironment(char** environment, std::uint32_t threads, bool own_scratch) {
  for (char** entry = environment; *entry != nullptr; ++entry) {
    const std::string_view name = name_of(*entry);
    const bool replaced = std::ranges::count(thread_variables, name) != 0 ||
                          std::ranges::count(told_to_each, name) != 0 || (own_scratch && name == "TMPDIR");
    if (replaced) continue;
    constexpr std::string_view for_all_makes = "GNUMAKEFLAGS=";
    const std::string_view text(*entry);
    // make adds these to MAKEFLAGS: a -j in them would go past the task's cores.
    if (text.starts_with(for_all_makes)) {
      entries_.push_back(std::string(for_all_makes) +
                         process::makeflags_for(text.substr(for_all_makes.size()), 1, -1, -1));
    } else {
      entries_.emplace_back(text);
    }
  }
  for (const std::string_view name : thread_variables)
    entries_.push_back(fmt::format("{}={}", name, threads));
}

char** SlotEnvironment::fill(schedule::TaskNumber task, std::uint32_t attempt, schedule::Slot slot,
                             std::uint32_t seed, const std::string& scratch, const std::string& makeflags) {
  refill(own_[0], "DROVER_TASK={}", task);
  refill(own_[1], "DROVER_ATTEMPT={}", attempt);
  refill(own_[2], "DROVER_SLOT={}", slot + 1);
  refill(own_[3], "DROVER_SEED={}", seed);
  refill(own_[4], "DROVER_SCRATCH={}", scratch);
  refill(own_[5], "TMPDIR={}", scratch);
  refill(own_[6], "MAKEFLAGS={}", makeflags);
  if (pointers_.empty()) {
    // execve(2) does not write to the entries; its type is older than const.
    for (const std::string& entry : base_->entries()) pointers_.push_back(const_cast<char*>(entry.c_str()));
    pointers_.resize(pointers_.size() + own_.size() + 1);
  }
  char** own = pointers_.data() + base_->entries().size();
  std::size_t told = scratch.empty() ? 4 : 6;
  for (std::size_t i = 0; i < told; ++i) own[i] = own_[i].data();
  if (!makeflags.empty()) own[told++] = own_[6].data();
  own[told] = nullptr;
  return pointers_.data();
}

}  // namespace drover::farm
