#include "cli/subcommands.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "cli/embedded_text.hpp"
#include "process/standard_streams.hpp"

namespace drover::cli {
namespace {

constexpr const char* version = DROVER_VERSION;

int dispatch(const std::string& name, const std::vector<std::string>& words) {
  if (name == "run") return run(words);
  if (name == "log") return log(words);
  if (name == "status") return status(words);
  if (name == "cores") return cores(words);
  if (name == "help" || name == "--help" || name == "-h") return help(words);
  if (name == "--version" || name == "version") {
    fmt::print("drover {}\n", version);
    return 0;
  }
  fmt::print(stderr, "drover: unknown command {}: `drover help` lists those that there are\n", name);
  return 255;
}

}  // namespace

int main(int argc, char** argv) {
  process::open_closed_standard_streams();
  if (argc < 2) {
    fmt::print(stderr, "{}", embedded_text("drover"));
    return 255;
  }
  try {
    return dispatch(argv[1], std::vector<std::string>(argv + 2, argv + argc));
  } catch (const std::exception& error) {
    fmt::print(stderr, "drover: {}\n", error.what());
    return 255;
  }
}

}  // namespace drover::cli
