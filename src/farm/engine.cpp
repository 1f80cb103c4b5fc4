#include "farm/engine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

#include "progress/summary.hpp"
#include "units/assert.hpp"
#include "units/quantity.hpp"

namespace drover::farm {
namespace {

schedule::Rules rules_of(const RunOptions& options, const Plan& plan, Bytes memory_budget, Bytes known_peak,
                         bool lent) {
  // With --keep-order so many outputs may wait for an older task; each costs some 200 bytes.
  constexpr std::uint64_t run_ahead = 100'000;
  schedule::Rules rules;
  rules.slots = plan.slots;
  rules.cores_per_task = plan.threads;
  rules.memory = options.memory || options.learn_memory ? memory_budget : Bytes{};
  rules.learn_memory = options.learn_memory;
  rules.known_peak = known_peak;
  rules.memory_free_floor = options.memory_free.value_or(Bytes{});
  rules.cores_are_lent = lent;
  rules.memory_per_task = options.memory.value_or(Bytes{});
  rules.retries = options.retries;
  rules.retry_delay = options.retry_delay;
  rules.seed = options.seed;
  rules.timeout = options.timeout;
  rules.timeout_per_cent = options.timeout_per_cent;
  rules.grace = options.grace;
  rules.delay = options.delay;
  rules.halt = options.halt;
  rules.run_ahead = options.keep_order && !options.inputs.shuffle ? run_ahead : 0;
  return rules;
}

}  // namespace

schedule::Source::Answer PulledInputs::next(schedule::TaskNumber& number) {
  if (error) return Answer::end;
  if (count_ == pulled_.size()) pulled_.emplace_back();
  TaskInput& pulled = pulled_[count_];
  Result<Pull> pull = inputs_.next(pulled);
  if (!pull) {
    error = std::move(pull).error();
    return Answer::end;
  }
  switch (*pull) {
    case Pull::later:
      return Answer::later;
    case Pull::end:
      return Answer::end;
    case Pull::task:
      break;
  }
  number = pulled.number;
  ++count_;
  return Answer::task;
}

void PulledInputs::take(schedule::TaskNumber number, TaskInput& input) {
  DROVER_ASSERT(first_ < count_ && pulled_[first_].number == number, first_, count_, number);
  std::swap(input, pulled_[first_++]);
  if (first_ == count_) first_ = count_ = 0;
}

Engine::Engine(Parts parts)
    : options_(parts.options),
      me_(parts.me),
      plan_(std::move(parts.plan)),
      memory_budget_(parts.memory_budget),
      usable_cores_(parts.usable_cores),
      source_(std::move(parts.inputs)),
      lender_(std::move(parts.lender)),
      starter_(std::move(parts.starter)),
      reporter_(std::move(parts.reporter)),
      tag_(std::move(parts.tag)),
      poller_(std::move(parts.poller)),
      display_(parts.display),
      before_(parts.before),
      capture_budget_(temporary_folder()),
      collator_(options_, capture_budget_, [this] { display_.clear(); }),
      environment_(::environ, plan_.threads, options_.scratch),
      scheduler_(rules_of(options_, plan_, memory_budget_, parts.known_peak, lender_.has_value()), source_),
      next_sample_(options_.learn_memory ? std::chrono::milliseconds(50) : std::chrono::seconds(1)) {
  poller_.add(me_.signals.get(), tag(Tag::signals));
  poller_.add(me_.guardian_gone.get(), tag(Tag::guardian));
}

RunningTask& Engine::slot(schedule::Slot slot) {
  if (slot >= slots_.size()) slots_.resize(slot + 1);
  if (!slots_[slot]) slots_[slot] = std::make_unique<RunningTask>(capture_budget_, environment_);
  return *slots_[slot];
}

int Engine::run() {
  announce_resumption();
  schedule_and_apply();
  memory_deaths_.emplace();  // after the first starts: none of them can have died of it yet
  while (!finished()) turn();
  end_leftovers_of_the_run();
  put_on_record();
  name_the_vanished();
  const int status = say_goodbye();
  if (Result<void> closed = reporter_.end(status); !closed) {
    display_.message(closed.error().what());
    return 255;
  }
  return status;
}

bool Engine::finished() const {
  const bool tasks_done = scheduler_.done() && aftermaths_ == 0;
  return tasks_done && (collator_.idle() || give_up_output_);
}

void Engine::turn() {
  watch_outlets();
  watch_input();
  watch_lender();
  if (collator_.idle()) display_.update(snapshot(), clock_.now());  // never into the middle of an output
  const schedule::Time wake = wake_at();
  schedule::Time limit{-1};
  if (wake != schedule::never) limit = std::max(schedule::Time{0}, wake - clock_.now());
  if (!events_.empty()) limit = schedule::Time{0};
  ready_.clear();
  poller_.wait(limit, ready_);
  for (const std::uint64_t what : ready_) {
    const auto slot_number = static_cast<schedule::Slot>(what >> 8U);
    switch (static_cast<Tag>(what & 0xffU)) {
      case Tag::ended:
        leader_ended(slot_number);
        break;
      case Tag::output:
        read_stream(slot(slot_number), 0, 4), settle(slot_number);
        break;
      case Tag::errors:
        read_stream(slot(slot_number), 1, 4), settle(slot_number);
        break;
      case Tag::signals:
        read_signals();
        break;
      case Tag::guardian:
        guardian_is_gone();
        break;
      case Tag::input:
        input_is_ready();
        break;
      case Tag::standard_output:
      case Tag::standard_error:
      case Tag::lender:
        break;  // schedule_and_apply() looks after it
    }
  }
  if (aftermaths_ > 0) look_after_leftovers();
  if (clock_.now() >= next_sample_) sample();
  schedule_and_apply();
}

schedule::Time Engine::wake_at() const {
  if (clock_.paused()) return schedule::never;
  schedule::Time wake = scheduler_.next_deadline();
  if (collator_.idle()) wake = std::min(wake, display_.next_update());
  if (aftermaths_ > 0) wake = std::min(wake, clock_.now() + leftovers_every);
  if (reporter_.records()) wake = std::min({wake, next_status_, starts_due_});
  return std::min(wake, next_look_at_resources());
}

void Engine::schedule_and_apply() {
  // A task that cannot be started ends at once and makes room for the next; now and then the world has to be heard.
  constexpr int most_rounds = 16;
  for (int round = 0; round == 0 || (!events_.empty() && round < most_rounds); ++round) {
    hold_if_needed();
    look_at_free_memory();
    decisions_.clear();
    handled_.clear();
    std::swap(events_, handled_);
    scheduler_.handle(handled_, clock_.now(), decisions_);
    pass_over_left_out();
    for (const schedule::Decision& decision : decisions_) apply(decision);
    settle_loans();
    if (source_.error && !input_broke_) {
      display_.message(source_.error->what());
      input_broke_ = true;
      note(schedule::Event::Kind::drain);
    }
    if (scheduler_.done()) {
      if (Result<void> given = collator_.no_more(); !given) fail(given.error());
    }
    if (Result<void> pumped = collator_.pump(); !pumped) fail(pumped.error());
    if (const std::optional<bool> open = collator_.take_line_state()) display_.line_left_open(*open);
    if (collator_.outlet(0).gone() && !output_gone_ && !fatal_) {
      output_gone_ = true;
      output_is_gone();
    }
  }
  if (options_.learn_memory) tell_what_was_learnt();
  put_on_record();
}

void Engine::apply(const schedule::Decision& decision) {
  using Kind = schedule::Decision::Kind;
  switch (decision.kind) {
    case Kind::start:
      put_ends_on_record();
      return start(decision);
    case Kind::terminate:
    case Kind::kill:
      return end_task(decision);
    case Kind::retry:
      report(slot(decision.slot), decision.slot, schedule::Verdict::failed, false);
      return keep(decision.slot);
    case Kind::again:
      report(slot(decision.slot), decision.slot, schedule::Verdict::not_run, false);
      return keep(decision.slot);
    case Kind::finished:
      return finish(decision);
  }
}

void Engine::fail(const Error& error) {
  if (fatal_) return;
  fatal_ = true;
  display_.message(error.what());
  note(schedule::Event::Kind::stop);
}

// Nothing new is started while nobody reads what is there already, and while the run is stopped.
void Engine::hold_if_needed() {
  const bool hold = clock_.paused() || collator_.congested();
  if (hold == held_) return;
  held_ = hold;
  note(hold ? schedule::Event::Kind::hold : schedule::Event::Kind::release);
}

void Engine::watch_outlets() {
  for (std::size_t i = 0; i < outlet_watched_.size(); ++i) {
    Outlet& outlet = collator_.outlet(i);
    const bool wanted = !outlet.idle() && (i == 0 || &outlet != &collator_.outlet(0));
    if (wanted == outlet_watched_[i]) continue;
    if (wanted) {
      const Tag kind = i == 0 ? Tag::standard_output : Tag::standard_error;
      outlet_watched_[i] = poller_.add(outlet.wait_fd(), tag(kind), process::Poller::For::writing);
    } else {
      poller_.remove(outlet.wait_fd());
      outlet_watched_[i] = false;
    }
  }
}

// Not watched any more until it is asked for again: a source that is read to its end closes its descriptor.
void Engine::input_is_ready() {
  poller_.remove(watched_input_);
  watched_input_ = -1;
  note(schedule::Event::Kind::input_ready);
}

void Engine::watch_input() {
  const bool wanted = scheduler_.waiting_for() == schedule::Waiting::input;
  if (wanted && source_.inputs().busy()) return note(schedule::Event::Kind::input_ready);
  const int fd = wanted ? source_.inputs().wait_fd() : -1;
  if (fd == watched_input_) return;
  if (watched_input_ >= 0) poller_.remove(watched_input_);
  watched_input_ = -1;
  if (fd < 0) return;
  if (poller_.add(fd, tag(Tag::input))) {
    watched_input_ = fd;
  } else {
    note(schedule::Event::Kind::input_ready);  // a file never keeps anybody waiting
  }
}

progress::Snapshot Engine::snapshot() const {
  progress::Snapshot now;
  now.counts = scheduler_.counts();
  now.waiting = scheduler_.waiting_for();
  now.slots = scheduler_.slots();
  now.total = source_.total();
  now.cores_used = static_cast<std::uint32_t>(now.counts.running) * plan_.threads;
  now.cores_budget = std::max(usable_cores_, plan_.slots * plan_.threads);
  if (options_.memory || options_.learn_memory) {
    now.memory_used = scheduler_.memory_reserved();
    now.memory_budget = memory_budget_;
  }
  now.elapsed = clock_.now();
  return now;
}

int Engine::say_goodbye() {
  display_.finish();
  const schedule::Counts& counts = scheduler_.counts();
  progress::Totals totals;
  totals.succeeded = counts.succeeded;
  totals.failed = counts.failed;
  totals.not_run = counts.not_run;
  if (!scheduler_.source_ended() || source_.error) {
    const auto [rest, more] = source_.inputs().count_rest();
    totals.not_run += rest;
    totals.not_run_is_least = more || source_.error;
  }
  totals.wall_seconds = std::chrono::duration<double>(clock_.now()).count();
  totals.cores = std::max(usable_cores_, 1U);
  totals.done_before = source_.inputs().left_out().done;
  totals.failed_before = source_.inputs().failed_before();
  const bool nothing_to_do = counts.read == 0 && totals.not_run == 0 && !source_.error;
  const bool all_well = counts.failed == 0 && totals.not_run == 0 && totals.failed_before == 0;
  if (nothing_to_do && totals.done_before + totals.failed_before == 0) {
    display_.message(no_inputs(options_));
  } else if (options_.progress != progress::Mode::none || !all_well) {
    display_.message(nothing_to_do ? progress::nothing_left(totals) : reporter_.summary().text(totals));
  }
  say_how_to_go_on(totals.not_run > 0 || source_.error.has_value());
  // Somebody may page through what we say: wait for that reader, but listen.
  constexpr schedule::Time patience = std::chrono::milliseconds(100);
  while (!display_.flush() && !give_up_output_ && !guardian_gone_) wait_and_listen(patience);
  return exit_status();
}

int Engine::exit_status() const {
  const schedule::Counts& counts = scheduler_.counts();
  if (fatal_ || input_broke_ || guardian_gone_) return 255;
  const bool cut_short = counts.not_run > 0 || !scheduler_.source_ended();
  if (first_signal_ != 0 && (signal_stops_ || cut_short || output_gone_)) return 128 + first_signal_;
  if (output_gone_) return 128 + SIGPIPE;
  const bool success_came = scheduler_.halted() && options_.halt.what == schedule::Halt::What::success;
  if (success_came) return 0;
  constexpr std::uint64_t most = 101;
  return static_cast<int>(std::min(counts.failed + source_.inputs().failed_before(), most));
}

}  // namespace drover::farm
