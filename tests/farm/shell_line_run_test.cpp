// Shell lines run for real, by every shell that is installed: an input is data, whatever the line and
// whatever the input. Both are random, from fixed seeds.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "farm/command.hpp"
#include "tests/farm/shell_run.hpp"

namespace drover::farm {
namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t n) {
  return random() % n;
}

template <class T, std::size_t n>
const T& one_of(Random& random, const T (&choices)[n]) {
  return choices[below(random, n)];
}

std::string nasty_input(Random& random) {
  static const std::string pieces[] = {
      "'",     "\"",   "`",  "$(id)", "$x",  "${x}", "\\",  "\n",     " ",    "\t",       "*",    "?",
      "[a]",   "~",    "!",  "#",     "-n",  ";",    "&",   "|",      "<",    ">",        "(",    ")",
      "{a,b}", "=",    "a",  "B",     "7",   "%s",   "\\0", "\xff",   "\xe3", "\xc3\xa9", "\x01", "\x7f",
      "\x81",  "\x88", "\r", "esac)", "E\n", "{}",   "{1}", "$((1))", "'\\''"};
  std::string input;
  for (std::size_t i = below(random, 7); i > 0; --i) input += one_of(random, pieces);
  return input;
}

// A piece of a line and what it comes to for one input.
struct Part {
  std::string line;
  std::string value;
};

class Lines {
 public:
  Lines(Random& random, std::string input) : random_(random), input_(std::move(input)) {}

  // Commands that write the values of their words, a NUL after each.
  Part statement(int depth) {
    const Part a = word(depth), b = word(depth);
    const std::string both = a.value + '\0' + b.value + '\0';
    switch (below(random_, depth > 0 ? 12 : 4)) {
      case 0:
        return {"printf '%s\\0' " + a.line + " " + b.line, both};
      case 1:
        return {"v=" + a.line + "; printf '%s\\0' \"$v\" " + b.line, both};
      case 2:
        return {"for f in " + a.line + "\t" + b.line + "\ndo printf '%s\\0' \"$f\"; done", both};
      case 3:
        return {"set -- " + a.line + " " + b.line + "; printf '%s\\0' \"$@\"", both};
      case 4:
        return {"printf '%s\\0' " + a.line + " \\\n  " + b.line + " | cat", both};
      case 5:
        return wrapped("{ ", depth, "; }");
      case 6:
        return wrapped("( ", depth, ")");
      case 7:
        return wrapped("if [ " + a.line + " = " + a.line + " ]; then ", depth, "; else echo; fi");
      case 8:
        return wrapped("case x" + a.line + " in zz) echo;; *) ", depth, ";; esac");
      case 9:
        return wrapped(": it\\'s \"a # 'b\" # it's a comment \" ` $(\n", depth, "");
      case 10:
        return wrapped(": `echo \\`echo a\\`` $((1 + (2))) ${y:-'}'} \"${y:-z}\"; ", depth, " ");
      default: {
        const Part first = statement(depth - 1), second = statement(depth - 1);
        return {first.line + "\n" + second.line, first.value + second.value};
      }
    }
  }

 private:
  Part wrapped(const std::string& before, int depth, const std::string& after) {
    const Part inside = statement(std::max(depth - 1, 0));
    return {before + inside.line + after, inside.value};
  }

  Part word(int depth) {
    switch (below(random_, depth > 0 ? 12 : 7)) {
      case 0:
      case 1:
        return {"{1}", input_};
      case 2:
        return {"'\"$({1}\"'", "\"$(" + input_ + "\""};
      case 3:
        return {"\"a '{1} \\\" \\$\"", "a '" + input_ + " \" $"};
      case 4:
        return {"\\'\\\"x{#}\\\\", "'\"x7\\"};
      case 5:
        return {"$(({#} + 1))", "8"};
      case 6:
        return {"x{1}y", "x" + input_ + "y"};
      case 7: {
        const Part first = word(depth - 1), second = word(depth - 1);
        return {first.line + second.line, first.value + second.value};
      }
      case 8:
        return substituted("printf '%s.' ", "", depth);
      case 9:
        return substituted("(case {1} in (zz) echo {1};; (*) printf '%s.' ", ";; esac)", depth);
      case 10:
        return substituted("if :; then printf '%s.' ", " | cat; fi # it's\n", depth);
      default:
        return substituted("{ printf '%s' ", "; printf .; }", depth);
    }
  }

  // The point at the end keeps newlines that $(…) would take away.
  Part substituted(const std::string& before, const std::string& after, int depth) {
    const Part inside = word(depth - 1);
    return {"\"<$( " + before + inside.line + after + ")>\"", "<" + inside.value + ".>"};
  }

  Random& random_;
  std::string input_;
};

std::string line_for(const std::string& line, const std::string& input_text) {
  NameContext context;
  context.width = 1;
  const auto command = Command::compile({line}, Command::Mode::shell, context);
  if (!command) return "";
  TaskInput input;
  input.number = 7;
  input.add(input_text);
  Words words;
  EXPECT_EQ(command->expand({&input, 0, 5}, words), "");
  return std::string(words[2]);
}

TEST(ShellLineRun, BringsEveryInputThroughByteForByte) {
  Random random(20240229);
  for (int round = 0; round < 250; ++round) {
    const std::string input = nasty_input(random);
    const Part part = Lines(random, input).statement(3);
    const std::string line = line_for(part.line, input);
    ASSERT_FALSE(line.empty()) << part.line;
    for (const std::string& shell : installed_shells()) {
      ASSERT_EQ(run_shell(shell, line), part.value) << shell << " round " << round << "\n"
                                                    << part.line << "\n"
                                                    << line;
    }
  }
}

TEST(ShellLineRun, AppendsEveryInputByteForByte) {
  Random random(7);
  for (int round = 0; round < 60; ++round) {
    const std::string input = nasty_input(random);
    for (const std::string& shell : installed_shells())
      ASSERT_EQ(run_shell(shell, line_for("true && printf '%s\\0' 'it'", input)),
                std::string("it") + '\0' + input + '\0');
  }
}

TEST(ShellLineRun, TakesAnInputBesideTheBeginningOfAHereDocument) {
  Random random(3);
  for (int round = 0; round < 40; ++round) {
    const std::string input = nasty_input(random);
    const std::string line =
        line_for("cat <<E | cat && printf '%s\\0' {1} \"$(printf '%s.' {1})\"\nit's {#}\nE\n", input);
    const std::string expected = "it's 7\n" + input + '\0' + input + "." + '\0';
    for (const std::string& shell : installed_shells())
      ASSERT_EQ(run_shell(shell, line), expected) << shell << line;
  }
}

// Lines of shell debris, most of them no shell at all: those that are accepted must not run an input either.
// The inputs try to say "ran" in every way to get out of a context.
std::string debris(Random& random) {
  static const std::string pieces[] = {
      "echo ", "x",   "'",   "\"",  "`",   "$(",  "$((",  "))",    ")",          "(",    "{1}",    "{1}",
      "{1}",   "{#}", "\\",  "\n",  " ",   ";",   "&&",   "|",     "case x in ", "esac", "; esac", ";;",
      "a)",    "(a)", "<<E", "<<<", "E\n", " #",  "${x",  "${x:-", "}",          "$x",   "$",      "$'",
      "$\"",   "[[ ", " ]]", "((",  "a[",  "]",   "=",    "x=",    ">",          "<",    ">&",     "if ",
      "then ", "fi",  "{ ",  "; }", "!",   "~",   "*",    "$[",    "\\\n",       "&",    "1",      "\\'",
      "\\\"",  "$$",  "$#",  "+=",  "<(",  "\\`", "\\\\", "\\$",   "\x81"};
  std::string line;
  for (std::size_t i = 2 + below(random, 12); i > 0; --i) line += one_of(random, pieces);
  return line;
}

TEST(ShellLineRun, RunsNoInputWhateverTheLine) {
  static const std::string inputs[] = {"$(echo ran >&9)",       "`echo ran >&9`",       ";echo ran >&9;",
                                       "'; echo ran >&9;'",     "\"; echo ran >&9; \"", "\necho ran >&9\n",
                                       "a[$(echo ran >&9)]",    ")\necho ran >&9\n(",   "}; echo ran >&9;",
                                       "E\necho ran >&9\n",     "'$(echo ran >&9)'",    "))\necho ran >&9\n",
                                       "esac)\necho ran >&9\n", "\xe3$(echo ran >&9)"};
  const std::filesystem::path before = std::filesystem::current_path();
  std::string folder = ::testing::TempDir() + "shell_line_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::filesystem::current_path(folder);  // redirections write files wherever they please
  Random random(42);
  int accepted = 0;
  while (accepted < 250) {
    const std::string line = debris(random);
    const std::string input = one_of(random, inputs);
    // A shell may calculate with the value of a variable that the line itself has set: that is the line's
    // doing.
    if (line.find("{1}") == std::string::npos || line.find("$((") != std::string::npos) continue;
    const std::string fitted = line_for(line, input);
    if (fitted.empty()) continue;
    ++accepted;
    for (const std::string& shell : installed_shells())
      ASSERT_EQ(run_shell(shell, fitted, 9), "") << shell << "\n" << line << "\n" << fitted;
  }
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace drover::farm
