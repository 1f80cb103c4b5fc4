// Result<T>: a value, or the Refusal that stood in its way.
//
//     if (!spectrum) return report(spectrum.error());
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace cie {

struct Refusal {
  // The program's exit status. `usage`: what was asked for cannot be computed;
  // `output`: it could not be written.
  enum class Kind { usage = 2, output = 1 };

  Kind kind;
  std::string message;  // names the thing at fault and says what to do
};

template <class T>
using Result = std::expected<T, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> refuse(Refusal::Kind kind, std::string message) {
  return std::unexpected(Refusal{kind, std::move(message)});
}

}  // namespace cie
