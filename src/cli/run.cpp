// drover run: a command for every input.
#include <fmt/format.h>

#include <cstdio>

#include "cli/run_options.hpp"
#include "cli/subcommands.hpp"
#include "farm/farm.hpp"
#include "process/guardian.hpp"

namespace drover::cli {

int run(const std::vector<std::string>& words) {
  const Result<RunWords> read = read_run_words(words);
  if (!read) {
    fmt::print(stderr, "drover: {}\n", read.error().what());
    return 255;
  }
  if (read->help) return help({"run"});
  if (read->options.dry_run) return farm::dry_run(read->options);
  return process::guard([&](process::Guarded& me) { return farm::run(read->options, me); });
}

}  // namespace drover::cli
