// The words after `drover run`, read into RunOptions. Nothing is looked up or opened here.
//
// Errors  Errc::usage; the message quotes the word at fault and says what to write.
// Source  GNU parallel 20221122 and GNU findutils 4.9 for the names of options.
#pragma once

#include <string>
#include <vector>

#include "farm/options.hpp"
#include "units/result.hpp"

namespace drover::cli {

struct RunWords {
  farm::RunOptions options;
  bool help = false;  // --help: print the manual instead
};

[[nodiscard]] Result<RunWords> read_run_words(const std::vector<std::string>& words);

}  // namespace drover::cli
