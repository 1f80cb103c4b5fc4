// cie-spectrum KT: one temperature, one session, one FITS file.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cie-spectrum/arguments.hpp"
#include "cie-spectrum/atomic_file.hpp"
#include "cie-spectrum/fits_table.hpp"
#include "cie-spectrum/session.hpp"
#include "cie-spectrum/spectrum.hpp"
#include "cie-spectrum/temperature.hpp"

namespace {

int report(const cie::Refusal& refusal) {
  fmt::print(stderr, "cie-spectrum: {}\n", refusal.message);
  return static_cast<int>(refusal.kind);
}

int print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return 0;
  return report({cie::Refusal::Kind::output, "cannot write to standard output"});
}

cie::Result<void> write(const cie::Spectrum& spectrum, const cie::Arguments& arguments) {
  const cie::Result<std::string> bytes = cie::fits_table(spectrum);
  if (!bytes) return std::unexpected(bytes.error());
  // A folder that cannot be made is told by the write that follows, with the file's name.
  std::error_code ignored;
  if (!arguments.make_folder.empty()) std::filesystem::create_directories(arguments.make_folder, ignored);
  return cie::replace_file(arguments.output, *bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const cie::Result<cie::Arguments> arguments = cie::parse_arguments(words);
  if (!arguments) return report(arguments.error());
  if (arguments->help) return print(cie::usage());

  const cie::Result<cie::Session> session = cie::Session::start();
  if (!session) return report(session.error());
  const cie::Result<cie::Spectrum> spectrum = session->calculate(arguments->kT_keV);
  if (!spectrum) return report(spectrum.error());
  const cie::Result<void> written = write(*spectrum, *arguments);
  if (!written) return report(written.error());
  return print(fmt::format("{}: kT = {} keV, {:.6f} photons/cm^2/s between 0.1 and 10 keV\n",
                           arguments->output.string(), cie::shortest_decimal(spectrum->kT_keV),
                           cie::photon_flux(*spectrum)));
}
