#include "cli/subcommands.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "cli/embedded_text.hpp"

namespace drover::cli {
namespace {

constexpr const char* version = DROVER_VERSION;

// Descriptors 0, 1 and 2 must exist: else the next file we open gets such a number, and what is meant for a
// closed standard output is written into it. Writing to a descriptor opened for reading fails as it should.
void fill_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) != fd) std::abort();
  }
}

int dispatch(const std::string& name, const std::vector<std::string>& words) {
  if (name == "run") return run(words);
  if (name == "cores") return cores(words);
  if (name == "help" || name == "--help" || name == "-h") return help(words);
  if (name == "--version" || name == "version") {
    fmt::print("drover {}\n", version);
    return 0;
  }
  fmt::print(stderr, "drover: unknown command {}: write drover run, drover cores or drover help\n", name);
  return 255;
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
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
