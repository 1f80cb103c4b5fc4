// Runs a line in a real shell and gives back what it wrote, for tests of quoting.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace drover::farm {

inline std::vector<std::string> installed_shells() {
  std::vector<std::string> shells = {"/bin/sh"};
  for (const char* shell : {"/bin/dash", "/bin/bash"})
    if (access(shell, X_OK) == 0 && !std::filesystem::equivalent(shell, "/bin/sh"))
      shells.emplace_back(shell);
  return shells;
}

// What `shell -c line` writes to `descriptor`; the other standard ones are /dev/null.
inline std::string run_shell(const std::string& shell, const std::string& line, int descriptor = 1) {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], descriptor);
  std::string words[] = {shell, "-c", line};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  std::string locale = "LC_ALL=C.UTF-8";  // a multibyte locale: invalid bytes are a case of their own there
  std::string path = "PATH=/usr/bin:/bin";
  char* environment[] = {locale.data(), path.data(), nullptr};
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, shell.c_str(), &actions, nullptr, argv, environment), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string output;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    output.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return output;
}

}  // namespace drover::farm
