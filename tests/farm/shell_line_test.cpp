#include "farm/shell_line.hpp"

#include <gtest/gtest.h>

#include "farm/command.hpp"

namespace drover::farm {
namespace {

// The line that /bin/sh gets for the input `value` of task 7 in slot 1, or the refusal.
std::string line_for(const std::string& line, const std::string& value = "v") {
  NameContext context;
  context.width = 1;
  const auto command = Command::compile({line}, Command::Mode::shell, context);
  if (!command) return "refused: " + std::string(command.error().what());
  TaskInput input;
  input.number = 7;
  input.add(value);
  std::string text;
  command->print({&input, 0, 5}, text);
  return text;
}

bool accepts(const std::string& line) {
  return !line_for(line).starts_with("refused");
}

TEST(ShellLine, QuotesForThePlace) {
  EXPECT_EQ(line_for("echo {}"), "echo 'v'");
  EXPECT_EQ(line_for("echo {}", "it's"), "echo 'it'\\''s'");
  EXPECT_EQ(line_for("echo 'a{}b'", "it's"), "echo 'ait'\\''sb'");
  EXPECT_EQ(line_for("echo \"a{}b\"", "it's"), "echo \"a\"'it'\\''s'\"b\"");
  EXPECT_EQ(line_for("echo $(wc {})"), "echo $(wc 'v')");
  EXPECT_EQ(line_for("echo \"$(wc {} \"{}\")\""), "echo \"$(wc 'v' \"\"'v'\"\")\"");
  EXPECT_EQ(line_for("echo '\"'{}'\"'"), "echo '\"''v''\"'");
  EXPECT_EQ(line_for("x={}; echo a{}b{.}", "p.q"), "x='p.q'; echo a'p.q'b'p'");
  EXPECT_EQ(line_for("echo {}", ""), "echo ''");
  EXPECT_EQ(line_for("awk '{print $1}' {} > {/.}.txt", "d/a.b"), "awk '{print $1}' 'd/a.b' > 'a'.txt");
}

TEST(ShellLine, LetsDigitsStandAnywhere) {
  EXPECT_EQ(line_for("echo $(({#} * 2)) {%} {seed}"), "echo $((7 * 2)) 1 5");
  EXPECT_EQ(line_for("echo `echo {#}` ${x:-{#}} \\{#} # {#}"), "echo `echo 7` ${x:-7} \\7 # 7");
  EXPECT_EQ(line_for("cat <<E\n{#} it's\nE"), "cat <<E\n7 it's\nE");
  EXPECT_EQ(line_for("echo $'{#}' \"{#}\" '{#}'"), "echo $'7' \"7\" '7'");
}

TEST(ShellLine, KeepsDigitsFromJoiningANameOrARedirection) {
  EXPECT_EQ(line_for("echo $x{#} \"$x{#}\" $1{#}"), "echo $x'7' \"$x\"'7'\"\" $17");
  EXPECT_EQ(line_for("echo {#}>out"), "echo '7'>out");
  EXPECT_EQ(line_for("echo {#} > out_{#}"), "echo 7 > out_7");
}

TEST(ShellLine, RefusesAnInputWhereItCannotBeData) {
  const struct {
    const char* line;
    const char* where;
  } rows[] = {
      {"echo `wc {}`", "in backquotes"},
      {"echo \"`wc {}`\"", "in backquotes"},
      {"echo # {}", "in a comment"},
      {"echo;# {}", "in a comment"},
      {"echo ${x:-{}}", "in ${…}"},
      {"echo \"${x:-{}}\"", "in ${…}"},
      {"echo ${x:-$(wc {})}", "in ${…}"},
      {"echo $(({} + 1))", "in $((…))"},
      {"echo $((1 + $(wc {})))", "in $((…))"},
      {"echo $'{}'", "in $'…'"},
      {"echo $\"{}\"", "in $\"…\""},
      {"echo \\{}", "after a backslash"},
      {"echo \"\\{}\"", "after a backslash"},
      {"echo \\\\\\{}", "after a backslash"},
      {"echo ${}", "after a $"},
      {"echo \"${1}\"", "after a $"},
      {"cat <<E\n{}\nE", "here-document"},
      {"cat <<-'E'\n{}\nE", "here-document"},
      {"cat <<{}\nE", "here-document"},
      {"cat <<E\nE\necho {}", "here-document"},
      {"echo >&{}", "after >& or <&"},
      {"echo >&x'{}'", "after >& or <&"},
      {"echo $(case x in a) echo {};; esac)", "after a `case` in $(…)"},
      {"echo \"$(echo esac; case x in a) echo {};; esac)\"", "after a `case` in $(…)"},
      {"echo \"$( (case x in a) echo;; esac) {})\"", "after a `case` in $(…)"},
      {"echo \"$(case x in (a) echo esac;; b) echo {};; esac)\"", "after a `case` in $(…)"},
      {"echo $(case x in (a) { echo; } esac) {}", "after a `case` in $(…)"},
      {"((x={}))", "after (("},
      {"[[ {} -eq 1 ]]", "after [["},
      {"echo $[{}]", "after $["},
      {"a[{}]=1", "after a name and ["},
      {"a[\"x\"]=1; echo {}", "after a name and ["},
      {"echo \"$(a[ ) {} ]=1)\"", "after a name and ["},
      {"echo \"$([[ a ) {} ]])\"", "after [["},
      {"a=({})", "after =("},
      {"echo $\\\n(wc {})", "after a backslash and a newline"},
      {"echo \"${x%'}'}\" {}", "after a quote in ${…}"},
      {"echo $(( 'a' )) {}", "after a quote or a backslash in $((…))"},
      {"echo $((echo 1); echo 2) {}", "in $((…))"},
      {"echo $((echo 1); echo 2)) {}", "after $(( without its ))"},
      {"echo $'\\'' {}", "after a backslash in $'…'"},
      {"echo \"$${x}\" {}", "after $$"},
  };
  for (const auto& [line, where] : rows) {
    const std::string refusal = line_for(line);
    EXPECT_TRUE(refusal.starts_with("refused: {") && refusal.find(where) != std::string::npos) << line << "\n"
                                                                                               << refusal;
    EXPECT_NE(refusal.rfind(": "), std::string::npos);
  }
}

TEST(ShellLine, AcceptsAnInputAfterAPlaceThatHasAnEnd) {
  for (const char* line : {"echo `date` {}",
                           "echo a # b\necho {}",
                           "echo ${x:-y} {}",
                           "echo $((1 + 2)) {}",
                           "echo $'x' {}",
                           "echo $\"x\" {}",
                           "echo \\\\{}",
                           "echo \\' {}",
                           "echo 'a\\'{}",
                           "echo \"\\\"{}\"",
                           "cat <<E | grep {}\nx\nE",
                           "echo $x{}",
                           "echo $$ {}",
                           "echo $# {}",
                           "echo a#{}",
                           "echo ${#x} {}",
                           "echo ${x##*/} {}",
                           "echo \"${x%.fits}\" {}",
                           "echo $(case {} in (a) echo 1;; (b) echo 2; esac) {}",
                           "case {} in a) echo {};; *) echo {};; esac",
                           "if [ {} = x ]; then echo {}; fi",
                           "for x in a {}; do echo \"$x\" {}; done",
                           "(cd x && wc {}) > {}.out 2>&1",
                           "sort <{} >{.}",
                           "wc {} 2>/dev/null",
                           "echo \\\n {}",
                           "wc {} && \\\n echo {}",
                           "ls [0-9]* {}",
                           "x=a[1] y {}",
                           "$(wc {} | (cut -c 1; cat))",
                           "echo ${x:-\"a}b\"} {}",
                           "echo $(( (1 + 2) * 3 )) {}",
                           "{ wc {}; }"})
    EXPECT_TRUE(accepts(line)) << line << "\n" << line_for(line);
}

TEST(ShellLine, RefusesAQuoteThatIsNotClosed) {
  for (const char* line : {"echo 'a", "echo \"a {}", "echo $(a {}", "echo `a", "echo ${x", "echo $((1 + 2",
                           "echo {} 'it", "echo {} \"$(a\"", "echo it's {#}", "echo $(a # {#})"})
    EXPECT_TRUE(line_for(line).starts_with("refused: the shell line ends inside")) << line << "\n"
                                                                                   << line_for(line);
}

TEST(ShellLine, AppendsInputsToACommand) {
  EXPECT_EQ(line_for("echo", "it's"), "echo 'it'\\''s'");
  EXPECT_EQ(line_for("cd x && wc -l"), "cd x && wc -l 'v'");
  EXPECT_EQ(line_for("sort <in >out"), "sort <in >out 'v'");
  EXPECT_EQ(line_for("A=1 env"), "A=1 env 'v'");
  EXPECT_EQ(line_for("echo \"{{x}}\" 'a b'"), "echo \"{x}\" 'a b' 'v'");
}

TEST(ShellLine, RefusesToAppendWhatWouldBeNoArgument) {
  const struct {
    const char* line;
    const char* why;
  } rows[] = {
      {"", "holds no command"},
      {"  ", "holds no command"},
      {"echo;", "ends in ;"},
      {"echo ; ", "ends in ;"},
      {"echo &", "ends in &"},
      {"echo |", "ends in |"},
      {"echo &&", "ends in &"},
      {"echo\n", "ends in a newline"},
      {"echo >", "ends in a redirection without its file"},
      {"> out", "ends in a redirection"},
      {"echo # x", "ends in a comment"},
      {"echo \\", "ends in a backslash"},
      {"x=1", "ends in an assignment"},
      {"x[1]=$y", "ends in an assignment"},
      {"x[$i]=1", "ends after a name and ["},
      {"echo a; x=\"y\" z=", "ends in an assignment"},
      {"for i in 1 2; do echo; done", "ends in done"},
      {"if true; then echo; fi", "ends in fi"},
      {"{ echo; }", "ends in }"},
      {"(echo)", "ends in )"},
      {"echo x &> out", "ends in a redirection"},
      {"cat <<E\nx\nE", "holds a here-document"},
      {"time", "ends in time"},
      {"true; !", "ends in !"},
      {"2>err", "ends in a redirection"},
      {"[[ a", "ends after [["},
  };
  for (const auto& [line, why] : rows)
    EXPECT_EQ(line_for(line), std::string("refused: the inputs cannot be appended: the shell line ") + why +
                                  ": say with {} where an input goes")
        << line;
}

TEST(ShellLine, NamesTheWayOut) {
  EXPECT_EQ(line_for("echo `wc {}`"),
            "refused: {} stands in backquotes of the shell line, where what it stands for could be run: "
            "write $(…) in "
            "place of `…`");
}

TEST(ShellLine, LeavesTheVariablesOfTheShellAlone) {
  EXPECT_EQ(line_for("echo ${HOME} ${{1}} ${#x} {a,b} {} $((x))"),
            "echo ${HOME} ${1} ${#x} {a,b} 'v' $((x))");
}

TEST(ShellLine, IsRecognisedByItsCharacters) {
  for (const char* word :
       {"echo a", "a|b", "a>b", "a;b", "$x", "`x`", "ls *", "a?b", "A=1", "~/x", "#x", "a\nb", "(a)", "a'b"})
    EXPECT_TRUE(looks_like_shell_line(word)) << word;
  for (const char* word : {"echo", "./a-b_c.d", "/usr/bin/g++", "a#b", "{}", "50%", "a,b", "[", ""})
    EXPECT_EQ(looks_like_shell_line(word), std::string_view(word) == "[") << word;
}

}  // namespace
}  // namespace drover::farm
