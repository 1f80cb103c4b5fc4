#include "cie-spectrum/arguments.hpp"

#include <fmt/format.h>

#include <optional>

#include "cie-spectrum/temperature.hpp"

namespace cie {
namespace {

struct Words {
  std::optional<std::string_view> temperature, output, output_dir;
  bool help = false;
};

std::unexpected<Refusal> wrong_usage(std::string message) {
  return refuse(Refusal::Kind::usage, std::move(message));
}

// -0.5 is a number, a wrong one, and no option.
bool is_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && word[1] != '.' && (word[1] < '0' || word[1] > '9');
}

Result<void> take_temperature(std::string_view word, Words& words) {
  if (words.temperature) {
    return wrong_usage(
        fmt::format("'{}' is a second temperature: one process computes one; for several, "
                    "drover run cie-spectrum {{}} ::: {} {}",
                    word, *words.temperature, word));
  }
  words.temperature = word;
  return {};
}

// Both "--output FILE" and "--output=FILE"; `next` moves past the words taken.
Result<void> take_option(std::span<const std::string_view> all, std::size_t& next, Words& words) {
  const std::string_view word = all[next++];
  if (word == "--help" || word == "-h") {
    words.help = true;
    return {};
  }
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  if (name != "--output" && name != "--output-dir") {
    return wrong_usage(fmt::format("unknown option {}: there are --output, --output-dir and --help", word));
  }
  std::string_view value;
  if (equals != std::string_view::npos) {
    value = word.substr(equals + 1);
  } else if (next < all.size()) {
    value = all[next++];
  }
  if (value.empty()) return wrong_usage(fmt::format("{} needs a name: write {} NAME", name, name));
  (name == "--output" ? words.output : words.output_dir) = value;
  return {};
}

Result<Words> sort_words(std::span<const std::string_view> all) {
  Words words;
  for (std::size_t next = 0; next < all.size();) {
    const Result<void> taken =
        is_option(all[next]) ? take_option(all, next, words) : take_temperature(all[next++], words);
    if (!taken) return std::unexpected(taken.error());
  }
  return words;
}

}  // namespace

Result<Arguments> parse_arguments(std::span<const std::string_view> words) {
  const Result<Words> found = sort_words(words);
  if (!found) return std::unexpected(found.error());
  if (found->help) {
    Arguments help;
    help.help = true;
    return help;
  }
  if (!found->temperature)
    return wrong_usage("no temperature: write it in keV, for example cie-spectrum 0.5");
  if (found->output && found->output_dir) {
    return wrong_usage(
        "--output and --output-dir exclude each other: the first names the file, the second its folder");
  }
  const Result<double> kT = parse_temperature(*found->temperature);
  if (!kT) return std::unexpected(kT.error());
  const std::filesystem::path file = fmt::format("cie_{}.fits", shortest_decimal(*kT));
  Arguments arguments;
  arguments.kT_keV = *kT;
  arguments.make_folder = found->output_dir.value_or("");
  arguments.output = found->output ? std::filesystem::path(*found->output) : arguments.make_folder / file;
  return arguments;
}

std::string_view usage() {
  return "cie-spectrum KT [--output FILE | --output-dir DIR]\n"
         "\n"
         "Computes the X-ray spectrum, 0.1 to 10 keV, of a plasma in collisional ionisation equilibrium and\n"
         "writes it as a FITS table. A simplified model: no iron, no recombination continuum. It is not "
         "SPEX.\n"
         "\n"
         "  KT                temperature in keV (0.0875 to 34.1)\n"
         "  --output FILE     write FILE instead of cie_<KT>.fits; overwritten in one step, never half "
         "written\n"
         "  --output-dir DIR  write cie_<KT>.fits to DIR, made if missing\n"
         "  --help            this text\n"
         "\n"
         "Exit status: 0 written, 1 could not be written, 2 wrong usage or a temperature outside the "
         "range.\n";
}

}  // namespace cie
