#include "farm/input.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "farm/combination.hpp"
#include "farm/row_format.hpp"
#include "farm/shuffle.hpp"
#include "farm/source.hpp"
#include "farm/table.hpp"
#include "units/assert.hpp"

namespace drover::farm {
namespace {

constexpr std::uint64_t most_to_shuffle = 1'000'000'000;

SourceOption standard_input() {
  return {SourceOption::Kind::file, false, {"-"}};
}

bool is_standard_input(const SourceOption& option) {
  return option.kind == SourceOption::Kind::file && !option.words.empty() &&
         names_standard_input(option.words[0]);
}

Result<void> check(const InputOptions& options) {
  if (options.per_task == 0)
    return failure(Errc::usage, "-n 0 gives a task no inputs",
                   "write how many inputs each task gets, at least 1");
  if (!options.sources.empty() && options.sources[0].linked)
    return failure(Errc::usage, "there is no group of inputs before :::+ or ::::+ to zip with",
                   "begin with ::: or ::::");
  if (std::ranges::count_if(options.sources, is_standard_input) > 1)
    return failure(Errc::usage, "standard input is named twice as a source of inputs",
                   "name it once, or write it to a file first and name that");
  if (options.per_task > 1 && (options.sources.size() > 1 || options.csv || options.colsep.has_value()))
    return failure(Errc::usage, "several inputs a task (-n) need one source without columns",
                   "leave out -n, or the further sources, --colsep and --csv");
  return {};
}

std::uint64_t divided_up(std::uint64_t inputs, std::uint32_t per_task) {
  return inputs / per_task + (inputs % per_task != 0 ? 1 : 0);
}

}  // namespace

struct Inputs::State {
  RowFormat format;
  std::uint32_t per_task = 1;
  bool shuffle = false;
  std::uint64_t seed = 0;

  std::vector<Source> sources;
  std::vector<std::string> names;
  std::optional<std::size_t> width;

  std::optional<Combination> combination;  // once every source but a streamed one is held
  Row task;                                // of per_task inputs, as far as they came
  std::uint32_t in_task = 0;
  std::uint64_t given = 0;
  bool ended = false;
  int wait_fd = -1;
  std::optional<std::uint64_t> counted;

  Table everything;                  // shuffled: all tasks in the order of input
  std::vector<std::uint64_t> order;  // shuffled: once everything is there
  bool gathered = false;

  Result<void> open(const InputOptions& options);
  Result<Pull> prepare();
  Result<void> check_zipped() const;
  void combine();
  Result<Pull> next(TaskInput& input);
  Result<Pull> next_in_order(Row& into);
  Result<Pull> gather();
  std::optional<std::uint64_t> total() const;
  std::pair<std::uint64_t, bool> count_rest();

  // The slowest source, if it need not be held.
  [[nodiscard]] RowStream* streamed() const {
    const bool zipped = sources.size() > 1 && sources[1].linked;
    return zipped ? nullptr : sources[0].stream.get();
  }
};

Result<void> Inputs::State::open(const InputOptions& options) {
  DROVER_CHECK(check(options));
  DROVER_TRY(format, RowFormat::from(options));
  per_task = options.per_task;
  shuffle = options.shuffle;
  seed = options.seed;
  const std::vector<SourceOption> none_given = {standard_input()};
  for (const SourceOption& option : options.sources.empty() ? none_given : options.sources) {
    DROVER_TRY(Source source, open_source(option, format));
    sources.push_back(std::move(source));
  }
  width = 0;
  for (Source& source : sources) {
    DROVER_CHECK(source.read_names(format));
    width = width && source.width ? std::optional(*width + *source.width) : std::nullopt;
  }
  DROVER_TRY(names, column_names(sources));
  if (per_task > 1) width = per_task;
  // Unequal files are refused here already; only what comes through a pipe is left for next().
  DROVER_CHECK(prepare());
  return {};
}

// Holds what has to be held, as far as that goes without waiting; `task`: all is ready.
Result<Pull> Inputs::State::prepare() {
  if (combination) return Pull::task;
  for (Source& source : sources) {
    if (source.stream == nullptr || source.stream.get() == streamed()) continue;
    wait_fd = source.stream->file().fd;
    DROVER_TRY(const Pull pulled, source.load());
    if (pulled == Pull::later) return pulled;
    wait_fd = -1;
  }
  DROVER_CHECK(check_zipped());
  combine();
  return Pull::task;
}

Result<void> Inputs::State::check_zipped() const {
  for (std::size_t i = 1; i < sources.size(); ++i) {
    const Source& one = sources[i - 1];
    const Source& other = sources[i];
    if (!other.linked || one.rows->size() == other.rows->size()) continue;
    return failure(Errc::usage,
                   fmt::format("the zipped inputs differ in length: '{}' has {}, '{}' has {}", one.label,
                               one.rows->size(), other.label, other.rows->size()),
                   "give both as many values, or write ::: or :::: for every combination");
  }
  return {};
}

void Inputs::State::combine() {
  std::vector<Group> groups;
  for (const Source& source : sources) {
    if (source.rows == nullptr) continue;  // the streamed one
    if (source.linked)
      groups.back().push_back(source.rows.get());
    else
      groups.push_back({source.rows.get()});
  }
  combination.emplace(streamed(), std::move(groups));
}

Result<Pull> Inputs::State::next(TaskInput& input) {
  input.clear();
  wait_fd = -1;
  if (ended) return Pull::end;
  DROVER_TRY(Pull pulled, prepare());
  if (pulled == Pull::task) {
    DROVER_TRY(pulled, shuffle ? gather() : next_in_order(input));
    if (pulled == Pull::later) wait_fd = streamed()->file().fd;
  }
  if (shuffle && pulled == Pull::task) {
    if (given == order.size()) {
      pulled = Pull::end;
    } else {
      everything.append(order[given], input);
      input.number = order[given++] + 1;
    }
  } else if (pulled == Pull::task) {
    input.number = ++given;
  }
  input.place = input.number;
  input.on_record = false;
  ended = pulled == Pull::end;
  return pulled;
}

// One task's inputs; what came before a `later` is kept for the next call.
Result<Pull> Inputs::State::next_in_order(Row& into) {
  if (per_task == 1) return combination->next(into);
  while (in_task < per_task) {
    DROVER_TRY(const Pull pulled, combination->next(task));
    if (pulled == Pull::later) return pulled;
    if (pulled == Pull::end) break;
    ++in_task;
  }
  if (in_task == 0) return Pull::end;
  into.append(task);
  task.clear();
  in_task = 0;
  return Pull::task;
}

// Reads everything there is, for the shuffle; `task`: all is there.
Result<Pull> Inputs::State::gather() {
  if (gathered) return Pull::task;
  const bool streams = streamed() != nullptr;
  if (const auto all = streams ? std::optional<std::uint64_t>(0) : combination->total();
      !all || *all > most_to_shuffle)
    return failure(Errc::exhausted,
                   "--shuf keeps every input in memory, and these are more than 1 000 000 000",
                   "leave out --shuf, or run parts of them");
  Row row;
  while (true) {
    row.clear();
    DROVER_TRY(const Pull pulled, next_in_order(row));
    if (pulled == Pull::later) return pulled;
    if (pulled == Pull::end) break;
    everything.add(row);
  }
  order = shuffled_order(everything.size(), seed);
  gathered = true;
  return Pull::task;
}

std::optional<std::uint64_t> Inputs::State::total() const {
  if (gathered) return order.size();
  if (std::ranges::any_of(sources, &Source::empty)) return 0;
  if (!combination) return std::nullopt;
  const auto inputs = combination->total();
  if (!inputs) return std::nullopt;
  return divided_up(*inputs, per_task);
}

std::pair<std::uint64_t, bool> Inputs::State::count_rest() {
  if (std::exchange(ended, true)) return {0, false};
  const auto prepared = prepare();
  if (!prepared || *prepared == Pull::later) return {0, true};
  if (shuffle) {
    const auto all = gather();
    if (!all || *all == Pull::later) return {everything.size() + (in_task > 0 ? 1 : 0), true};
    return {order.size() - given, false};
  }
  const auto [inputs, more] = combination->count_rest();
  return {divided_up(inputs + in_task, per_task), more};
}

Inputs::Inputs(std::unique_ptr<State> state) : state_(std::move(state)) {}
Inputs::~Inputs() = default;
Inputs::Inputs(Inputs&&) noexcept = default;
Inputs& Inputs::operator=(Inputs&&) noexcept = default;

Result<Inputs> Inputs::open(const InputOptions& options) {
  auto state = std::make_unique<State>();
  DROVER_CHECK(state->open(options));
  return Inputs(std::move(state));
}

Result<Pull> Inputs::next(TaskInput& input) {
  return state_->next(input);
}
const std::vector<std::string>& Inputs::names() const {
  return state_->names;
}
std::optional<std::size_t> Inputs::width() const {
  return state_->width;
}
int Inputs::wait_fd() const {
  return state_->wait_fd;
}
std::pair<std::uint64_t, bool> Inputs::count_rest() {
  return state_->count_rest();
}

std::optional<std::uint64_t> Inputs::total() const {
  // The file may have grown since; a total that changes would mislead more than one that is late.
  if (!state_->counted) state_->counted = state_->total();
  return state_->counted;
}

bool reads_terminal(const InputOptions& options) {
  const bool reads = options.sources.empty() || std::ranges::any_of(options.sources, is_standard_input);
  return reads && ::isatty(STDIN_FILENO) == 1;
}

}  // namespace drover::farm
