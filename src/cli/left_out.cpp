#include "cli/left_out.hpp"

#include <array>
#include <utility>

namespace drover::cli {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::string_view this_machine = "drover run uses this machine; start it on the other one";
constexpr std::string_view cut_up = "cut the stream up with split(1), then run drover on the parts";
constexpr std::string_view fit_words = "-n N gives a task N inputs";
constexpr std::string_view no_shell = "no shell sees an input, so nothing needs quoting";
constexpr std::string_view budgets =
    "cores and memory are budgeted (-j, --threads, --mem, --memfree); for priority type `nice drover run`";
constexpr std::string_view editing =
    "use -c and the shell's own means, e.g. -c 'v={}; echo \"${v%_uncal.fits}\"'";
constexpr std::string_view as_the_line_says = "a run is what its command line says";

constexpr std::array<Entry, 39> left_out{{
    {"-S", this_machine},
    {"--sshlogin", this_machine},
    {"--sshloginfile", this_machine},
    {"--transfer", this_machine},
    {"--transferfile", this_machine},
    {"--return", this_machine},
    {"--env", this_machine},
    {"--pipe", cut_up},
    {"--pipepart", cut_up},
    {"--block", cut_up},
    {"--spreadstdin", cut_up},
    {"-X", fit_words},
    {"-m", fit_words},
    {"--xargs", fit_words},
    {"-s", fit_words},
    {"-L", fit_words},
    {"-q", no_shell},
    {"--quote", no_shell},
    {"--shellquote", no_shell},
    {"--load", budgets},
    {"--noswap", budgets},
    {"--limit", budgets},
    {"--nice", budgets},
    {"--link", "use :::+"},
    {"--xapply", "use :::+"},
    {"--trim", editing},
    {"--rpl", editing},
    {"--plus", editing},
    {"--arg-sep", "use -c for a command that holds ::: itself"},
    {"--retry-failed", "use --resume-failed, with --record"},
    {"--memsuspend", "use --memfree"},
    {"--term-seq", "use --grace: TERM, then KILL after that time"},
    {"--shebang", as_the_line_says},
    {"--tmux", as_the_line_says},
    {"--semaphore", as_the_line_says},
    {"--profile", as_the_line_says},
    {"-J", as_the_line_says},
    {"-r", "always so: no input, no task"},
    {"--no-run-if-empty", "always so: no input, no task"},
}};

}  // namespace

std::optional<std::string> what_instead(std::string_view option) {
  const bool is_short = option.size() > 2 && option[0] == '-' && option[1] != '-';  // -L2, -S:
  const std::string_view name = is_short ? option.substr(0, 2) : option.substr(0, option.find('='));
  for (const auto& [known, instead] : left_out) {
    if (name == known) return std::string(instead);
  }
  return std::nullopt;
}

}  // namespace drover::cli
