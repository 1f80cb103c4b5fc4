// bare_loop: the limit of a command farm that captures. No scheduling, no options, no care for anything that
// goes wrong.
//
//     bare_loop N SLOTS PROGRAM     runs PROGRAM 1, PROGRAM 2, … PROGRAM N, SLOTS at a time
//
// Each task has two pipes, one for standard output and one for standard error; both are read through one
// epoll until they end, then the task is waited for with wait4 (for its CPU time and peak memory) and its
// output is written whole. That is the least a program can do that captures and groups: how near drover comes
// is its own cost.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct Slot {
  pid_t pid = 0;
  std::array<int, 2> ends{-1, -1};  // read ends: standard output, standard error
  std::array<std::string, 2> captured;
  int open = 0;
};

[[noreturn]] void fail(const char* call) {
  std::perror(call);
  std::exit(1);
}

void watch(int epoll, int fd, std::size_t slot, std::size_t stream) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = slot * 2 + stream;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

void start(Slot& slot, std::size_t index, int epoll, const char* program, long number) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) fail("pipe2");
  std::string name = program;
  std::string argument = std::to_string(number);
  std::array<char*, 3> words{name.data(), argument.data(), nullptr};
  // vfork borrows our memory until the child executes: nothing to copy, the fastest start that plain POSIX
  // has.
  const pid_t pid = vfork();
  if (pid == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    execve(program, words.data(), environ);
    _exit(127);
  }
  if (pid < 0) fail("vfork");
  close(out[1]);
  close(err[1]);
  slot.pid = pid;
  slot.ends = {out[0], err[0]};
  slot.open = 2;
  watch(epoll, out[0], index, 0);
  watch(epoll, err[0], index, 1);
}

void write_whole(int fd, std::string& text) {
  const char* next = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    const ssize_t written = write(fd, next, left);
    if (written < 0) fail("write");
    next += written;
    left -= static_cast<std::size_t>(written);
  }
  text.clear();
}

// Gives out what the task said and waits for it.
void finish(Slot& slot) {
  rusage usage{};
  int status = 0;
  if (wait4(slot.pid, &status, 0, &usage) != slot.pid) fail("wait4");
  write_whole(STDOUT_FILENO, slot.captured[0]);
  write_whole(STDERR_FILENO, slot.captured[1]);
}

// Reads once; true when both streams have ended.
bool drain(Slot& slot, std::size_t stream, std::vector<char>& buffer) {
  const ssize_t got = read(slot.ends[stream], buffer.data(), buffer.size());
  if (got > 0) {
    slot.captured[stream].append(buffer.data(), static_cast<std::size_t>(got));
    return false;
  }
  close(slot.ends[stream]);  // also takes it out of epoll: nobody else has it open
  return --slot.open == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: bare_loop N SLOTS PROGRAM\n", stderr);
    return 255;
  }
  const long tasks = std::atol(argv[1]);
  std::vector<Slot> slots(static_cast<std::size_t>(std::atol(argv[2])));
  std::vector<char> buffer(65536);
  std::array<epoll_event, 64> events{};
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll_create1");

  long next = 1;
  std::size_t running = 0;
  for (std::size_t i = 0; i < slots.size() && next <= tasks; ++i, ++running)
    start(slots[i], i, epoll, argv[3], next++);
  while (running > 0) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    if (ready < 0) fail("epoll_wait");
    for (int i = 0; i < ready; ++i) {
      const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
      const std::size_t index = key / 2;
      if (!drain(slots[index], key % 2, buffer)) continue;
      finish(slots[index]);
      --running;
      if (next > tasks) continue;
      start(slots[index], index, epoll, argv[3], next++);
      ++running;
    }
  }
  return 0;
}
