#include "schedule/pretend_machine.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "schedule/deadline.hpp"
#include "schedule/draw.hpp"

namespace drover::schedule {
namespace {

constexpr Time reaction = std::chrono::milliseconds(20);  // longest, of a task that is asked to end
constexpr std::uint64_t stream_signals = 201;
constexpr std::uint64_t stream_lent = 202;

enum Chance : std::uint64_t {
  fate,
  part_way,
  slowness,
  deafness,
  manners,
  refusal,
  burst_length,
  answer_time
};

bool ends_attempt(Event::Kind kind) {
  return kind == Event::Kind::ended || kind == Event::Kind::lost;
}

bool of_a_slot(Event::Kind kind) {
  return ends_attempt(kind) || kind == Event::Kind::could_not_start;
}

}  // namespace

Time run_time(const RunTimes& times, std::uint64_t seed, TaskNumber task, std::uint32_t attempt) {
  const double u = unit(draw(seed, task, attempt));
  Time time = times.typical;
  switch (times.shape) {
    case RunTimes::Shape::fixed:
      break;
    case RunTimes::Shape::uniform:
      time = scaled(times.typical, 1 + times.spread * (2 * u - 1));
      break;
    case RunTimes::Shape::exponential:
      time = scaled(times.typical, -std::log1p(-u));
      break;
    case RunTimes::Shape::log_normal: {
      // Box and Muller 1958.
      const double angle = 2 * std::numbers::pi * unit(draw(~seed, task, attempt));
      time = scaled(times.typical, std::exp(times.spread * std::sqrt(-2 * std::log1p(-u)) * std::cos(angle)));
      break;
    }
  }
  const Time::rep grain = std::max<Time::rep>(times.grain.count(), 1);
  const Time::rep whole = std::max<Time::rep>(time.count(), 0) / grain;
  return Time(whole * grain == time.count() ? time.count() : (whole + 1) * grain);
}

PretendMachine::PretendMachine(const SimulationRules& rules) : rules_(rules), memory_(rules) {
  plan_signals();
}

void PretendMachine::plan_signals() {
  const Faults& faults = rules_.faults;
  const auto at_once = static_cast<double>(
      std::max<std::uint64_t>(1, std::min<std::uint64_t>(rules_.rules.slots, rules_.tasks)));
  const Time expected = scaled(rules_.run_times.typical, 1.2 * static_cast<double>(rules_.tasks) / at_once);
  std::uint64_t drawn = 0;
  const auto next_draw = [&] { return unit(draw(rules_.seed, stream_signals, drawn++)); };
  const auto moment = [&] { return scaled(expected, next_draw()); };
  if (next_draw() < faults.drain) plan(moment(), {.kind = Event::Kind::drain});
  if (next_draw() < faults.stop) plan(moment(), {.kind = Event::Kind::stop});
  if (next_draw() < faults.kill) plan(moment(), {.kind = Event::Kind::kill});
  const auto up_to_twice = [&](double mean) { return static_cast<std::uint64_t>(2 * mean * next_draw()); };
  for (std::uint64_t n = up_to_twice(faults.slot_changes); n > 0; --n)
    plan(moment(), {.kind = next_draw() < 0.5 ? Event::Kind::more_slots : Event::Kind::fewer_slots});
  // Pauses may overlap; the last release ends them all, so a hold is never left over.
  for (std::uint64_t n = up_to_twice(faults.holds); n > 0; --n) {
    const Time begin = moment();
    plan(begin, {.kind = Event::Kind::hold});
    plan(after(begin, scaled(rules_.run_times.typical, 3 * next_draw())), {.kind = Event::Kind::release});
  }
  if (rules_.rules.cores_are_lent) plan_lent_cores(expected);
}

void PretendMachine::plan_lent_cores(Time run) {
  std::uint64_t drawn = 0;
  const auto next_draw = [&] { return unit(draw(rules_.seed, stream_lent, drawn++)); };
  const double most = static_cast<double>(rules_.rules.slots) * rules_.rules.cores_per_task;
  for (auto n = static_cast<std::uint64_t>(2 * rules_.faults.lent_changes * next_draw()); n > 0; --n)
    plan(scaled(run, next_draw()),
         {.kind = Event::Kind::cores_lent, .cores = static_cast<std::uint32_t>(most * next_draw())});
}

void PretendMachine::carry_out(std::span<const Decision> decisions, Time now) {
  for (const Decision& decision : decisions) {
    if (decision.kind == Decision::Kind::start) start(decision, now);
    if (decision.kind == Decision::Kind::terminate && !places_[decision.slot].ignores_terminate)
      end_early(decision.slot, after(now, scaled(reaction, chance(answer_time))),
                places_[decision.slot].ends_well);
    if (decision.kind == Decision::Kind::kill) end_early(decision.slot, now, false);
  }
  kill_for_memory(now);
}

void PretendMachine::start(const Decision& decision, Time now) {
  ++starts_;
  if (decision.slot >= places_.size()) places_.resize(decision.slot + std::size_t{1});
  const Faults& faults = rules_.faults;
  Place& place = places_[decision.slot];
  place = {.started = now,
           .run = place.run,
           .ignores_terminate = chance(deafness) < faults.ignores_terminate,
           .ends_well = chance(manners) < faults.ends_well_when_asked};
  if (now >= burst_until_ && chance(refusal) < faults.could_not_start)
    burst_until_ = after(now, scaled(faults.burst, chance(burst_length)));
  if (now < burst_until_) return plan_end(decision.slot, now, Event::Kind::could_not_start, false);

  const double luck = chance(fate);
  Time takes = run_time(rules_.run_times, rules_.seed, decision.task, decision.attempt);
  if (chance(slowness) < faults.slow) takes = scaled(takes, 10);
  const Time part = scaled(takes, chance(part_way));
  memory_.start(decision, now, takes);
  double up_to = faults.hangs;
  if (luck < up_to) return;
  up_to += faults.lost;
  if (luck < up_to) return plan_end(decision.slot, after(now, part), Event::Kind::lost, false);
  up_to += faults.out_of_memory;
  if (luck < up_to) return plan_end(decision.slot, after(now, part), Event::Kind::ended, false, true);
  plan_end(decision.slot, after(now, takes), Event::Kind::ended, luck >= up_to + faults.fails);
}

void PretendMachine::plan_end(Slot slot, Time at, Event::Kind kind, bool success, bool out_of_memory) {
  places_[slot].ends = at;
  plan(at, {.kind = kind,
            .slot = slot,
            .success = success,
            .ran = at - places_[slot].started,
            .out_of_memory = out_of_memory});
}

// What was going to end it sooner still does.
void PretendMachine::end_early(Slot slot, Time at, bool success, bool out_of_memory) {
  if (places_[slot].ends <= at) return;
  ++places_[slot].run;
  plan_end(slot, at, Event::Kind::ended, success, out_of_memory);
}

void PretendMachine::kill_for_memory(Time now) {
  while (const auto slot = memory_.take_victim(now)) {
    if (places_[*slot].ends > now) ++out_of_memory_;
    end_early(*slot, now, false, true);
  }
}

void PretendMachine::input_paused(Time now) {
  const double wait = unit(draw(rules_.seed, planned_, starts_));
  plan(after(now, scaled(rules_.run_times.typical, wait)), {.kind = Event::Kind::input_ready});
}

void PretendMachine::person_stops(Time now) {
  plan(now, {.kind = Event::Kind::stop});
}

void PretendMachine::plan(Time at, Event event) {
  const std::uint32_t run = of_a_slot(event.kind) ? places_[event.slot].run : 0;
  ahead_.push_back({at, planned_++, event, run});
  std::push_heap(ahead_.begin(), ahead_.end(), later);
}

Time PretendMachine::next() const {
  return std::min(ahead_.empty() ? never : ahead_.front().at, memory_.next());
}

void PretendMachine::take(Time now, std::vector<Event>& events) {
  while (!ahead_.empty() && ahead_.front().at <= now) {
    std::pop_heap(ahead_.begin(), ahead_.end(), later);
    Happening happening = ahead_.back();
    ahead_.pop_back();
    if (stale(happening)) continue;
    if (ends_attempt(happening.event.kind)) {
      const Bytes peak = memory_.end(happening.event.slot, happening.at);
      if (happening.event.kind == Event::Kind::ended) happening.event.memory = peak;
    }
    events.push_back(happening.event);
    if (!of_a_slot(happening.event.kind)) continue;
    ++places_[happening.event.slot].run;
    if (!ends_attempt(happening.event.kind)) continue;
    busy_ += happening.event.ran;
    last_end_ = happening.at;
  }
  if (memory_.next() > now) return;
  memory_.look(now, events);
  kill_for_memory(now);
}

bool PretendMachine::stale(const Happening& happening) const {
  return of_a_slot(happening.event.kind) && places_[happening.event.slot].run != happening.run;
}

double PretendMachine::chance(std::uint64_t what) const {
  return unit(draw(rules_.seed, ~starts_, what));
}

bool PretendMachine::later(const Happening& a, const Happening& b) {
  return std::tie(a.at, a.order) > std::tie(b.at, b.order);
}

}  // namespace drover::schedule
