// drover run: a command for every input.
#include <fmt/format.h>

#include <cstdio>

#include "cli/run_options.hpp"
#include "cli/subcommands.hpp"
#include "farm/farm.hpp"
#include "process/guardian.hpp"
#include "record/lock.hpp"

namespace drover::cli {

int run(const std::vector<std::string>& words) {
  Result<RunWords> read = read_run_words(words);
  if (!read) {
    fmt::print(stderr, "drover: {}\n", read.error().what());
    return 255;
  }
  if (read->help) return help({"run"});
  farm::RunOptions& options = read->options;
  options.version = DROVER_VERSION;
  if (options.dry_run) return farm::dry_run(options);
  // Before the guardian starts the engine: both hold it, so that it is free only when nothing of this run lives.
  std::optional<record::Lock> lock;
  if (options.record) {
    Result<record::Lock> taken = record::Lock::take(*options.record);
    if (!taken) {
      fmt::print(stderr, "drover: {}\n", taken.error().what());
      return 255;
    }
    lock.emplace(std::move(*taken));
  }
  return process::guard([&](process::Guarded& me) { return farm::run(options, me); });
}

}  // namespace drover::cli
