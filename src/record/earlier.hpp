// Which of the inputs that are read now are on record already, and as which task.
//
//     DROVER_TRY(Earlier earlier, Earlier::load(database));
//     DROVER_TRY(const auto known, earlier.take(place, input));        // place: 1, 2, … in the input as it is now
//     known ? known->number : earlier.number_for_new(place)
//
// A task is known by its input, not by its number: the list may have grown, shrunk or been reordered. Recorded tasks
// keep their numbers, and so their seeds; new inputs get numbers that were never used. Equal inputs are told apart by
// their order: the second of now is the second of then.
//
// Memory   while the list is the same as before one bit a task; from the first difference on 24 bytes for each
//          recorded task that was not met yet.
// Cost     about 1 µs an input.
// Errors   io: the record is damaged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/database.hpp"
#include "record/rows.hpp"
#include "record/tables.hpp"

namespace drover::record {

class Earlier {
 public:
  struct Known {
    schedule::TaskNumber number = 0;
    TaskState state = TaskState::running;
  };
  struct Counts {
    std::uint64_t done = 0, failed = 0, unfinished = 0;
    [[nodiscard]] std::uint64_t all() const { return done + failed + unfinished; }
  };
  // `database` outlives this.
  [[nodiscard]] static Result<Earlier> load(Database& database);

  // The recorded task of this input, each only once; nothing: it is new. `input` as in words_text.hpp.
  [[nodiscard]] Result<std::optional<Known>> take(schedule::TaskNumber place, std::string_view input);
  [[nodiscard]] schedule::TaskNumber number_for_new(schedule::TaskNumber place);

  [[nodiscard]] const Counts& counts() const { return counts_; }

  // Recorded tasks that no input was found for: how many, and the first few inputs. To be asked at the end of the input.
  struct Vanished {
    std::uint64_t count = 0;
    std::vector<std::string> first;
  };
  [[nodiscard]] Result<Vanished> vanished();

 private:
  struct Entry {
    std::size_t hash;
    schedule::TaskNumber number;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  Earlier(Database& database, TaskReader by_number)
      : database_(&database), by_number_(std::move(by_number)) {}
  struct Recorded {
    bool same;  // as the input that was asked for
    TaskState state;
  };
  [[nodiscard]] Result<std::optional<Recorded>> look_up(schedule::TaskNumber number, std::string_view input);
  [[nodiscard]] Result<void> build_index();
  [[nodiscard]] Result<std::optional<Known>> find(std::string_view input);
  Known taken(schedule::TaskNumber number, TaskState state);
  [[nodiscard]] std::size_t first_free(std::size_t entry);

  Database* database_;
  TaskReader by_number_;
  Counts counts_;
  std::vector<bool> taken_;  // by number
  std::uint64_t left_ = 0;   // not taken yet
  schedule::TaskNumber highest_ = 0;
  bool same_list_ = true;  // every input so far stood where its task's number says
  bool indexed_ = false;
  std::vector<Entry> index_;         // of those that were left when it was built, sorted
  std::vector<std::uint32_t> next_;  // from each entry to one that may be free: shortened as it is followed
};

}  // namespace drover::record
