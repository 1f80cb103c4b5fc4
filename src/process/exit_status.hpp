// How a process ended: it exited with a number, or a signal ended it. Nobody else touches a raw wait status.
// Source: wait(2).
#pragma once

#include <cstdint>
#include <string>

namespace drover::process {

class ExitStatus {
 public:
  constexpr ExitStatus() = default;
  [[nodiscard]] static ExitStatus from_wait(int status);  // of wait4(2)
  [[nodiscard]] static constexpr ExitStatus exited(int code) { return {code, 0, false}; }
  [[nodiscard]] static constexpr ExitStatus signalled(int signal, bool core = false) {
    return {0, signal, core};
  }

  [[nodiscard]] constexpr bool success() const { return code_ == 0 && signal_ == 0; }
  [[nodiscard]] constexpr int code() const { return code_; }      // 0 if a signal ended it
  [[nodiscard]] constexpr int signal() const { return signal_; }  // 0 if it exited

  // "exit status 3", "killed by SIGSEGV (segmentation fault, core dumped)".
  [[nodiscard]] std::string describe() const;

  friend constexpr bool operator==(const ExitStatus&, const ExitStatus&) = default;

 private:
  constexpr ExitStatus(int code, int signal, bool core) : code_(code), signal_(signal), core_(core) {}
  int code_ = 0;
  int signal_ = 0;
  bool core_ = false;
};

// "SIGTERM", "signal 42".
[[nodiscard]] std::string signal_name(int signal);

}  // namespace drover::process
