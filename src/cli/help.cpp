// drover help [COMMAND]: the pages of src/cli/help.
#include <fmt/format.h>

#include <cstdio>

#include "cli/embedded_text.hpp"
#include "cli/subcommands.hpp"

namespace drover::cli {

int help(const std::vector<std::string>& words) {
  const std::string name = words.empty() ? "drover" : words[0];
  const std::string_view page = embedded_text(name);
  if (page.empty()) {
    fmt::print(stderr, "drover: no page on {}: write drover help, or drover help run, log, status or cores\n",
               name);
    return 255;
  }
  fmt::print("{}", page);
  return 0;
}

}  // namespace drover::cli
