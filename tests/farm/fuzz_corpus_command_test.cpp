// The fuzz targets of commands over fixed seeds, so that every test run exercises them without clang's
// fuzzer.
#include <gtest/gtest.h>

#include <random>
#include <string>

#define LLVMFuzzerTestOneInput fuzz_placeholder
#include "tests/fuzz/placeholder_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_shell_line
#include "tests/fuzz/shell_line_fuzz.cpp"
#undef LLVMFuzzerTestOneInput

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

void run(Target target, std::string_view bytes) {
  EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
}

template <std::size_t n>
void run_random(Target target, const std::string_view (&pieces)[n], unsigned count) {
  for (unsigned seed = 0; seed < count; ++seed) {
    std::mt19937 random(seed);
    std::string text;
    for (unsigned i = random() % 16; i > 0; --i) text += pieces[random() % n];
    run(target, text);
  }
}

TEST(FuzzCorpus, OfPlaceholders) {
  for (const std::string_view seed :
       {"", "\n\n", "a,b\n\n{a}{b/.}{c}", "\n@\n@{}@", "a\n{a}\n{a}{{a}}", "\n\n{{{{1}}}}{", "\n{\n{x}",
        ",,\n\n{3}{4}", "seed\n\n{seed}{seed.}", "a b\n\n${a b}${c}"})
    run(fuzz_placeholder, seed);
  run_random(fuzz_placeholder,
             {"{", "}", "{", "}", "a", ".", "/", "1", "#", "%", "\n", ",", "seed", "@", "$", "\xff"}, 5000);
}

TEST(FuzzCorpus, OfShellLines) {
  for (const std::string_view seed :
       {"", "\\", "'", "\"\\", "$", "`\\{1}", "echo `{#}\\{#}`", "${x:-\\{#}}", "$((", "$(case x in", "<<",
        "<<{#}\n{#}", "a[{#}", "\"$\\", "$'\\", ")))", "}", "((", "{1}\\\n{1}"})
    run(fuzz_shell_line, seed);
  run_random(fuzz_shell_line,
             {"{1}", "{#}", "{1}", "'", "\"", "`",    "$",     "(", ")", "{", "}", "\\", "\n", " ",
              "#",   "<",   ">",   "&", ";",  "case", " esac", "x", "=", "[", "]", "1",  "|"},
             10000);
}

}  // namespace
