// drover cores: how many cores a policy gives here, and why.
#include "drover/cores.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "cli/subcommands.hpp"
#include "machine/topology.hpp"
#include "machine/usable.hpp"
#include "units/quantity.hpp"

namespace drover::cli {
namespace {

constexpr int refused = 255;
constexpr const char* usage = "write drover cores [POLICY] [--physical] [--explain]";

struct Question {
  std::string policy = "all";
  bool physical = false;
  bool explain = false;
};

struct Answer {
  machine::UsableCores usable;
  std::uint32_t countable = 1;  // what shares are taken of: usable.count, or the physical cores in it
  std::uint32_t cores = 1;
  std::string note;  // for standard error
};

Answer answer(const Question& question) {
  const Cores policy = Cores::parse(question.policy);
  Answer found;
  found.usable = machine::usable_cores();
  if (!found.usable.problem.empty()) throw Error(Errc::usage, found.usable.problem);
  found.countable = question.physical ? machine::core_order(found.usable).physical : found.usable.count;
  found.cores = policy.of(found.countable);
  if (found.cores <= found.countable) return found;
  if (found.usable.share_of_outer) {
    found.note = fmt::format("{} asked for, but the share here is {}: DROVER_CORES limits it", found.cores,
                             found.countable);
    found.cores = found.countable;
  } else {
    found.note =
        fmt::format("{} is more than the {} usable here; a number is obeyed", found.cores, found.countable);
  }
  return found;
}

struct Line {
  std::string name;
  std::string value;
  std::string why;
  bool decided = false;
};

std::vector<Line> explanation(const Question& question, const Answer& found) {
  std::vector<Line> lines;
  for (const machine::Limit& limit : found.usable.limits) {
    lines.push_back(
        {limit.name, limit.cores ? fmt::format("{}", *limit.cores) : "-", limit.source, limit.decided});
  }
  lines.push_back({"usable cores", fmt::format("{}", found.usable.count), "the least of these", false});
  if (question.physical) {
    lines.push_back({"physical cores", fmt::format("{}", found.countable),
                     "distinct cores among the usable CPUs", false});
  }
  lines.push_back({"policy", fmt::format("{}", found.cores), question.policy, false});
  const machine::UsableMemory memory = machine::usable_memory();
  const bool known = !memory.decided.empty();
  lines.push_back({"usable memory", known ? describe(memory.count) : "-",
                   known ? memory.decided : "cannot be read", false});
  return lines;
}

void print_aligned(const std::vector<Line>& lines) {
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const Line& line : lines) {
    name_width = std::max(name_width, line.name.size());
    value_width = std::max(value_width, line.value.size());
  }
  for (const Line& line : lines) {
    fmt::print("{:<{}}  {:>{}}  {}{}\n", line.name, name_width, line.value, value_width, line.why,
               line.decided ? "  <- decided" : "");
  }
}

// The number comes first and alone on its line also when it is explained: `| head -n 1` still gives it.
void print(const Question& question, const Answer& found) {
  fmt::print("{}\n", found.cores);
  if (question.explain) print_aligned(explanation(question, found));
  if (!found.note.empty()) fmt::print(stderr, "drover cores: {}\n", found.note);
  if (std::fflush(stdout) != 0) {
    throw Error(Errc::io, "standard output cannot be written", "is the disk full or the descriptor closed?");
  }
}

// "-2" looks like an option to the parser; the answer to it is what a policy may be.
bool is_negative_number(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && word.find_first_not_of("0123456789.%", 1) == std::string::npos;
}

int ask_and_print(const std::vector<std::string>& words) {
  Question question;
  bool manual = false;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();  // refused below, in our words
  app.add_option("POLICY", question.policy);
  app.add_flag("--physical", question.physical)->disable_flag_override();
  app.add_flag("--explain", question.explain)->disable_flag_override();
  app.add_flag("-h,--help", manual);
  app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes the words from the back
  if (manual) return help({"cores"});
  if (const std::vector<std::string> left = app.remaining(); !left.empty()) {
    throw Error(Errc::usage, fmt::format("'{}' is not expected here", left.front()), usage);
  }
  print(question, answer(question));
  return 0;
}

}  // namespace

int cores(const std::vector<std::string>& words) {
  try {
    const auto negative = std::ranges::find_if(words, is_negative_number);
    if (negative != words.end()) static_cast<void>(Cores::parse(*negative));
    return ask_and_print(words);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "drover cores: {}: {}\n", error.what(), usage);
  } catch (const Error& error) {
    fmt::print(stderr, "drover cores: {}\n", error.what());
  }
  return refused;
}

}  // namespace drover::cli
