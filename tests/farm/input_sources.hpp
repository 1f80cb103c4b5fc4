// What the tests of the inputs share: files to read, standard input to replace,
// and all tasks of a run as words.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "farm/input.hpp"
#include "machine/unique_fd.hpp"

namespace drover::farm::input_test {

using Words = std::vector<std::string>;
using Tasks = std::vector<Words>;

// A folder of the test's own, gone after it.
class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "drover_input_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // Writes a file, with the folders it lies in; returns its path.
  std::string write(const std::string& name, std::string_view text = "") const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Lets standard input be a pipe for a while; write() fills it, close() ends it.
class PipedInput {
 public:
  PipedInput() : saved_(::dup(STDIN_FILENO)) {
    int ends[2];
    if (::pipe(ends) != 0 || ::dup2(ends[0], STDIN_FILENO) < 0) std::abort();
    const machine::UniqueFd reader(ends[0]);
    writer_ = machine::UniqueFd(ends[1]);
  }
  ~PipedInput() {
    if (::dup2(saved_.get(), STDIN_FILENO) < 0) std::abort();
  }
  PipedInput(const PipedInput&) = delete;
  PipedInput& operator=(const PipedInput&) = delete;

  void write(std::string_view text) {
    if (::write(writer_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
  }
  void close() { writer_.reset(); }

 private:
  machine::UniqueFd saved_;
  machine::UniqueFd writer_;
};

inline SourceOption file(const std::string& path, bool linked = false) {
  return {SourceOption::Kind::file, linked, {path}};
}
inline SourceOption values(Words words, bool linked = false) {
  return {SourceOption::Kind::values, linked, std::move(words)};
}
inline SourceOption grid(const std::string& text) {
  return {SourceOption::Kind::grid, false, {text}};
}
inline SourceOption glob(Words patterns) {
  return {SourceOption::Kind::glob, false, std::move(patterns)};
}

inline InputOptions options(std::vector<SourceOption> sources) {
  InputOptions result;
  result.sources = std::move(sources);
  return result;
}

inline Words words_of(const TaskInput& input) {
  Words words;
  for (std::size_t i = 0; i < input.size(); ++i) words.emplace_back(input.value(i));
  return words;
}

inline Inputs opened(const InputOptions& wanted) {
  auto inputs = Inputs::open(wanted);
  if (!inputs) ADD_FAILURE() << inputs.error().what();
  return std::move(inputs).value();
}

// Every task as its words; its problem, where it has one, is a further word in
// brackets. Numbers must count up.
inline Tasks tasks_of(const InputOptions& wanted) {
  Inputs inputs = opened(wanted);
  Tasks tasks;
  TaskInput input;
  while (true) {
    const auto pulled = inputs.next(input);
    if (!pulled) {
      ADD_FAILURE() << pulled.error().what();
      return tasks;
    }
    if (*pulled == Pull::end) return tasks;
    if (*pulled == Pull::later) continue;
    tasks.push_back(words_of(input));
    if (!input.problem.empty()) tasks.back().push_back('[' + input.problem + ']');
    EXPECT_TRUE(wanted.shuffle || input.number == tasks.size()) << input.number;
  }
}

// For EXPECT_PRED2: the message says this.
inline bool holds(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

inline std::string refusal(const InputOptions& wanted) {
  const auto inputs = Inputs::open(wanted);
  return inputs ? "accepted" : inputs.error().what();
}

}  // namespace drover::farm::input_test
