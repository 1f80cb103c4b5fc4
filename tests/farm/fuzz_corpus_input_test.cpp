// The fuzz targets of the inputs over fixed seeds, so that every test run exercises them without clang's
// fuzzer.
#include <gtest/gtest.h>

#include <random>
#include <string>

#define LLVMFuzzerTestOneInput fuzz_csv
#include "tests/fuzz/csv_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_grid
#include "tests/fuzz/grid_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_lines
#include "tests/fuzz/lines_fuzz.cpp"
#undef LLVMFuzzerTestOneInput

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

void run(Target target, std::string_view bytes) {
  EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
}

// Texts of the characters that matter to the target.
void run_random(Target target, std::string_view alphabet, unsigned count) {
  for (unsigned seed = 0; seed < count; ++seed) {
    std::mt19937 random(seed);
    std::string text(random() % 40, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    run(target, text);
  }
}

TEST(FuzzCorpus, OfCsv) {
  for (const std::string_view seed : {"", "\"", "\"\"", "a,b\n1,\"2\n\"\r\n", "\"a\"b,c", "a\"b,\"\"\"", "\r",
                                      "\"a\r\n", ",\n,,\"", "\xFE\xFF\xFE"})
    run(fuzz_csv, seed);
  run_random(fuzz_csv, "a,\t\"\"\n\r\xFE\xFF", 3000);
}

TEST(FuzzCorpus, OfGrids) {
  for (const std::string_view seed :
       {"x=1..5", "x=0.1..0.5..0.1", "x=5..1..-2", "x=-01..02", "x=1..999999999999999999", "x=-.5...5..00.50",
        "x=999999999999999999..-999999999999999999..7", "x=a,b", "x=", "=", "x=1..2,3", "x=../a", "x=1...2"})
    run(fuzz_grid, seed);
  std::string text;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    text = "x=";
    for (int part = 0; part < 3; ++part) {
      if (part > 0) text += "..";
      const std::size_t length = 1 + random() % 6;
      for (std::size_t i = 0; i < length; ++i) text += "0123456789.-"[random() % (i == 0 ? 12 : 11)];
    }
    run(fuzz_grid, text);
  }
  run_random(fuzz_grid, "x=1.0-,/", 1000);
}

TEST(FuzzCorpus, OfLines) {
  for (const std::string_view seed : {"\n\x01",
                                      "\n\x01"
                                      "a\nb",
                                      "\n\x01\n\n",
                                      "a\x02"
                                      "aaab"})
    run(fuzz_lines, seed);
  run_random(fuzz_lines, std::string_view("a\n\0b", 4), 1000);
  run(fuzz_lines, "\n\xFF" + std::string(50'000, 'x') + "\n" + std::string(9'000, 'y'));
}

}  // namespace
