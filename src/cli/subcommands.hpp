// The subcommands: argument parsing and wording only. Each takes the words after its own name and returns the
// exit status of the program.
#pragma once

#include <string>
#include <vector>

namespace drover::cli {

int main(int argc, char** argv);

int run(const std::vector<std::string>& words);
int log(const std::vector<std::string>& words);
int status(const std::vector<std::string>& words);
int cores(const std::vector<std::string>& words);
int help(const std::vector<std::string>& words);

}  // namespace drover::cli
