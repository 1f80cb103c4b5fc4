// The captured output of one stream of one task: in memory while it is small, in the spill file beyond.
//
//     capture.append(bytes);  …  while (!capture.empty()) capture.take(block, 65536);
//
// All captures of a run share a CaptureBudget: one alone may hold 1 MiB, all together 16 MiB; whoever appends
// beyond that goes to the spill file, so memory stays flat however many tasks write however much.
// Threads  not synchronised.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "farm/spill.hpp"
#include "units/result.hpp"

namespace drover::farm {

struct CaptureBudget {
  static constexpr std::uint64_t one_most = 1ULL << 20U;
  static constexpr std::uint64_t all_most = 16ULL << 20U;
  Spill spill;
  std::uint64_t in_memory = 0;  // of all captures

  explicit CaptureBudget(std::string folder) : spill(std::move(folder)) {}
};

class Capture {
 public:
  explicit Capture(CaptureBudget& budget) : budget_(&budget) {}
  ~Capture() { clear(); }
  Capture(Capture&& other) noexcept;
  Capture& operator=(Capture&& other) noexcept;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // Errors: those of Spill::append.
  [[nodiscard]] Result<void> append(std::string_view bytes);

  // Puts it all into the spill file if the run's captures together hold too much: for one that has to wait.
  [[nodiscard]] Result<void> settle_down();

  // Takes the next bytes out, from the beginning, at most `most`; `block` is replaced. Empty at the end.
  [[nodiscard]] Result<void> take(std::string& block, std::size_t most);

  // Reads at most `most` bytes from `offset` on without taking them (a crash report). Empty at the end.
  [[nodiscard]] Result<void> peek(std::uint64_t offset, std::string& block, std::size_t most) const;

  [[nodiscard]] std::uint64_t size() const { return size_; }  // bytes not taken yet
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear();

 private:
  [[nodiscard]] Result<void> flush();
  CaptureBudget* budget_;
  std::vector<Spill::Extent> spilled_;  // older than `memory_`
  std::string memory_;
  std::uint64_t size_ = 0;
};

}  // namespace drover::farm
