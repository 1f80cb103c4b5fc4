// Starting children in tests: programs by their words, waiting for an end with a guard against a hang.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <expected>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "process/pipe.hpp"
#include "process/spawn.hpp"

namespace drover::process {

constexpr std::chrono::seconds hang{60};

inline sigset_t no_signals() {
  sigset_t none;
  sigemptyset(&none);
  return none;
}

// Looks again and again until `condition` holds. False after the guard.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + hang;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

inline bool readable(int fd) {
  pollfd asked{fd, POLLIN, 0};
  return ::poll(&asked, 1, static_cast<int>(std::chrono::milliseconds(hang).count())) == 1;
}

// Argument and environment lists as execve(2) takes them; the first word is the program.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  [[nodiscard]] char* const* list() const { return pointers_.data(); }
  [[nodiscard]] const char* first() const { return pointers_.front(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

// Starts `command` with an environment of PATH alone, or the one given.
inline std::expected<Child, SpawnFailure> start(Spawner& spawner, const std::vector<std::string>& command,
                                                SpawnRequest request = {},
                                                const std::vector<std::string>& environment = {
                                                    "PATH=/usr/bin:/bin"}) {
  const Words words(command);
  const Words variables(environment);
  request.path = words.first();
  request.argv = words.list();
  request.envp = variables.list();
  return spawner.start(request);
}

inline std::expected<Child, SpawnFailure> start_shell(Spawner& spawner, const std::string& line,
                                                      SpawnRequest request = {}) {
  return start(spawner, {"/bin/sh", "-c", line}, request);
}

inline Child::End wait_for_end(Child& child) {
  EXPECT_TRUE(readable(child.ended_fd())) << "no end of " << child.pid();
  const std::optional<Child::End> end = child.try_reap();
  EXPECT_TRUE(end.has_value());
  return end.value_or(Child::End{});
}

// All that comes out of `fd` until its end.
inline std::string read_all(int fd) {
  std::string text;
  char block[4096];
  while (readable(fd)) {
    const ssize_t n = ::read(fd, block, sizeof block);
    if (n <= 0) break;
    text.append(block, static_cast<std::size_t>(n));
  }
  return text;
}

// What a shell line writes to standard output.
inline std::string output_of(Spawner& spawner, const std::vector<std::string>& command,
                             SpawnRequest request = {}) {
  Result<Pipe> pipe = Pipe::make();
  EXPECT_TRUE(pipe.has_value());
  request.stdout_fd = pipe->write_end.get();
  std::expected<Child, SpawnFailure> child = start(spawner, command, request);
  EXPECT_TRUE(child.has_value()) << command.front();
  pipe->write_end.reset();
  std::string text = read_all(pipe->read_end.get());
  if (child) {
    EXPECT_EQ(wait_for_end(*child).status, ExitStatus::exited(0));
  }
  return text;
}

// A process that is not ours to wait for: its end can still be seen.
inline machine::UniqueFd watch(pid_t pid) {
  return machine::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

// A file in a folder of its own, gone with the object.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text, std::filesystem::perms mode) {
    std::string folder = (std::filesystem::temp_directory_path() / "process-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    path_ = folder + "/" + name;
    std::ofstream(path_) << text;
    std::filesystem::permissions(path_, mode);
  }
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_, path_;
};

}  // namespace drover::process
