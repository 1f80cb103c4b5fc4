// drover/error.hpp: the one exception type of Drover's public functions.
//
//     try { … } catch (const drover::Error& error) { std::cerr << error.what() << '\n'; }
//
// Inside, functions return Result<T> (src/units/result.hpp); an Error travels there as a value and is
// thrown at the edge only. A task that failed is no Error: it is data.
//
// Threads  a value: copy it freely.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace drover {

// What kind of no it was. The command line answers every one of them with exit status 255.
enum class Errc {
  usage,      // the caller asked for something that does not exist or contradicts itself
  not_found,  // a file, folder or program is missing
  denied,     // permission
  exhausted,  // descriptors, processes, memory or disk space ran out
  io,         // the system refused for another reason; the message holds its words
};

class Error : public std::exception {
 public:
  // `message` names the thing at fault; `advice` says what to do next and may be empty.
  explicit Error(Errc code, std::string message, std::string advice = {})
      : code_(code), message_(std::move(message)), advice_(std::move(advice)) {
    full_ = advice_.empty() ? message_ : message_ + ": " + advice_;
  }

  [[nodiscard]] Errc code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

  // "message: advice"
  [[nodiscard]] const char* what() const noexcept override { return full_.c_str(); }

 private:
  Errc code_;
  std::string message_;
  std::string advice_;
  std::string full_;
};

}  // namespace drover
