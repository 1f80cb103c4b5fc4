// The inputs that are left to do: all of them, or in a run that is resumed those that the record does not know as
// finished. Recorded ones have the number that they had.
//
//     RemainingInputs remaining(std::move(inputs));            // all
//     remaining.leave_out(std::move(earlier), Resume::unfinished, keep_order);
//     while (remaining.next(input) == Pull::task) …
//
// Errors   as Inputs; io: the record is damaged.
// Cost     about 1 µs an input that is left out; next() says `later` after ten thousand of them, so that who asks can
//          hear the world, and expects to be asked again at once (busy()).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "farm/input.hpp"
#include "farm/options.hpp"
#include "record/earlier.hpp"

namespace drover::farm {

class RemainingInputs {
 public:
  explicit RemainingInputs(Inputs inputs) : inputs_(std::move(inputs)) {}
  void leave_out(record::Earlier earlier, Resume what, bool tell_places);

  [[nodiscard]] Result<Pull> next(TaskInput& input);
  // next() said `later` although nothing has to be waited for.
  [[nodiscard]] bool busy() const { return busy_; }

  // Tasks that were left out so far, by how they ended.
  struct LeftOut {
    std::uint64_t done = 0, failed = 0;
  };
  [[nodiscard]] const LeftOut& left_out() const { return left_out_; }
  // Failed on record, all in all, less those that are repeated.
  [[nodiscard]] std::uint64_t failed_before() const { return failed_before_; }
  // The places of those left out since the last call (--keep-order wants to know).
  [[nodiscard]] std::vector<schedule::TaskNumber> take_places() { return std::exchange(places_, {}); }
  // "2 recorded tasks are not among the inputs any more: a.fits, b.fits"; empty if there are none. For the end.
  [[nodiscard]] Result<std::string> vanished();

  [[nodiscard]] std::optional<std::uint64_t> total() const;  // of what is left, as far as that is known
  [[nodiscard]] std::pair<std::uint64_t, bool> count_rest();
  [[nodiscard]] int wait_fd() const { return inputs_.wait_fd(); }

 private:
  // True: it is to run.
  [[nodiscard]] Result<bool> look_up(TaskInput& input);

  Inputs inputs_;
  std::optional<record::Earlier> earlier_;
  Resume what_ = Resume::no;
  bool tell_places_ = false;
  bool busy_ = false;
  LeftOut left_out_;
  std::uint64_t failed_before_ = 0;
  std::vector<schedule::TaskNumber> places_;
  std::string text_;  // of the input at hand, as on record
};

// The values of an input as the record has them.
void append_recorded(const TaskInput& input, std::string& text);

}  // namespace drover::farm
