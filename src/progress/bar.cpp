#include "progress/bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "units/quantity.hpp"

namespace drover::progress {

namespace {

using schedule::Waiting;

constexpr std::size_t gap = 2;  // blanks between two parts
constexpr std::size_t shortest_bar = 10;
constexpr std::size_t longest_bar = 40;

// The parts of a line, in the order in which they are shown; empty ones have nothing to say.
struct Parts {
  std::string counts, bar, per_cent, running, failed, rate, left, cores, memory, waiting;
};

std::uint64_t total_of(const Snapshot& snapshot) {
  return std::max(snapshot.total.value_or(0), snapshot.done());
}

std::uint64_t per_cent_of(const Snapshot& snapshot) {
  const std::uint64_t total = total_of(snapshot);
  if (total == 0 || snapshot.done() == total) return 100;
  // 99 until the last one: 100 % with tasks still running would be a lie.
  const double share = static_cast<double>(snapshot.done()) / static_cast<double>(total);
  return std::min<std::uint64_t>(99, static_cast<std::uint64_t>(100.0 * share));
}

std::string rate_text(double per_second) {
  struct Unit {
    double seconds;
    const char* name;
  };
  for (const Unit unit : {Unit{1, "s"}, Unit{60, "min"}, Unit{3600, "h"}}) {
    const double number = per_second * unit.seconds;
    if (number < 1 && unit.seconds < 3600) continue;
    if (number >= 1000) return fmt::format("{}/{}", grouped(static_cast<std::uint64_t>(number)), unit.name);
    return fmt::format("{:.{}f}/{}", number, number < 9.95 ? 1 : 0, unit.name);
  }
  return {};
}

// Whole seconds, since tenths would only flicker; at least one, since something is still to be done.
std::string left_text(schedule::Time left) {
  const auto whole = std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(left));
  return describe(std::chrono::nanoseconds(whole)) + " left";
}

Parts parts_of(const Snapshot& snapshot, const Rate& rate) {
  Parts parts;
  const schedule::Counts& counts = snapshot.counts;
  if (snapshot.total) parts.per_cent = fmt::format("{} %", per_cent_of(snapshot));
  if (counts.running > 0) parts.running = fmt::format("{} running", grouped(counts.running));
  if (counts.failed > 0) parts.failed = fmt::format("{} failed", grouped(counts.failed));
  if (const auto speed = rate.per_second(counts.running, snapshot.elapsed)) parts.rate = rate_text(*speed);
  if (snapshot.total) {
    const std::uint64_t remaining = total_of(snapshot) - snapshot.done();
    const auto left = rate.left(remaining, counts.running, snapshot.elapsed);
    if (left && remaining > 0) parts.left = left_text(*left);
  }
  parts.waiting = waiting_text(snapshot.waiting);
  return parts;
}

std::string drawn_bar(const Snapshot& snapshot, std::size_t width, Encoding encoding) {
  const std::size_t cells = encoding == Encoding::utf8 ? width : width - 2;
  const double share = total_of(snapshot) == 0
                           ? 1.0
                           : static_cast<double>(snapshot.done()) / static_cast<double>(total_of(snapshot));
  const std::size_t full = std::min(cells, static_cast<std::size_t>(share * static_cast<double>(cells)));
  const bool utf8 = encoding == Encoding::utf8;
  std::string bar = utf8 ? "" : "[";
  for (std::size_t i = 0; i < cells; ++i) bar += i < full ? (utf8 ? "█" : "#") : (utf8 ? "░" : ".");
  return utf8 ? bar : bar + "]";
}

// Chooses what is shown: the parts in order of importance, each if it still fits.
class Fitting {
 public:
  explicit Fitting(std::size_t width) : width_(width) {}

  // Keeps `part` or empties it.
  void fit(std::string& part) {
    if (part.empty()) return;
    if (const std::size_t need = cost(columns(part)); need <= free())
      used_ += need;
    else
      part.clear();
  }
  [[nodiscard]] std::size_t cost(std::size_t size) const { return size + (used_ == 0 ? 0 : gap); }
  [[nodiscard]] std::size_t free() const { return width_ - used_; }
  void take(std::size_t size) { used_ += size; }

 private:
  std::size_t width_;
  std::size_t used_ = 0;
};

template <std::size_t N>
std::string join(const std::array<const std::string*, N>& parts, std::string_view separator) {
  std::string line;
  for (const std::string* part : parts) {
    if (part->empty()) continue;
    if (!line.empty()) line += separator;
    line += *part;
  }
  return line;
}

std::string counts_text(const Snapshot& snapshot, std::size_t width) {
  const std::string done = grouped(snapshot.done());
  std::string text =
      snapshot.total ? fmt::format("{}/{}", done, grouped(total_of(snapshot))) : done + " done";
  if (columns(text) > width) text = done;
  if (columns(text) > width)
    text = std::string(width, '*');  // as Fortran does: no number rather than a wrong one
  return text;
}

}  // namespace

std::string waiting_text(Waiting waiting) {
  switch (waiting) {
    case Waiting::nothing:
    case Waiting::slots:
      return {};
    case Waiting::cores:
      return "waiting: cores";
    case Waiting::memory:
      return "waiting: memory";
    case Waiting::input:
      return "waiting: input";
    case Waiting::delay:
      return "waiting: delay";
    case Waiting::retry:
      return "waiting: next attempt";
    case Waiting::order:
      return "waiting: an older task";
    case Waiting::held:
      return "waiting: output is not read";
    case Waiting::exhausted:
      return "waiting: no process or descriptor left";
    case Waiting::halted:
      return "starting nothing more";
    case Waiting::lent:
      return "waiting: cores of the job server";
  }
  return {};
}

std::string bar_line(const Snapshot& snapshot, const Rate& rate, std::size_t width, Encoding encoding) {
  Parts parts = parts_of(snapshot, rate);
  parts.counts = counts_text(snapshot, width);
  if (snapshot.cores_budget > 0)
    parts.cores = fmt::format("{}/{} cores", snapshot.cores_used, snapshot.cores_budget);
  if (snapshot.memory_budget.count > 0)
    parts.memory = fmt::format("{} of {}", describe(snapshot.memory_used), describe(snapshot.memory_budget));

  Fitting fitting(width);
  for (std::string* part : {&parts.counts, &parts.failed, &parts.left, &parts.per_cent, &parts.waiting})
    fitting.fit(*part);
  const bool bar = snapshot.total && fitting.cost(shortest_bar) <= fitting.free();
  if (bar) fitting.take(fitting.cost(shortest_bar));
  for (std::string* part : {&parts.rate, &parts.running, &parts.cores, &parts.memory}) fitting.fit(*part);
  if (bar) {
    const std::size_t size = std::min(longest_bar, shortest_bar + fitting.free());
    parts.bar = drawn_bar(snapshot, size, encoding);
  }
  return join(std::array<const std::string*, 10>{&parts.counts, &parts.bar, &parts.per_cent, &parts.running,
                                                 &parts.failed, &parts.rate, &parts.left, &parts.cores,
                                                 &parts.memory, &parts.waiting},
              "  ");
}

std::string plain_line(const Snapshot& snapshot, const Rate& rate) {
  Parts parts = parts_of(snapshot, rate);
  const std::string done = grouped(snapshot.done());
  parts.counts = snapshot.total
                     ? fmt::format("{} of {} done ({})", done, grouped(total_of(snapshot)), parts.per_cent)
                     : done + " done";
  if (snapshot.cores_budget > 0)
    parts.cores = fmt::format("{} of {} cores", snapshot.cores_used, snapshot.cores_budget);
  if (snapshot.memory_budget.count > 0)
    parts.memory =
        fmt::format("{} of {} reserved", describe(snapshot.memory_used), describe(snapshot.memory_budget));
  return join(std::array<const std::string*, 8>{&parts.counts, &parts.running, &parts.failed, &parts.rate,
                                                &parts.left, &parts.cores, &parts.memory, &parts.waiting},
              ", ");
}

}  // namespace drover::progress
