// A session of the model, of which a process may start one, ever.
//
//     Result<Session> session = Session::start();
//     Result<Spectrum> spectrum = session->calculate(0.5);
//
// The limit is deliberate. It stands for the libraries of X-ray astronomy that keep their state in
// global variables and can be started only once in a process: the reason why such work is spread over
// processes and not over threads.
#pragma once

#include "cie-spectrum/refusal.hpp"
#include "cie-spectrum/spectrum.hpp"

namespace cie {

class Session {
 public:
  // The first call in a process succeeds; every later one is refused, also after the session
  // has ended and from any thread.
  [[nodiscard]] static Result<Session> start();

  Session(Session&&) = default;
  Session& operator=(Session&&) = default;

  // The spectrum for kT in keV (spectrum.hpp). No static function: having a session is the condition.
  // NOLINTNEXTLINE(readability-convert-member-functions-to-static)
  [[nodiscard]] Result<Spectrum> calculate(double kT_keV) const { return cie_spectrum(kT_keV); }

 private:
  Session() = default;
};

}  // namespace cie
