// start_latency: how long from just before a program is started to the moment its first task runs.
//
//     start_latency COMMAND…     COMMAND must end in printing what first_exec prints
//
// Prints nanoseconds. In C++ because the start of a process from Python costs a millisecond by itself, which
// would be a part of what is measured.
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

long long now_ns() {
  timespec now{};
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) std::exit(1);
  return static_cast<long long>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

std::string read_all(int fd) {
  std::string all;
  std::array<char, 4096> block{};
  for (ssize_t got = 0; (got = read(fd, block.data(), block.size())) > 0;)
    all.append(block.data(), static_cast<std::size_t>(got));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: start_latency COMMAND…\n", stderr);
    return 255;
  }
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return 1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);

  const long long before = now_ns();
  pid_t pid = 0;
  if (posix_spawn(&pid, argv[1], &actions, nullptr, argv + 1, environ) != 0) return 1;
  close(ends[1]);
  const std::string said = read_all(ends[0]);
  int status = 0;
  if (waitpid(pid, &status, 0) != pid || status != 0 || said.empty()) {
    std::fputs("start_latency: the command failed or printed nothing\n", stderr);
    return 1;
  }
  std::printf("%lld\n", std::atoll(said.c_str()) - before);
  return 0;
}
