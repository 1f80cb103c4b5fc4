#include "farm/placeholder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "farm/command.hpp"

namespace drover::farm {
namespace {

// "--out=<value 1 stem>.fits": literals as they are, replacements in angle brackets.
std::string shown(std::string_view text, const NameContext& context = {}) {
  constexpr std::string_view whats[] = {"all", "value", "task", "slot", "seed"};
  constexpr std::string_view endings[] = {"", ".", "/", "//", "/."};
  const auto pieces = parse_placeholders(text, context);
  if (!pieces) return "error: " + std::string(pieces.error().what());
  std::string result;
  for (const Piece& piece : *pieces) {
    result += piece.literal;
    if (!piece.placeholder) continue;
    const Placeholder& it = *piece.placeholder;
    result += fmt::format("<{}{}{}>", whats[static_cast<std::size_t>(it.what)],
                          it.what == Placeholder::What::value ? fmt::format("{}", it.index + 1) : "",
                          endings[static_cast<std::size_t>(it.ending)]);
  }
  return result;
}

NameContext named(std::vector<std::string> names) {
  NameContext context;
  context.width = names.size();
  context.names = std::move(names);
  return context;
}

TEST(Placeholders, KnowEveryReplacementString) {
  EXPECT_EQ(shown("{}"), "<all>");
  EXPECT_EQ(shown("{.}{/}{//}{/.}"), "<all.><all/><all//><all/.>");
  EXPECT_EQ(shown("{#}-{%}-{seed}"), "<task>-<slot>-<seed>");
  EXPECT_EQ(shown("--out={2/.}.fits"), "--out=<value2/.>.fits");
  EXPECT_EQ(shown("{2.}{2/}{2//}{12}"), "<value2.><value2/><value2//><value12>");
}

TEST(Placeholders, LeaveOtherBracesAsTheyAre) {
  for (const char* text :
       {"{foo bar}", "{print $1}", "{a,b}",         "${VAR}", "{",    "}",     "{{",  "}}",      "{0}",
        "{-1}",      "{1..9}",     "{99999999999}", "{ }",    "{./}", "{1./}", "{a}", "{seed.}", "{{a b}}",
        "{#.}",      "",           "plain"})
    EXPECT_EQ(shown(text), text);
}

TEST(Placeholders, LetAWordInDoubledBracesStandForItself) {
  EXPECT_EQ(shown("{{print}}"), "{print}");
  EXPECT_EQ(shown("{{print}}", named({"print"})), "{print}");
  EXPECT_EQ(shown("{{print}}", named({"x"})), "{print}");
  EXPECT_EQ(shown("{{}} {{1}} {{#}} {{seed}} {{/.}} {{my col.}}", named({"my col"})),
            "{} {1} {#} {seed} {/.} {my col.}");
  EXPECT_EQ(shown("$$ {{print $1}}"), "$$ {{print $1}}");
  EXPECT_EQ(shown("a{{{1}}}b"), "a{<value1>}b");
  EXPECT_EQ(shown("{{{{1}}}}"), "{{1}}");
  EXPECT_EQ(shown("{{}"), "{<all>");
  EXPECT_EQ(shown("{}}"), "<all>}");
  EXPECT_EQ(shown("{{{x}}"), "{{x}");
}

TEST(Placeholders, LetOptionIReplaceTheBareBracesOnly) {
  NameContext context;
  context.replace = "@";
  EXPECT_EQ(shown("{} a@b @. {.} {1} {#}", context), "{} a<all>b <all>. <all.> <value1> <task>");
  context.replace = "{2}";
  EXPECT_EQ(shown("{} {2} {1} {{2}}", context), "{} <all> <value1> {2}");
  context.replace = "{.}";
  EXPECT_EQ(shown("{.}", context), "<all>");
  context.replace = "{{@";
  EXPECT_EQ(shown("{{@x}}", context), "<all>x}}");
  context.replace = "";
  EXPECT_EQ(shown("x", context), "error: the text that -I names is empty: write it out, for instance -I @");
}

TEST(Placeholders, TakeTheLongestNameFirst) {
  const NameContext context = named({"a", "a.", "my col", "b/"});
  EXPECT_EQ(shown("{a} {a.} {a..} {my col/.} {b/} {b//} {a/.}", context),
            "<value1> <value2> <value2.> <value3/.> <value4> <value4/> <value1/.>");
}

TEST(Placeholders, TakeANameBeforeANumberAndBeforeTheSeed) {
  EXPECT_EQ(shown("{2} {seed} {#} {%}", named({"2", "seed", "#", "%"})), "<value1> <value2> <task> <slot>");
  EXPECT_EQ(shown("{seed}", named({"x"})), "<seed>");
}

TEST(Placeholders, RefuseAnUnknownNameAndListTheNames) {
  const NameContext context = named({"kT", "", "my col"});
  EXPECT_EQ(shown("{kt}", context),
            "error: {kt} is not the name of an input: the names are {kT}, {my col}; write {{kt}} for the "
            "text itself");
  EXPECT_TRUE(shown("{kt/.}", context).starts_with("error: {kt/.} is not the name"));
  EXPECT_TRUE(shown("{{{kt}}}", context).starts_with("error"));
  EXPECT_EQ(shown("${kt} {foo bar} {a,b}", context), "${kt} {foo bar} {a,b}");
  EXPECT_EQ(shown("{kt}", named({"", ""})), "{kt}") << "nothing has a name";
}

TEST(Placeholders, RefuseAValueThatNoTaskHas) {
  NameContext context;
  context.width = 3;
  EXPECT_EQ(shown("{3}", context), "<value3>");
  EXPECT_EQ(
      shown("{5}", context),
      "error: {5} asks for value 5, but a task has 3 here: write {1} to {3}, or {{5}} for the text itself");
  context.width = 1;
  EXPECT_EQ(
      shown("{2/}", context),
      "error: {2/} asks for value 2, but a task has one here: write {1}, or {{2/}} for the text itself");
  context.per_task = 2;
  EXPECT_EQ(shown("{2/}", context), "<value2/>");
  EXPECT_TRUE(shown("{3}", context).starts_with("error"));
  EXPECT_EQ(shown("{{5}}", context), "{5}");
  EXPECT_EQ(shown("{5}"), "<value5>") << "the width is not known";
}

}  // namespace
}  // namespace drover::farm
