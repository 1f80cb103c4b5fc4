#include "farm/command.hpp"

#include <gtest/gtest.h>

#include "tests/farm/shell_run.hpp"

namespace drover::farm {
namespace {

using Strings = std::vector<std::string>;
using Mode = Command::Mode;

TaskInput input_of(const Strings& values, schedule::TaskNumber number = 1) {
  TaskInput input;
  input.number = number;
  for (const std::string& value : values) input.add(value);
  return input;
}

NameContext width(std::size_t values) {
  NameContext context;
  context.width = values;
  return context;
}

Command compiled(const Strings& words, const NameContext& context = {}, Mode mode = Mode::direct) {
  auto command = Command::compile(words, mode, context);
  EXPECT_TRUE(command) << (command ? "" : command.error().what());
  return value_or_throw(std::move(command));
}

std::string refusal(const Strings& words, const NameContext& context = {}, Mode mode = Mode::direct) {
  const auto command = Command::compile(words, mode, context);
  return command ? "accepted" : command.error().what();
}

Strings expanded(const Command& command, const TaskInput& input, schedule::Slot slot = 0,
                 std::uint32_t seed = 0) {
  Words words;
  const std::string problem = command.expand({&input, slot, seed}, words);
  if (!problem.empty()) return {"problem: " + problem};
  Strings result;
  for (std::size_t i = 0; i < words.size(); ++i) result.emplace_back(words[i]);
  return result;
}

std::string printed(const Command& command, const TaskInput& input) {
  std::string line;
  command.print({&input, 0, 0}, line);
  return line;
}

struct Row {
  Strings words;
  Strings names;
  std::uint32_t per_task;
  std::string replace;
  Strings values;
  Strings expected;
};

// The expected words came from GNU parallel 20221122: parallel -k -q printf '%s\0' WORD… ::: VALUE…, with
// -N, --header : and -I where the row has them.
const Row parallel_rows[] = {
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"a b"},
     {"a b", "xa by", "a ba b", "a b", "a b", ".", "a b"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"it's"},
     {"it's", "xit'sy", "it'sit's", "it's", "it's", ".", "it's"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"say \"hi\""},
     {"say \"hi\"", "xsay \"hi\"y", "say \"hi\"say \"hi\"", "say \"hi\"", "say \"hi\"", ".", "say \"hi\""}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"$(id)`id`"},
     {"$(id)`id`", "x$(id)`id`y", "$(id)`id`$(id)`id`", "$(id)`id`", "$(id)`id`", ".", "$(id)`id`"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"*?[a]"},
     {"*?[a]", "x*?[a]y", "*?[a]*?[a]", "*?[a]", "*?[a]", ".", "*?[a]"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"-n"},
     {"-n", "x-ny", "-n-n", "-n", "-n", ".", "-n"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"\377\376.x"},
     {"\377\376.x", "x\377\376.xy", "\377\376.x\377\376.x", "\377\376", "\377\376.x", ".", "\377\376"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"~root"},
     {"~root", "x~rooty", "~root~root", "~root", "~root", ".", "~root"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"a\\b"},
     {"a\\b", "xa\\by", "a\\ba\\b", "a\\b", "a\\b", ".", "a\\b"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"!x;y&z|w<v>u#t"},
     {"!x;y&z|w<v>u#t", "x!x;y&z|w<v>u#ty", "!x;y&z|w<v>u#t!x;y&z|w<v>u#t", "!x;y&z|w<v>u#t",
      "!x;y&z|w<v>u#t", ".", "!x;y&z|w<v>u#t"}},
    {{"{}", "x{}y", "{}{}", "{.}", "{/}", "{//}", "{/.}"},
     {},
     1,
     "{}",
     {"caf\303\251.d/x y.fits"},
     {"caf\303\251.d/x y.fits", "xcaf\303\251.d/x y.fitsy", "caf\303\251.d/x y.fitscaf\303\251.d/x y.fits",
      "caf\303\251.d/x y", "x y.fits", "caf\303\251.d", "x y"}},
    {{"pre", "post"}, {}, 1, "{}", {"d.e/f g.h"}, {"pre", "post", "d.e/f g.h"}},
    {{"{#}", "{%}"}, {}, 1, "{}", {"d.e/f g.h"}, {"1", "1"}},
    {{"x{#}y{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"x1yd.e/f g.h"}},
    {{"{foo bar}", "{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"{foo bar}", "d.e/f g.h"}},
    {{"{a,b}", "{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"{a,b}", "d.e/f g.h"}},
    {{"{print $1}", "{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"{print $1}", "d.e/f g.h"}},
    {{"${VAR}", "{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"${VAR}", "d.e/f g.h"}},
    {{"{print}", "{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"{print}", "d.e/f g.h"}},
    {{"{}}"}, {}, 1, "{}", {"d.e/f g.h"}, {"d.e/f g.h}"}},
    {{"{{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"{d.e/f g.h"}},
    {{"--out={/.}.fits"}, {}, 1, "{}", {"d.e/f g.h"}, {"--out=f g.fits"}},
    {{"{}={}"}, {}, 1, "{}", {"d.e/f g.h"}, {"d.e/f g.h=d.e/f g.h"}},
    {{"{1}", "{1.}", "{1/}", "{1//}", "{1/.}"},
     {},
     1,
     "{}",
     {"d.e/f g.h"},
     {"d.e/f g.h", "d.e/f g", "f g.h", "d.e", "f g"}},
    {{"{01}"}, {}, 1, "{}", {"d.e/f g.h"}, {"d.e/f g.h"}},
    {{"a{}", "b{.}", "c{#}"}, {}, 1, "{}", {"d.e/f g.h"}, {"ad.e/f g.h", "bd.e/f g", "c1"}},
    {{"'{}'", "\"{}\""}, {}, 1, "{}", {"d.e/f g.h"}, {"'d.e/f g.h'", "\"d.e/f g.h\""}},
    {{"\\{}"}, {}, 1, "{}", {"d.e/f g.h"}, {"\\d.e/f g.h"}},
    {{"$ {}"}, {}, 1, "{}", {"d.e/f g.h"}, {"$ d.e/f g.h"}},
    {{"{1}", "{2}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"q/a.x", "it's $HOME"}},
    {{"{2}{1}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"it's $HOMEq/a.x"}},
    {{"{}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"q/a.x", "it's $HOME"}},
    {{"E"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"E", "q/a.x", "it's $HOME"}},
    {{"{.}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"q/a", "it's $HOME"}},
    {{"{/}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"a.x", "it's $HOME"}},
    {{"x{2}", "{1/.}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"xit's $HOME", "a"}},
    {{"{2}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"it's $HOME"}},
    {{"{#}"}, {}, 1, "{}", {"q/a.x", "it's $HOME"}, {"1"}},
    {{"{1}", "{2}", "{3}"}, {}, 3, "{}", {"a", "b c"}, {"a", "b c", ""}},
    {{"x{3}y", "{3.}"}, {}, 3, "{}", {"a", "b c"}, {"xy", ""}},
    {{"{}"}, {}, 3, "{}", {"a", "b c"}, {"a", "b c"}},
    {{"E"}, {}, 3, "{}", {"a", "b c"}, {"E", "a", "b c"}},
    {{"{x}", "{my col}"}, {"x", "my col"}, 1, "{}", {"p/q.r", "s t.u"}, {"p/q.r", "s t.u"}},
    {{"{my col.}", "{x/}"}, {"x", "my col"}, 1, "{}", {"p/q.r", "s t.u"}, {"s t", "q.r"}},
    {{"{x}{x}"}, {"x", "my col"}, 1, "{}", {"p/q.r", "s t.u"}, {"p/q.rp/q.r"}},
    {{"{1}", "{2}"}, {"x", "my col"}, 1, "{}", {"p/q.r", "s t.u"}, {"p/q.r", "s t.u"}},
    {{"E"}, {"x", "my col"}, 1, "{}", {"p/q.r", "s t.u"}, {"E", "p/q.r", "s t.u"}},
    {{"{x}", "{}"}, {"x", "my col"}, 1, "{}", {"p/q.r", "s t.u"}, {"p/q.r", "p/q.r", "s t.u"}},
    {{"{a.}", "{a}", "{a..}"}, {"a.", "a"}, 1, "{}", {"m.n", "p.q"}, {"m.n", "p.q", "m"}},
    {{"{2}", "{1}"}, {"2", "b"}, 1, "{}", {"m.n", "p.q"}, {"m.n", "m.n"}},
    {{"{}", "X"}, {}, 1, "X", {"m n.o"}, {"{}", "m n.o"}},
    {{"X.", "{.}"}, {}, 1, "X", {"m n.o"}, {"m n.o.", "m n"}},
    {{"aXb"}, {}, 1, "X", {"m n.o"}, {"am n.ob"}},
    {{"{}", "{.}"}, {}, 1, "{.}", {"m n.o"}, {"{}", "m n.o"}},
};

TEST(Command, ReplacesAsGnuParallelDoes) {
  for (const Row& row : parallel_rows) {
    NameContext context;
    context.names = row.names;
    if (!row.names.empty()) context.width = row.names.size();
    context.per_task = row.per_task;
    context.replace = row.replace;
    EXPECT_EQ(expanded(compiled(row.words, context), input_of(row.values)), row.expected)
        << ::testing::PrintToString(row.words);
  }
}

TEST(Command, NeverSplitsAWord) {
  const Strings nasty = {"",  " ", "a b", "a\nb",     "'", "\"", "$(id)", "`id`",
                         "*", "~", "-rf", "\xff\xfe", ";", "{}", "{1}"};
  for (const std::string& value : nasty) {
    EXPECT_EQ(expanded(compiled({"p", "{}", "x{}"}, width(1)), input_of({value})),
              (Strings{"p", value, "x" + value}));
    EXPECT_EQ(expanded(compiled({"p"}, width(1)), input_of({value})), (Strings{"p", value}));
  }
}

TEST(Command, GivesEachOfSeveralValuesAWordOfItsOwn) {
  const TaskInput input = input_of({"a.x", "b c.y"});
  EXPECT_EQ(expanded(compiled({"p", "{}", "q"}), input), (Strings{"p", "a.x", "b c.y", "q"}));
  EXPECT_EQ(expanded(compiled({"p", "{.}"}), input), (Strings{"p", "a", "b c"}));
  EXPECT_EQ(expanded(compiled({"p", "q"}), input), (Strings{"p", "q", "a.x", "b c.y"}));
}

TEST(Command, RefusesToGlueSeveralValues) {
  EXPECT_EQ(refusal({"p", "x{}"}, width(2)),
            "{} in x{} stands for several values, which would become one word: write {1}, {2} … for the one "
            "that is "
            "meant, or {} as a word of its own");
  NameContext by_three = width(1);
  by_three.per_task = 3;
  EXPECT_TRUE(refusal({"p", "{/}y"}, by_three).starts_with("{/} in {/}y stands for several values"));
  // With columns of unknown number it depends on the task.
  const Command command = compiled({"p", "x{}"});
  EXPECT_EQ(expanded(command, input_of({"a"})), (Strings{"p", "xa"}));
  EXPECT_TRUE(
      expanded(command, input_of({"a", "b"}))[0].starts_with("problem: {} in a word stands for 2 values"));
}

TEST(Command, FillsInNumbers) {
  const Command command = compiled({"p", "{#}", "x{%}", "{seed}"});
  EXPECT_EQ(expanded(command, input_of({"a"}, 12), 3, 2147483647), (Strings{"p", "12", "x4", "2147483647"}));
  EXPECT_TRUE(command.uses_slot());
  EXPECT_FALSE(compiled({"p", "{#}", "{{%}}"}).uses_slot());
}

TEST(Command, LetsTheLastTaskHaveFewerValues) {
  NameContext context = width(1);
  context.per_task = 3;
  const Command command = compiled({"p", "{1}", "{3}", "x{2/}y"}, context);
  EXPECT_EQ(expanded(command, input_of({"a", "b", "c"})), (Strings{"p", "a", "c", "xby"}));
  EXPECT_EQ(expanded(command, input_of({"a"})), (Strings{"p", "a", "", "xy"}));
}

TEST(Command, NamesTheColumnThatARowLacks) {
  EXPECT_EQ(expanded(compiled({"p", "{3}"}), input_of({"a", "b"}))[0],
            "problem: the command asks for value 3, but this input has 2: give it the missing column");
}

TEST(Command, CannotPassANulByte) {
  const TaskInput input = input_of({"a", std::string("b\0c", 3)});
  EXPECT_EQ(expanded(compiled({"p", "{2}"}), input)[0],
            "problem: value 2 holds a NUL byte, which no command line can carry: take it out of the input");
  EXPECT_EQ(expanded(compiled({"p", "{#}"}), input), (Strings{"p", "1"})) << "no value is passed";
}

TEST(Command, MakesArgvForExecve) {
  Words words;
  const TaskInput input = input_of({"a b", ""});
  ASSERT_EQ(compiled({"p", "{}"}).expand({&input, 0, 0}, words), "");
  char** argv = words.argv();
  EXPECT_STREQ(argv[0], "p");
  EXPECT_STREQ(argv[1], "a b");
  EXPECT_STREQ(argv[2], "");
  EXPECT_EQ(argv[3], nullptr);
  EXPECT_EQ(words.bytes(), 2U + 4U + 1U);
}

TEST(Command, TellsItsProgram) {
  EXPECT_EQ(compiled({"p", "{}"}).program(), "p");
  EXPECT_EQ(compiled({"{{x}}"}).program(), "{x}");
  EXPECT_EQ(compiled({"{1}", "x"}).program(), std::nullopt);
  EXPECT_EQ(compiled({"echo {}"}, {}, Mode::shell).program(), "/bin/sh");
  EXPECT_EQ(compiled({}, {}, Mode::lines).program(), "/bin/sh");
}

TEST(Command, PrintsWhatCanBePasted) {
  EXPECT_EQ(printed(compiled({"echo", "{}"}), input_of({"a"})), "echo a");
  EXPECT_EQ(printed(compiled({"echo", "x{}", "y z"}), input_of({"it's"})), "echo 'xit'\\''s' 'y z'");
  EXPECT_EQ(printed(compiled({"echo", "{}"}), input_of({"", "two\nlines"})), "echo '' 'two\nlines'");
  EXPECT_EQ(printed(compiled({"A=b", "{}"}), input_of({"A=b"})), "'A=b' A=b");
  EXPECT_EQ(printed(compiled({"{}"}), input_of({"time", "time"})), "'time' time");
  EXPECT_EQ(printed(compiled({"echo \"{}\" {}"}, {}, Mode::shell), input_of({"a"})), "echo \"\"'a'\"\" 'a'");
  EXPECT_EQ(printed(compiled({}, {}, Mode::lines), input_of({"echo {} | wc"})), "echo {} | wc");
}

TEST(Command, PrintsTheWordsThatItRuns) {
  const Strings nasty = {"",  "a b", "a\nb", "it's", "\"", "$(id)", "`id`", "*",
                         "~", "-n",  "\xff", "\\",   "!",  "#",     "=x"};
  for (const std::string& value : nasty) {
    const TaskInput input = input_of({value});
    const Command command = compiled({"printf", "%s|", "{}", "x{}'y", "{1.}"}, width(1));
    Strings words = expanded(command, input);
    const std::string expected = words[2] + "|" + words[3] + "|" + words[4] + "|";
    for (const std::string& shell : installed_shells())
      EXPECT_EQ(run_shell(shell, printed(command, input)), expected) << shell << ' ' << value;
  }
}

TEST(Command, GivesAShellLineToTheShell) {
  const Command command = compiled({"echo {1} '{2}' \"{2}\" {#}"}, width(2), Mode::shell);
  EXPECT_EQ(expanded(command, input_of({"a", "it's"}, 5)),
            (Strings{"/bin/sh", "-c", "echo 'a' 'it'\\''s' \"\"'it'\\''s'\"\" 5"}));
  EXPECT_EQ(expanded(compiled({"echo {1}"}, width(1), Mode::shell), input_of({""}))[2], "echo ''");
  EXPECT_EQ(expanded(compiled({"echo"}, width(2), Mode::shell), input_of({"a", ""}))[2], "echo 'a' ''");
  EXPECT_EQ(expanded(compiled({"echo {} {/.}"}, width(2), Mode::shell), input_of({"x/a.b", "c"}))[2],
            "echo 'x/a.b' 'c' 'a' 'c'");
}

TEST(Command, RefusesSeveralValuesInsideAShellWord) {
  for (const char* line :
       {"echo x{}", "echo \"{}\"", "echo '{}'", "echo {}x", "x={}; echo", "echo > {}", "echo {1}{}"}) {
    EXPECT_TRUE(refusal({line}, width(2), Mode::shell).find("stands for several values") != std::string::npos)
        << line;
    EXPECT_EQ(refusal({line}, width(1), Mode::shell), "accepted") << line;
  }
  for (const char* line :
       {"echo {};", "(echo {})", "echo {}|cat", "for x in {}; do echo; done", "echo \"$(echo {})\""})
    EXPECT_EQ(refusal({line}, width(2), Mode::shell), "accepted") << line;
}

TEST(Command, TakesOneWordForAShellLine) {
  EXPECT_EQ(refusal({"echo {}", "x"}, {}, Mode::shell),
            "-c takes one word, the shell line; \"x\" is a second one: put the whole line in quotes, or "
            "leave -c out to "
            "run the program directly");
  EXPECT_EQ(refusal({}, {}, Mode::shell),
            "-c has no shell line: write it as one word: -c 'gzip < {} > {}.gz'");
  EXPECT_EQ(refusal({}), "there is no command: write the program and its arguments");
}

TEST(Command, LeavesInputsThatAreShellLinesAsTheyAre) {
  const Command command = compiled({}, {}, Mode::lines);
  EXPECT_EQ(expanded(command, input_of({"echo {} {#} | wc"})),
            (Strings{"/bin/sh", "-c", "echo {} {#} | wc"}));
  EXPECT_EQ(expanded(command, input_of({"echo", "a b"}))[2], "echo a b");
  EXPECT_EQ(expanded(command, input_of({std::string("a\0b", 3)}))[0].substr(0, 8), "problem:");
}

TEST(Command, KeepsALineFromBeingAnOptionOfTheShell) {
  EXPECT_EQ(expanded(compiled({}, {}, Mode::lines), input_of({"-e echo"}))[2], " -e echo");
  EXPECT_EQ(expanded(compiled({"+x {}"}, {}, Mode::shell), input_of({"a"}))[2], " +x 'a'");
  EXPECT_EQ(printed(compiled({}, {}, Mode::lines), input_of({"-e echo"})), "-e echo");
}

TEST(Command, RefusesAnUnknownName) {
  NameContext context = width(2);
  context.names = {"kT", "z"};
  EXPECT_EQ(refusal({"sim", "{kt}"}, context),
            "{kt} is not the name of an input: the names are {kT}, {z}; write {{kt}} for the text itself");
  EXPECT_EQ(refusal({"sim {kt}"}, context, Mode::shell), refusal({"sim", "{kt}"}, context));
}

TEST(TextTemplate, JoinsValuesByABlankAndQuotesNothing) {
  const auto text = TextTemplate::compile("out/{} {1/.}_{#}_{seed}", {});
  ASSERT_TRUE(text);
  const TaskInput input = input_of({"a/b.c", "it's"}, 7);
  EXPECT_EQ(text->expand({&input, 0, 99}), "out/a/b.c it's b_7_99");
  EXPECT_TRUE(text->has_replacements());
  EXPECT_FALSE(TextTemplate::compile("plain {{x}}", {})->has_replacements());
  EXPECT_EQ(TextTemplate::compile("plain {{x}}", {})->expand({&input, 0, 0}), "plain {x}");
}

TEST(TextTemplate, RefusesWhatACommandRefuses) {
  EXPECT_FALSE(TextTemplate::compile("{5}", width(3)));
  const auto text = TextTemplate::compile("x{3}y", {});
  const TaskInput input = input_of({"a"});
  EXPECT_EQ(text->expand({&input, 0, 0}), "xy") << "a value that is missing is empty";
}

}  // namespace
}  // namespace drover::farm
