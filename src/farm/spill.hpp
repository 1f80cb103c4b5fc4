// One unnamed temporary file for all captured output that is too big for memory. The kernel removes it when
// we end, however we end (open(2) O_TMPFILE).
//
// Space of what was given out is returned at once (fallocate(2) punches holes), so the file holds what waits
// and no more. One descriptor for the whole run, however many outputs wait.
// Errors   exhausted: the disk is full; the message names the folder.
// Threads  not synchronised.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "machine/unique_fd.hpp"
#include "units/result.hpp"

namespace drover::farm {

class Spill {
 public:
  struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };

  // `folder`: where the file is made, on first use.
  explicit Spill(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] Result<Extent> append(std::string_view bytes);
  // Fills `into` from `offset` of the file; fewer bytes only at an error.
  [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const;
  void release(Extent extent);

 private:
  [[nodiscard]] Result<void> open();
  std::string folder_;
  machine::UniqueFd file_;
  std::uint64_t end_ = 0;
  std::uint64_t live_ = 0;  // bytes not released
};

}  // namespace drover::farm
