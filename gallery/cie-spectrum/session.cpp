#include "cie-spectrum/session.hpp"

#include <atomic>

namespace cie {

Result<Session> Session::start() {
  // Global state on purpose: "once in a process" cannot be said without it.
  static std::atomic_flag started;
  if (started.test_and_set()) {
    return refuse(Refusal::Kind::usage,
                  "a session has already been started in this process: run one process for each temperature");
  }
  return Session();
}

}  // namespace cie
