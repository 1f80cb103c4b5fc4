#include "farm/capture.hpp"

#include <algorithm>
#include <utility>

namespace drover::farm {
namespace {

constexpr std::size_t kept_capacity = 64UL << 10U;  // a buffer that grew beyond this is given back

}  // namespace

Capture::Capture(Capture&& other) noexcept
    : budget_(other.budget_),
      spilled_(std::exchange(other.spilled_, {})),
      memory_(std::exchange(other.memory_, {})),
      size_(std::exchange(other.size_, 0)) {}

Capture& Capture::operator=(Capture&& other) noexcept {
  if (this != &other) {
    clear();
    spilled_ = std::exchange(other.spilled_, {});
    memory_ = std::exchange(other.memory_, {});
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void Capture::clear() {
  budget_->in_memory -= memory_.size();
  memory_.clear();
  if (memory_.capacity() > kept_capacity) memory_.shrink_to_fit();
  for (const Spill::Extent extent : spilled_) budget_->spill.release(extent);
  spilled_.clear();
  size_ = 0;
}

Result<void> Capture::flush() {
  Result<Spill::Extent> kept = budget_->spill.append(memory_);
  budget_->in_memory -= memory_.size();
  if (!kept) size_ -= memory_.size();  // lost, and said so: it must not go on growing in memory
  memory_.clear();
  if (!kept) return std::unexpected(std::move(kept).error());
  const Spill::Extent extent = *kept;
  // One extent while this capture alone is written: a 2 GB output is one entry and not 2,000.
  if (!spilled_.empty() && spilled_.back().offset + spilled_.back().length == extent.offset) {
    spilled_.back().length += extent.length;
  } else {
    spilled_.push_back(extent);
  }
  return {};
}

Result<void> Capture::append(std::string_view bytes) {
  memory_ += bytes;
  size_ += bytes.size();
  budget_->in_memory += bytes.size();
  const bool full = memory_.size() > CaptureBudget::one_most ||
                    (budget_->in_memory > CaptureBudget::all_most && memory_.size() >= kept_capacity);
  return full ? flush() : Result<void>{};
}

Result<void> Capture::settle_down() {
  return memory_.empty() || budget_->in_memory <= CaptureBudget::all_most ? Result<void>{} : flush();
}

Result<void> Capture::take(std::string& block, std::size_t most) {
  block.clear();
  if (!spilled_.empty()) {
    Spill::Extent& first = spilled_.front();
    const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(most, first.length));
    block.resize(n);
    DROVER_TRY([[maybe_unused]] const std::size_t read, budget_->spill.read(first.offset, block));
    budget_->spill.release({first.offset, n});
    first.offset += n;
    first.length -= n;
    if (first.length == 0) spilled_.erase(spilled_.begin());
    size_ -= n;
    return {};
  }
  if (memory_.size() <= most) {
    std::swap(block, memory_);
  } else {
    block.assign(memory_, 0, most);
    memory_.erase(0, most);
  }
  budget_->in_memory -= block.size();
  size_ -= block.size();
  return {};
}

Result<void> Capture::peek(std::uint64_t offset, std::string& block, std::size_t most) const {
  block.clear();
  for (const Spill::Extent extent : spilled_) {
    if (offset < extent.length) {
      block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, extent.length - offset)));
      DROVER_TRY([[maybe_unused]] const std::size_t read, budget_->spill.read(extent.offset + offset, block));
      return {};
    }
    offset -= extent.length;
  }
  if (offset < memory_.size()) block.assign(memory_, static_cast<std::size_t>(offset), most);
  return {};
}

}  // namespace drover::farm
