#include "progress/display.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "progress/bar.hpp"
#include "progress/printable.hpp"
#include "units/assert.hpp"

namespace drover::progress {

namespace {

using schedule::Time;
using namespace std::chrono_literals;

constexpr Time between_draws = 100ms;
constexpr Time first_draw = 200ms;  // a run that is over by then needs no bar
constexpr std::size_t widest_bar = 500;
constexpr std::string_view erase = "\r\033[K";  // to the start of the line; EL, "erase in line"

}  // namespace

Mode resolve(Mode mode, int fd, const Lookup& environment) {
  if (mode != Mode::automatic) return mode;
  const std::string kind = environment("TERM").value_or("");
  return ::isatty(fd) != 0 && !kind.empty() && kind != "dumb" ? Mode::bar : Mode::plain;
}

Display::Display(Mode mode, int fd, const Options& options) : mode_(mode), terminal_(fd), options_(options) {
  DROVER_ASSERT(mode != Mode::automatic);
  next_ = mode == Mode::bar ? first_draw : mode == Mode::plain ? options.every : schedule::never;
}

Time Display::next_update() const {
  return paused_ ? schedule::never : next_;
}

void Display::update(const Snapshot& snapshot, Time now) {
  if (mode_ == Mode::none) return;
  rate_.sample(snapshot.done(), snapshot.counts.running, snapshot.elapsed);
  if (now < next_update()) return;
  if (mode_ == Mode::bar) {
    draw(snapshot);
    next_ = now + between_draws;
  } else {
    terminal_.offer("drover: " + plain_line(snapshot, rate_) + "\n");
    next_ = now + options_.every;
  }
}

void Display::draw(const Snapshot& snapshot) {
  if (options_.in_background && options_.in_background()) return;
  // The last column stays free: a character there makes some terminals wrap.
  const std::size_t width = std::clamp<std::size_t>(terminal_.width() - 1, 1, widest_bar);
  std::string line = bar_line(snapshot, rate_, width, options_.encoding);
  if (visible_ && line == shown_) return;
  // Text first and then the rest of the line erased: the other order flickers.
  if (!terminal_.offer((line_open_ ? "\n" : "\r") + line + "\033[K")) return;
  line_open_ = false;
  shown_ = std::move(line);
  visible_ = true;
}

void Display::clear() {
  // Where it cannot be erased now it counts as visible still, and the next message erases it.
  if (visible_ && terminal_.offer(erase)) visible_ = false;
}

// Writes whole lines above the bar, in one write(2): what tasks write meanwhile cannot get in between.
void Display::print(std::string text) {
  if (visible_) {
    text.insert(0, erase);
    text += shown_;
  } else if (std::exchange(line_open_, false)) {
    text.insert(0, "\n");
  }
  terminal_.write(text);
}

void Display::message(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(' ')) lines += "drover: ";
    // Names keep their own characters whatever the locale: a log is read elsewhere.
    lines += printable(line, Encoding::utf8) + "\n";
  }
  print(std::move(lines));
}

void Display::verbatim(std::string_view line) {
  print(std::string(line) + "\n");
}

void Display::pause() {
  clear();
  paused_ = true;
}

void Display::resume() {
  paused_ = false;
}

void Display::finish() {
  clear();
  next_ = schedule::never;
}

}  // namespace drover::progress
