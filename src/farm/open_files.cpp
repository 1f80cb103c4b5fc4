#include "farm/open_files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <limits>

namespace drover::farm {
namespace {

std::size_t open_now() {
  std::error_code error;
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error))
    ++count;
  return count;
}

}  // namespace

OpenFiles::OpenFiles() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    most_ = std::numeric_limits<int>::max();
    return;
  }
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) {
      original_ = limit;
      limit = raised;
    }
  }
  most_ = static_cast<std::size_t>(limit.rlim_cur);
}

Result<void> OpenFiles::limit_slots(Plan& plan, bool results_too, bool record_too) const {
  constexpr std::size_t for_the_moment =
      8;  // outlets, spill file, ends of a new task's pipes, a look at /proc
  const std::size_t a_task = results_too ? 5 : 3;  // pidfd, two pipes, two files
  const std::size_t for_the_record =
      record_too ? 8 : 0;  // database, log and index, twice while a log is moved; status
  const std::size_t taken = open_now() + for_the_moment + for_the_record;
  const std::size_t room = most_ > taken ? (most_ - taken) / a_task : 0;
  if (room == 0) {
    return failure(Errc::exhausted,
                   fmt::format("`ulimit -n` is {}: too few open files for a single task", most_),
                   "raise it, e.g. `ulimit -n 256`");
  }
  if (room < plan.slots) {
    plan.notes.push_back(fmt::format("{} at a time becomes {}: `ulimit -n` is {}", plan.slots, room, most_));
    plan.line = fmt::format("{} at a time (open files decide)", room);
    plan.slots = static_cast<std::uint32_t>(room);
  }
  return {};
}

}  // namespace drover::farm
