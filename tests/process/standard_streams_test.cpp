#include "process/standard_streams.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <vector>

namespace drover::process {
namespace {

// True if `holds` is true in a process that was started with `closed` closed and then opened them.
bool with_closed(const std::vector<int>& closed, const std::function<bool()>& holds) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGPIPE, SIG_IGN);
    for (const int fd : closed) ::close(fd);
    open_closed_standard_streams();
    ::_exit(holds() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool is_null(int fd) {
  char path[32] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  return ::readlink(link.c_str(), path, sizeof path - 1) > 0 && std::string(path) == "/dev/null";
}

const std::vector<std::vector<int>> every_choice{{}, {0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}};

TEST(StandardStreams, AreNotTakenByTheNextFileThatIsOpened) {
  for (const std::vector<int>& closed : every_choice) {
    EXPECT_TRUE(with_closed(closed, [] { return ::open("/dev/zero", O_RDONLY) > STDERR_FILENO; }))
        << closed.size();
  }
}

TEST(StandardStreams, FailToBeWrittenWhenStandardOutputWasClosed) {
  for (const std::vector<int>& closed : {std::vector<int>{1}, {0, 1}, {1, 2}, {0, 1, 2}}) {
    EXPECT_TRUE(with_closed(closed, [] { return ::write(STDOUT_FILENO, "x", 1) == -1 && errno == EPIPE; }))
        << closed.size();
  }
}

TEST(StandardStreams, AreEmptyWhereTheOthersWereClosed) {
  EXPECT_TRUE(with_closed({0, 1, 2}, [] { return is_null(STDIN_FILENO) && is_null(STDERR_FILENO); }));
  EXPECT_TRUE(with_closed({2}, [] { return is_null(STDERR_FILENO) && ::write(STDERR_FILENO, "x", 1) == 1; }));
}

TEST(StandardStreams, StayAsTheyWereWhenOpen) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  EXPECT_TRUE(with_closed({}, [&] {
    ::dup2(pipe[1], STDOUT_FILENO);
    open_closed_standard_streams();
    char byte = 0;
    return ::write(STDOUT_FILENO, "x", 1) == 1 && ::read(pipe[0], &byte, 1) == 1 && byte == 'x';
  }));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

}  // namespace
}  // namespace drover::process
