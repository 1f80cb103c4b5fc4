// The command line of cie-spectrum.
//
//     Result<Arguments> arguments = parse_arguments({"0.5", "--output-dir", "spectra"});
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "cie-spectrum/refusal.hpp"

namespace cie {

struct Arguments {
  bool help = false;  // nothing else is set then
  double kT_keV = 0;
  std::filesystem::path output;       // --output FILE, or DIR/cie_<kT>.fits
  std::filesystem::path make_folder;  // DIR, empty without --output-dir
};

// `words` are the arguments without the program's name. Exactly one is a temperature. Touches no file.
[[nodiscard]] Result<Arguments> parse_arguments(std::span<const std::string_view> words);

[[nodiscard]] std::string_view usage();

}  // namespace cie
