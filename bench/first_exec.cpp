// first_exec: prints the monotonic clock in nanoseconds: the moment at which a task runs. start_latency reads
// it.
#include <time.h>

#include <cstdio>

int main() {
  timespec now{};
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 1;
  std::printf("%lld\n", static_cast<long long>(now.tv_sec) * 1'000'000'000 + now.tv_nsec);
  return 0;
}
