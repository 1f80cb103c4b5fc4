// Lets libFuzzer steer programs that GCC compiled: clang 14 cannot compile std::expected of an error with a
// destructor. Not part of the build: it needs clang's runtime (Debian: libclang-rt-14-dev). Every run of the
// unit tests takes the same targets over fixed seeds (tests/farm/fuzz_corpus_*_test.cpp).
//
//     g++ -std=c++23 -O1 -g1 -fsanitize=address,undefined -fsanitize-coverage=trace-pc,trace-cmp …
//         csv_fuzz.cpp … gcc_coverage.o -Wl,--wrap=__sanitizer_cov_trace_pc
//         "$(clang++-14 --print-resource-dir)/lib/linux/libclang_rt.fuzzer-x86_64.a"
//
// GCC calls __sanitizer_cov_trace_pc at every edge, libFuzzer wants counters of 8 bits: here each edge gets
// one by the hash of its address. This file itself is compiled without -fsanitize-coverage, or it would call
// itself.
// Source: GCC's manual, -fsanitize-coverage; LLVM's SanitizerCoverage.
#include <array>
#include <cstdint>

extern "C" void __sanitizer_cov_8bit_counters_init(std::uint8_t* begin, std::uint8_t* end);

namespace {

std::array<std::uint8_t, std::size_t{1} << 16U> counters;

[[maybe_unused]] const bool announced = [] {
  __sanitizer_cov_8bit_counters_init(counters.data(), counters.data() + counters.size());
  return true;
}();

}  // namespace

// libFuzzer 14 has a function of the plain name, which does nothing: the linker puts this one in its place.
extern "C" void __wrap___sanitizer_cov_trace_pc() {
  const auto place = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  ++counters[(place * 0x9E3779B97F4A7C15U) >> 48U];
}

// GCC reports comparisons of floating-point numbers too; libFuzzer has no use for them.
extern "C" void __sanitizer_cov_trace_cmpf(float, float) {}
extern "C" void __sanitizer_cov_trace_cmpd(double, double) {}
