// DROVER_ASSERT(condition, value…): an invariant of ours. On in release too; prints the values and aborts.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace drover {

// The built-ins stand for std::source_location, which clang 14 (the fuzzer's and clang-tidy's) does not have.
[[noreturn]] void assertion_failed(std::string_view condition, std::string_view values,
                                   const char* file = __builtin_FILE(), int line = __builtin_LINE());

template <class... Values>
std::string describe_values(const Values&... values) {
  std::string text;
  ((text += fmt::format(" {}", values)), ...);
  return text;
}

}  // namespace drover

#define DROVER_ASSERT(condition, ...)                                                 \
  do {                                                                                \
    if (!(condition)) [[unlikely]]                                                    \
      ::drover::assertion_failed(#condition, ::drover::describe_values(__VA_ARGS__)); \
  } while (false)
