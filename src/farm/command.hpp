// A command with replacement strings, compiled once and filled in for every task.
//
//     auto command = Command::compile({"sim", "{1}", "--out={2/.}.fits"}, context);
//     command.expand(fill, words);          // words.argv() for execve(2)
//     command.print(fill, line);            // the same, quoted so that it can be pasted into a shell
//
// Directly executed (no shell): one word of the template gives one word of the command, whatever the input
// holds; `{}` as a word of its own gives one word per value. With `shell` the command is one line for /bin/sh
// and every replacement is quoted for the place it stands in (shell_line.hpp). With no words at all every
// input is a shell line of its own.
//
// With -n N the last task may have fewer values: {3} is empty there, as in GNU parallel. A column that a row
// lacks is a message for that task (GNU parallel: empty).
//
// Errors   usage: unknown {name} (lists the names), {5} of three sources, {} inside a word
//          with several values, a place in a shell line where an input cannot be made data, a
//          second word beside a shell line.
// Cost     about 0.2 µs a task for a short command; no allocation once `words` has grown.
// Threads  const members may be called by several threads with their own Words.
// Source   GNU parallel's manual, "replacement strings", for their names.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "farm/input.hpp"
#include "schedule/task.hpp"
#include "units/result.hpp"

namespace drover::farm {

// What is known about the inputs when a command is compiled.
struct NameContext {
  std::vector<std::string> names;    // of the columns; empty strings or no elements where they have none
  std::optional<std::size_t> width;  // values a task, if known
  std::uint32_t per_task = 1;        // -n N
  std::string replace = "{}";        // -I STR
};

// What a task fills in.
struct Fill {
  const TaskInput* input = nullptr;
  schedule::Slot slot = 0;  // printed plus one
  std::uint32_t seed = 0;   // {seed}
};

// The words of one command in one block, NUL-terminated each; reused from task to task.
class Words {
 public:
  void clear() { text_.clear(), starts_.clear(); }
  void begin_word() { starts_.push_back(text_.size()); }
  void append(std::string_view part) { text_ += part; }
  void end_word() { text_ += '\0'; }
  void add(std::string_view word) { begin_word(), append(word), end_word(); }
  // The block itself, for appending to the word that is open.
  [[nodiscard]] std::string& text() { return text_; }

  [[nodiscard]] std::size_t size() const { return starts_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    const std::size_t end = i + 1 < starts_.size() ? starts_[i + 1] : text_.size();
    return std::string_view(text_).substr(starts_[i], end - starts_[i] - 1);
  }
  // Bytes that execve(2) counts for the words (their pointers not included).
  [[nodiscard]] std::size_t bytes() const { return text_.size(); }

  // argv for execve(2), with the closing null; valid until the next change.
  [[nodiscard]] char** argv();

 private:
  std::string text_;
  std::vector<std::size_t> starts_;
  std::vector<char*> argv_;
};

class Command {
 public:
  enum class Mode {
    direct,  // the words are executed
    shell,   // -c: one word, a line for /bin/sh
    lines,   // no command: every input is a line for /bin/sh
  };
  [[nodiscard]] static Result<Command> compile(const std::vector<std::string>& words, Mode mode,
                                               const NameContext& context);
  ~Command();
  Command(Command&&) noexcept;
  Command& operator=(Command&&) noexcept;

  // Replaces `words` by this task's. In the modes shell and lines: "/bin/sh", "-c", line.
  // A value the command needs and the input lacks, or one that cannot be passed (NUL): a message, else empty.
  [[nodiscard]] std::string expand(const Fill& fill, Words& words) const;

  // Appends the command as one line (no newline at its end) that can be pasted into a POSIX shell.
  // A newline inside a word is kept inside quotes.
  void print(const Fill& fill, std::string& line) const;

  // The program, if it is the same for every task: the first word, when nothing is replaced in it.
  [[nodiscard]] std::optional<std::string> program() const;

  // Does {%} occur? Then a printed command depends on the slot.
  [[nodiscard]] bool uses_slot() const;

 private:
  struct State;
  explicit Command(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One text with replacement strings that is not a command: --wd, --results, --crash-report, --tagstring.
// Nothing is appended and nothing is quoted; several values of {} are joined by a blank.
class TextTemplate {
 public:
  [[nodiscard]] static Result<TextTemplate> compile(std::string_view text, const NameContext& context);
  ~TextTemplate();
  TextTemplate(TextTemplate&&) noexcept;
  TextTemplate& operator=(TextTemplate&&) noexcept;

  [[nodiscard]] std::string expand(const Fill& fill) const;
  [[nodiscard]] bool has_replacements() const;

 private:
  struct State;
  explicit TextTemplate(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace drover::farm
