// The tail of a command line: the command, then ::: value… :::+ value… :::: file… ::::+ file….
#pragma once

#include <string>
#include <vector>

#include "farm/input.hpp"
#include "units/result.hpp"

namespace drover::cli {

struct CommandAndInputs {
  std::vector<std::string> command;
  std::vector<farm::SourceOption> sources;
};

// Errors: usage (:::+ with nothing before it; :::: without a file).
// `sources_before`: there are -a, --grid or --glob sources that a first :::+ can be zipped with.
[[nodiscard]] Result<CommandAndInputs> split_at_inputs(const std::vector<std::string>& words,
                                                       bool sources_before);

}  // namespace drover::cli
