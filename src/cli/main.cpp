#include "cli/subcommands.hpp"

int main(int argc, char** argv) {
  return drover::cli::main(argc, argv);
}
