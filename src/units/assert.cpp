#include "units/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace drover {

void assertion_failed(std::string_view condition, std::string_view values, const char* file, int line) {
  fmt::print(
      stderr,
      "drover: broken invariant: {} ({}:{}); values:{}. This is a fault of drover: please report it.\n",
      condition, file, line, values);
  std::abort();
}

}  // namespace drover
