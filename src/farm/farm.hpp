// The command farm: runs a command for every input.
//
//     return process::guard([&](process::Guarded& me) { return farm::run(options, me); });
//
// Returns the exit status that the command line documents: 0, 1…100 failed, 101 more, 129/130/131/143 by a
// signal, 141 standard output closed, 255 a failure of drover's own (a message has been printed).
#pragma once

#include "farm/options.hpp"
#include "process/guardian.hpp"

namespace drover::farm {

[[nodiscard]] int run(const RunOptions& options, process::Guarded& me);

// --dry-run: prints every command on standard output. Needs no guardian.
[[nodiscard]] int dry_run(const RunOptions& options);

}  // namespace drover::farm
