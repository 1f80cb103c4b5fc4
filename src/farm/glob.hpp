// --glob: the files that match a pattern, in natural order.
//
//     DROVER_TRY(auto files, expand_glob("data/**/*_uncal.fits"));
//
// The patterns are the shell's: * ? [a-z] within a name, ** as a part of its own for any number of
// folders, a backslash before a character that is meant literally. As in bash with globstar: folders
// match too (a / at the end matches only those), ** as the last part matches everything below, ** does
// not go through symbolic links, and hidden names match only where the pattern's part begins with a dot.
// Braces and ~ mean nothing here.
// Errors   usage: nothing matches; denied: a folder that had to be searched cannot be read, for then inputs
//          would be missing without a word.
// Cost     one readdir(3) of every folder that is searched; nothing is sent through a command line.
// Source   glob(7), fnmatch(3), bash(1) "globstar".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "units/result.hpp"

namespace drover::farm {

[[nodiscard]] Result<std::vector<std::string>> expand_glob(const std::string& pattern);

}  // namespace drover::farm
