// What a person sees on standard error while a run goes on: a bar, or a line now and then, and messages.
//
//     Display display(resolve(Mode::automatic, 2, environment), 2, {.encoding = …});
//     if (now >= display.next_update()) display.update(snapshot, now);
//     display.message("task 7 failed: exit status 3");     // "drover: task 7 failed: exit status 3"
//
// bar      redrawn in place, at most ten times a second and first after 0.2 s, by \r and "erase to end of
//          line" and no other escape. Where other output goes to the same terminal, clear() comes first; the
//          bar is back with the next update.
// plain    a line every 30 s (`every`).
// none     messages only.
// A bar or a plain line is left out rather than waited for when nobody reads the terminal or pipe, and a bar
// while another job has the terminal. Messages may wait.
//
// Errors   none: once standard error is closed all is silence (terminal.hpp). SIGPIPE must be ignored.
// Threads  not synchronised: driven by the event loop that owns it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "progress/rate.hpp"
#include "progress/snapshot.hpp"
#include "progress/terminal.hpp"
#include "progress/utf8.hpp"

namespace drover::progress {

enum class Mode { automatic, bar, plain, none };

// `automatic` becomes `bar` on a terminal that can move its cursor (TERM is neither "dumb" nor missing), else
// `plain`.
[[nodiscard]] Mode resolve(Mode mode, int fd, const Lookup& environment);

class Display {
 public:
  struct Options {
    Encoding encoding = Encoding::ascii;
    std::function<bool()> in_background{};            // another job has the terminal: draw no bar into it
    schedule::Time every = std::chrono::seconds(30);  // of plain lines
  };
  // `fd` stays open longer than the display. Requires: `mode` is not automatic.
  Display(Mode mode, int fd, const Options& options);
  Display(Mode mode, int fd) : Display(mode, fd, Options{}) {}

  // Shows the snapshot if it is due. Cheap otherwise; the more often it is called, the better the rate.
  void update(const Snapshot& snapshot, schedule::Time now);

  // When update() should be called even if nothing happens; `never` where nothing will be shown.
  [[nodiscard]] schedule::Time next_update() const;

  // Takes the bar off the screen: something else is about to be printed.
  void clear();

  // Does what else was printed on this terminal end within a line? Then the bar and messages begin on the
  // next one; on the same line the bar would erase it.
  void line_left_open(bool open) { line_open_ = open; }

  // A line of text of drover's, or several: in one write(2), above the bar. Every line starts with
  // "drover: ", except those that start with a blank and so continue the one before. Control characters are
  // escaped.
  void message(std::string_view text);

  // The same without "drover: ", for what is not drover's own word (a command that starts, with --verbose).
  void verbatim(std::string_view line);

  // Draws nothing between the two (Ctrl-Z); messages appear.
  void pause();
  void resume();

  // Messages that nobody has read yet: tries once more; true if nothing is left.
  bool flush() { return terminal_.flush(0); }

  // Takes the bar off for good.
  void finish();

 private:
  void draw(const Snapshot& snapshot);
  void print(std::string text);

  Mode mode_;
  Terminal terminal_;
  Options options_;
  Rate rate_;
  schedule::Time next_;
  std::string shown_;  // the bar as it was drawn last
  bool visible_ = false;
  bool line_open_ = false;
  bool paused_ = false;
};

}  // namespace drover::progress
