// A folder for records, and what is in one as values that can be compared: what the tests of src/record share.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "record/log.hpp"
#include "record/record.hpp"

namespace drover::record::test {

class RecordFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "drover-record-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = (folder_ / "run.drover").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }

  std::filesystem::path folder_;
  std::string path_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good()) << path;
}

// Stops the test where something that has to go well does not.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline Run some_run() {
  Run run;
  run.command = {"./sim", "--seed", "{seed}", "{}"};
  run.mode = "direct";
  run.seed = 18'000'000'000'000'000'001U;  // beyond SQLite's integers
  run.names = {"kT", ""};
  run.width = 2;
  run.version = "0.1.0";
  run.line = "drover run --record run.drover -- ./sim --seed {seed} {}";
  run.folder = "/data/ada/sims";
  run.host = "node17";
  run.process = 4711;
  run.job = "Slurm 12";
  return run;
}

inline Attempt some_attempt(schedule::TaskNumber number, TaskState state, std::uint32_t attempt = 1) {
  Attempt row;
  row.task = number;
  row.attempt = attempt;
  row.state = state;
  row.slot = static_cast<std::uint32_t>(number % 8 + 1);
  row.started = 1'772'366'400'000'000 + static_cast<std::int64_t>(number) * 1'000;
  row.ran = static_cast<std::int64_t>(number) * 7'919;
  if (number % 7 == 0) {
    row.signal = 9;
  } else {
    row.exit_status = state == TaskState::done ? 0 : 3;
  }
  if (state != TaskState::done) row.cause = "exit status 3";
  row.cpu_user = static_cast<std::int64_t>(number) * 5'000;
  row.cpu_system = static_cast<std::int64_t>(number) * 300;
  row.peak_memory = number * 1'048'576;
  row.stdout_bytes = number * 3;
  row.stderr_bytes = number % 5;
  return row;
}

inline std::string input_of(schedule::TaskNumber number) {
  return fmt::format("obs/image {:04}.fits\t{}", number, number * 3);
}

inline Task some_task(schedule::TaskNumber number, const std::string& input, TaskState state) {
  return {number, input, static_cast<std::uint32_t>(number * 2'654'435'761U >> 1U), state};
}

// Starts a task, and ends it in this state; a commit is up to the caller.
inline void put(Record& record, schedule::TaskNumber number, TaskState state, bool known = false) {
  const std::string input = input_of(number);
  must(record.started(some_task(number, input, TaskState::running), known));
  if (state != TaskState::running)
    must(record.ended(some_task(number, input, state), some_attempt(number, state)));
}

// Every seventh fails, the others are done.
inline TaskState usual_state(schedule::TaskNumber number) {
  return number % 7 == 0 ? TaskState::failed : TaskState::done;
}

inline std::string line_of(const LoggedTask& logged) {
  const Task& t = logged.task;
  const Attempt& a = logged.last;
  return fmt::format("{} {} {} {} | {} | {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", t.number, t.input,
                     t.seed, word(t.state), logged.attempts, a.task, a.run, a.attempt, word(a.state), a.slot,
                     a.started, a.ran, a.exit_status.value_or(-99), a.cause, a.signal, a.cpu_user,
                     a.cpu_system, a.peak_memory, a.stdout_bytes, a.stderr_bytes);
}

inline std::string line_of(const Run& r) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", r.id, fmt::join(r.command, " "),
                     r.mode, r.replace, r.seed, r.per_task, fmt::join(r.names, " "), r.width.value_or(99),
                     r.version, r.line, r.folder, r.host, r.process, r.job, r.started, r.ended.value_or(-1),
                     r.exit_status.value_or(-1));
}

// All rows that Log gives, as text.
inline Result<std::vector<std::string>> log_of(const std::string& path, Log::Which which = Log::Which::all) {
  std::vector<std::string> lines;
  DROVER_TRY(Log log, Log::open(path, which));
  for (const Run& run : log.runs()) lines.push_back(line_of(run));
  while (true) {
    DROVER_TRY(const bool more, log.next());
    if (!more) return lines;
    lines.push_back(line_of(log.task()));
  }
}

// For what another thread does in its own time; a test that waits in vain fails.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto begin = std::chrono::steady_clock::now();
  while (!condition()) {
    if (std::chrono::steady_clock::now() - begin > std::chrono::minutes(2)) return false;
    std::this_thread::yield();
  }
  return true;
}

// As a SIGKILL from outside: nothing is closed.
[[noreturn]] inline void die() {
  ::kill(::getpid(), SIGKILL);
  ::_exit(2);
}

// The signal that ended a process of its own that did this; -1 if none did.
inline int signal_that_ended(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
    }
    ::_exit(1);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFSIGNALED(status)) return -1;
  return WTERMSIG(status);
}

}  // namespace drover::record::test
