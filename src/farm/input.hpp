// The inputs of a run: where they come from, and one task's values.
//
//     auto inputs = Inputs::open(options);           // reads nothing that can wait, but for a --header
//     while (inputs.next(input) == Pull::task) …     // lazily; `input` is reused
//
// One source that is the slowest of its combination is streamed (a file of ten million lines,
// standard input); the others are held in memory, one block each. Zipped sources (:::+) are
// compared before the first task.
//
// What counts: an empty line is an input, an empty one, as for GNU parallel without -r (a blank line of CSV
// is none); a last line without newline is an input; an empty file gives none, nor does one that has only a
// header. If any source gives none, there is no combination. --header, --colsep and --csv apply to files and
// to values, not to grids (they bring their names) and globs (a file name is no header).
//
// Values are bytes: no encoding is assumed, everything but the delimiter may occur.
// Errors   open(): usage, not_found, denied; next(): io, and usage for zipped sources of unequal length where
//          one of them is standard input. A faulty single row (ragged CSV, NUL byte, a column that the
//          command needs and the row lacks) is no error of the run: that task carries `problem`.
// Cost     about 60 ns a short line; 256 KiB, or twice the longest line, whatever the number of lines.
// Threads  not synchronised.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "farm/pull.hpp"
#include "farm/row.hpp"
#include "schedule/task.hpp"
#include "units/result.hpp"

namespace drover::farm {

// One task's values, in one block that is reused from task to task (row.hpp: size, value, add, problem).
class TaskInput : public Row {
 public:
  schedule::TaskNumber number = 0;  // {#}; in a run that is resumed, the one on record
  schedule::TaskNumber place = 0;   // in the input as it is now, from 1: what --keep-order goes by
  bool on_record = false;  // the run record knows it: it was started before, now or in an earlier run
};

// One source on the command line, in the order given.
struct SourceOption {
  enum class Kind { file, grid, glob, values };
  Kind kind = Kind::values;
  bool linked = false;  // :::+ or ::::+, zipped with the source before
  // The values; or one file name ("-": standard input); or one NAME=…; or all patterns.
  std::vector<std::string> words;
};

struct InputOptions {
  std::vector<SourceOption> sources;  // empty: standard input
  char delimiter = '\n';
  std::optional<std::string> colsep;  // extended regular expression
  bool csv = false;                   // RFC 4180 records; colsep may name another separator character
  bool header = false;                // the first row (or first value of every source) is the name
  std::uint32_t per_task = 1;         // -n N, -N N
  bool shuffle = false;
  std::uint64_t seed = 0;  // of the shuffle
};

class Inputs {
 public:
  // A header is read here, and waited for if it comes through standard input: a command cannot
  // be compiled without it. If total() is 0 now, there is nothing to run, and a file without
  // even a header has told no names.
  [[nodiscard]] static Result<Inputs> open(const InputOptions& options);
  ~Inputs();
  Inputs(Inputs&&) noexcept;
  Inputs& operator=(Inputs&&) noexcept;

  // Fills `input`; its number counts in the whole input, from 1, before the shuffle.
  // `later`: standard input (or a pipe) has no whole input yet; poll wait_fd() for reading, then ask again.
  [[nodiscard]] Result<Pull> next(TaskInput& input);

  // Names of the columns, in order; empty strings for those without (and no elements if nothing is named).
  // With per_task N the one name stands for the first of the N, as for GNU parallel.
  [[nodiscard]] const std::vector<std::string>& names() const;

  // Sources or columns a task has, if that is known before reading (colsep and csv without header: nothing).
  [[nodiscard]] std::optional<std::size_t> width() const;

  // The descriptor that next() waits for after `later`; -1 otherwise.
  [[nodiscard]] int wait_fd() const;

  // How many tasks there will be in all, where that is known without reading a stream (for the
  // progress bar). A regular file of up to 32 MiB (CSV: 4 MiB) is counted once, as it is when this is
  // first asked: at most some 30 ms.
  [[nodiscard]] std::optional<std::uint64_t> total() const;

  // Counts the tasks left, without waiting; second: true if a source may still have had more. Nothing comes
  // after. It stops at 10^7 lines of a pipe and 10^8 of a file: `yes` has no end.
  [[nodiscard]] std::pair<std::uint64_t, bool> count_rest();

 private:
  struct State;
  explicit Inputs(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Standard input will be read and it is a terminal: the run says so before open(), which may wait for a
// header.
[[nodiscard]] bool reads_terminal(const InputOptions& options);

}  // namespace drover::farm
