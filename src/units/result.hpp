// Result<T>: a value, or the Error that stood in its way.
//
// Functions in src/ return it for what the world may refuse (a missing file, no descriptors left). Broken
// invariants are no results: they are DROVER_ASSERT (assert.hpp). Task failures are data, not errors.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "drover/error.hpp"

namespace drover {

template <class T>
using Result = std::expected<T, Error>;

// `return failure(Errc::usage, "…", "…");` in a function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> failure(Errc code, std::string message, std::string advice = {}) {
  return std::unexpected<Error>(Error(code, std::move(message), std::move(advice)));
}

// The edge: the value, or the error thrown.
template <class T>
T value_or_throw(Result<T>&& result) {
  if (!result) throw std::move(result).error();
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace drover

// DROVER_TRY(auto fd, open_file(path)): the value, or return the error to our own caller.
#define DROVER_TRY_JOIN_(a, b) a##b
#define DROVER_TRY_NAME_(line) DROVER_TRY_JOIN_(drover_try_, line)
#define DROVER_TRY(declaration, expression)                                                               \
  auto DROVER_TRY_NAME_(__LINE__) = (expression);                                                         \
  if (!DROVER_TRY_NAME_(__LINE__)) return std::unexpected(std::move(DROVER_TRY_NAME_(__LINE__)).error()); \
  declaration = *std::move(DROVER_TRY_NAME_(__LINE__))
// The same for a Result<void>.
#define DROVER_CHECK(expression) \
  if (auto drover_check = (expression); !drover_check) return std::unexpected(std::move(drover_check).error())
