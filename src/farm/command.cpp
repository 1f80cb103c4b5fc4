#include "farm/command.hpp"

#include <algorithm>

#include "farm/fill_in.hpp"
#include "farm/quote.hpp"
#include "farm/shell_line.hpp"
#include "units/assert.hpp"

namespace drover::farm {
namespace {

using What = Placeholder::What;

// One word of the template, or the whole shell line.
struct WordTemplate {
  std::string written;
  std::vector<Piece> pieces;
  std::vector<Site> sites;  // of a shell line, one for every replacement

  [[nodiscard]] bool is_fixed() const { return !pieces.front().placeholder; }

  // {} alone: one word a value.
  [[nodiscard]] bool is_all() const {
    const Piece& first = pieces.front();
    return pieces.size() == 1 && first.literal.empty() && first.placeholder &&
           first.placeholder->what == What::all;
  }
};

}  // namespace

struct Command::State {
  Mode mode = Mode::direct;
  std::vector<WordTemplate> words;  // of a shell line: one; in mode lines: none
  bool appends = false;             // no replacement string: the values come last
  bool uses_values = false;
  bool uses_slot = false;
  bool may_lack = false;   // -n N: the last task may have fewer values
  std::size_t needed = 0;  // values that a task must have
  std::string glued;       // a {} inside a word, as written; empty: none

  [[nodiscard]] Result<void> examine(const NameContext& context);
  [[nodiscard]] std::string lacks(const TaskInput& input) const;
  void append_line(const Fill& fill, std::string& line) const;
  void append_shell_line(const Fill& fill, std::string& line) const;
};

namespace {

Error several_in_one_word(std::string_view placeholder, std::string_view word, std::string_view values) {
  return Error(
      Errc::usage,
      fmt::format("{} in {} stands for {} values, which would become one word", placeholder, word, values),
      "write {1}, {2} … for the one that is meant, or {} as a word of its own");
}

void append_raw(const WordTemplate& word, const Fill& fill, std::string& text) {
  for (const Piece& piece : word.pieces) {
    text += piece.literal;
    if (piece.placeholder)
      for_each_value(*piece.placeholder, fill, [&](std::string_view value) { text += value; });
  }
}

Result<WordTemplate> shell_line_template(const std::vector<std::string>& words, const NameContext& context) {
  if (words.size() != 1) {
    return words.empty()
               ? failure(Errc::usage, "-c has no shell line", "write it as one word: -c 'gzip < {} > {}.gz'")
               : failure(Errc::usage,
                         fmt::format("-c takes one word, the shell line; \"{}\" is a second one", words[1]),
                         "put the whole line in quotes, or leave -c out to run the program directly");
  }
  WordTemplate line;
  line.written = words.front();
  DROVER_TRY(line.pieces, parse_placeholders(line.written, context));
  DROVER_TRY(line.sites, fit_to_shell_line(line.pieces, line.is_fixed()));
  return line;
}

Result<std::vector<WordTemplate>> word_templates(const std::vector<std::string>& words,
                                                 const NameContext& context) {
  if (words.empty())
    return failure(Errc::usage, "there is no command", "write the program and its arguments");
  std::vector<WordTemplate> templates;
  for (const std::string& written : words) {
    DROVER_TRY(std::vector<Piece> pieces, parse_placeholders(written, context));
    templates.push_back({written, std::move(pieces), {}});
  }
  return templates;
}

}  // namespace

Command::Command(std::unique_ptr<State> state) : state_(std::move(state)) {}
Command::~Command() = default;
Command::Command(Command&&) noexcept = default;
Command& Command::operator=(Command&&) noexcept = default;

Result<Command> Command::compile(const std::vector<std::string>& words, Mode mode,
                                 const NameContext& context) {
  auto state = std::make_unique<State>();
  state->mode = mode;
  if (mode == Mode::direct) {
    DROVER_TRY(state->words, word_templates(words, context));
  } else if (mode == Mode::shell) {
    DROVER_TRY(WordTemplate line, shell_line_template(words, context));
    state->words.push_back(std::move(line));
  } else {
    DROVER_ASSERT(words.empty(), words.size());
  }
  DROVER_CHECK(state->examine(context));
  return Command(std::move(state));
}

// What the replacement strings ask of a task's values.
Result<void> Command::State::examine(const NameContext& context) {
  appends = std::all_of(words.begin(), words.end(), [](const WordTemplate& word) { return word.is_fixed(); });
  uses_values = appends;
  may_lack = context.per_task > 1;
  for (const WordTemplate& word : words) {
    std::size_t i = 0;
    for (const Piece& piece : word.pieces) {
      if (!piece.placeholder) continue;
      const Placeholder& placeholder = *piece.placeholder;
      const bool own_word = mode == Mode::shell ? word.sites[i++].own_word : word.is_all();
      uses_values = uses_values || !placeholder.is_number();
      uses_slot = uses_slot || placeholder.what == What::slot;
      if (placeholder.what == What::value && !may_lack)
        needed = std::max<std::size_t>(needed, placeholder.index + 1);
      if (placeholder.what != What::all || own_word) continue;
      if (surely_several(context))
        return std::unexpected(several_in_one_word(placeholder.written, word.written, "several"));
      glued = placeholder.written;
    }
  }
  return {};
}

// A message for people, or nothing. NUL is looked for in all values: they come from one row, which is faulty.
std::string Command::State::lacks(const TaskInput& input) const {
  if (input.size() < needed) {
    return fmt::format("the command asks for value {}, but this input has {}: give it the missing column",
                       needed, input.size());
  }
  if (!glued.empty() && input.size() > 1)
    return several_in_one_word(glued, "a word", fmt::format("{}", input.size())).what();
  if (!uses_values) return {};
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input.value(i).find('\0') != std::string_view::npos) {
      return fmt::format(
          "value {} holds a NUL byte, which no command line can carry: take it out of the input", i + 1);
    }
  }
  return {};
}

void Command::State::append_shell_line(const Fill& fill, std::string& line) const {
  const WordTemplate& word = words.front();
  std::size_t i = 0;
  for (const Piece& piece : word.pieces) {
    line += piece.literal;
    if (!piece.placeholder) continue;
    const Site& site = word.sites[i++];
    bool first = true;
    for_each_value(*piece.placeholder, fill, [&](std::string_view value) {
      if (!std::exchange(first, false)) line += ' ';
      append_fitted(value, site.fit, line);
    });
  }
  if (!appends) return;
  for (std::size_t value = 0; value < fill.input->size(); ++value) {
    line += ' ';
    append_single_quoted(fill.input->value(value), line);
  }
}

// What /bin/sh is given. Several values of one input are one line, as in GNU parallel.
void Command::State::append_line(const Fill& fill, std::string& line) const {
  if (mode == Mode::shell) return append_shell_line(fill, line);
  for (std::size_t value = 0; value < fill.input->size(); ++value) {
    if (value > 0) line += ' ';
    line += fill.input->value(value);
  }
}

std::string Command::expand(const Fill& fill, Words& words) const {
  DROVER_ASSERT(fill.input != nullptr);
  words.clear();
  if (std::string problem = state_->lacks(*fill.input); !problem.empty()) return problem;
  if (state_->mode != Mode::direct) {
    words.add("/bin/sh");
    words.add("-c");
    words.begin_word();
    const std::size_t begin = words.text().size();
    state_->append_line(fill, words.text());
    // sh would take a line that begins with - or + for an option; a blank before it changes nothing else.
    const std::string_view line = std::string_view(words.text()).substr(begin);
    if (line.starts_with('-') || line.starts_with('+')) words.text().insert(begin, 1, ' ');
    words.end_word();
    return {};
  }
  for (const WordTemplate& word : state_->words) {
    if (word.is_all()) {
      for_each_value(*word.pieces.front().placeholder, fill,
                     [&](std::string_view value) { words.add(value); });
      continue;
    }
    words.begin_word();
    append_raw(word, fill, words.text());
    words.end_word();
  }
  if (!state_->appends) return {};
  for (std::size_t i = 0; i < fill.input->size(); ++i) words.add(fill.input->value(i));
  return {};
}

void Command::print(const Fill& fill, std::string& line) const {
  DROVER_ASSERT(fill.input != nullptr);
  if (state_->mode != Mode::direct) return state_->append_line(fill, line);
  WordPlace place = WordPlace::program;
  const auto print_word = [&](auto append) {
    if (place == WordPlace::argument) line += ' ';
    const std::size_t begin = line.size();
    append();
    quote_tail(begin, std::exchange(place, WordPlace::argument), line);
  };
  const auto print_value = [&](std::string_view value) { print_word([&] { line += value; }); };
  for (const WordTemplate& word : state_->words) {
    if (word.is_all()) {
      for_each_value(*word.pieces.front().placeholder, fill, print_value);
    } else {
      print_word([&] { append_raw(word, fill, line); });
    }
  }
  if (!state_->appends) return;
  for (std::size_t i = 0; i < fill.input->size(); ++i) print_value(fill.input->value(i));
}

std::optional<std::string> Command::program() const {
  if (state_->mode != Mode::direct) return "/bin/sh";
  const WordTemplate& first = state_->words.front();
  return first.is_fixed() ? std::optional(first.pieces.front().literal) : std::nullopt;
}

bool Command::uses_slot() const {
  return state_->uses_slot;
}

char** Words::argv() {
  argv_.clear();
  for (const std::size_t start : starts_) argv_.push_back(text_.data() + start);
  argv_.push_back(nullptr);
  return argv_.data();
}

}  // namespace drover::farm
