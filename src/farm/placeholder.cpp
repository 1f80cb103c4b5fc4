#include "farm/placeholder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "farm/command.hpp"

namespace drover::farm {
namespace {

using What = Placeholder::What;

// The text between braces, split in a name and the ending after it: a.b/. may be the name itself, "a.b/" with
// an ending, or "a.b". The longest name comes first.
struct Split {
  std::string_view name;
  Ending ending;
};

constexpr struct {
  std::string_view text;
  Ending ending;
} endings[] = {{"", Ending::none},
               {".", Ending::no_extension},
               {"/", Ending::base},
               {"//", Ending::directory},
               {"/.", Ending::stem}};

// The first split for which `matches(name)` gives something.
template <class Match>
std::optional<Placeholder> first_split(std::string_view content, What what, Match matches) {
  for (const auto& [text, ending] : endings) {
    if (!content.ends_with(text)) continue;
    const std::optional<std::uint32_t> index = matches(content.substr(0, content.size() - text.size()));
    if (index) return Placeholder{what, ending, *index, {}};
  }
  return std::nullopt;
}

std::optional<std::uint32_t> source_number(std::string_view digits) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0) return std::nullopt;
  return number - 1;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::optional<std::uint32_t> identifier(std::string_view name) {
  const bool is_one =
      !name.empty() && is_letter(name.front()) &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  return is_one ? std::optional<std::uint32_t>(0) : std::nullopt;
}

class Parser {
 public:
  Parser(std::string_view text, const NameContext& context) : text_(text), context_(context) {
    named_ =
        std::any_of(context.names.begin(), context.names.end(), [](auto& name) { return !name.empty(); });
  }

  Result<std::vector<Piece>> parse() {
    while (at_ < text_.size()) {
      if (!is_braced(context_.replace) && rest().starts_with(context_.replace)) {
        DROVER_CHECK(add({What::all, Ending::none, 0, {}}, context_.replace));
        at_ += context_.replace.size();
      } else if (text_[at_] == '{') {
        DROVER_CHECK(braces());
      } else {
        current_.literal += text_[at_++];
      }
    }
    if (!current_.literal.empty() || pieces_.empty()) pieces_.push_back(std::move(current_));
    return std::move(pieces_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  // -I '{x}' is looked up among the braces; every other -I STR is looked for everywhere.
  static bool is_braced(std::string_view replace) {
    return replace.size() >= 2 && replace.front() == '{' &&
           replace.find_first_of("{}", 1) == replace.size() - 1;
  }

  Result<void> braces() {
    const std::size_t opening = std::min(rest().find_first_not_of('{'), rest().size());
    const std::string_view after = rest().substr(opening);
    const std::string_view content = after.substr(0, after.find_first_of("{}"));
    const std::string_view tail = after.substr(content.size());
    const std::size_t closing = std::min(tail.find_first_not_of('}'), tail.size());
    const std::size_t pairs = std::min(opening, closing);
    const std::optional<Placeholder> known = placeholder(content);
    const bool unknown_name = !known && first_split(content, What::value, identifier).has_value();
    if (pairs == 0 || (!known && !unknown_name)) {
      current_.literal.append(opening, '{');
      at_ += opening;
      return {};
    }
    const bool escaped = pairs % 2 == 0;
    if (!escaped && unknown_name && named_ && !follows_dollar(opening)) return unknown(content);
    current_.literal.append(opening - pairs + pairs / 2, '{');
    if (escaped || !known) {
      const std::string written = escaped ? std::string(content) : fmt::format("{{{}}}", content);
      current_.literal += written;
    } else {
      DROVER_CHECK(add(*known, fmt::format("{{{}}}", content)));
    }
    current_.literal.append(pairs / 2, '}');
    at_ += opening + content.size() + pairs;
    return {};
  }

  // ${VAR} is a shell's or a program's own business.
  [[nodiscard]] bool follows_dollar(std::size_t opening) const {
    return opening == 1 && at_ > 0 && text_[at_ - 1] == '$';
  }

  [[nodiscard]] std::optional<Placeholder> placeholder(std::string_view content) const {
    if (is_braced(context_.replace) && content == context_.replace.substr(1, context_.replace.size() - 2))
      return Placeholder{What::all, Ending::none, 0, {}};
    if (content == "#") return Placeholder{What::task, Ending::none, 0, {}};
    if (content == "%") return Placeholder{What::slot, Ending::none, 0, {}};
    for (const auto& [text, ending] : endings)
      if (ending != Ending::none && content == text) return Placeholder{What::all, ending, 0, {}};
    auto named = first_split(content, What::value, [this](auto name) { return index_of(name); });
    if (named) return named;
    if (content == "seed") return Placeholder{What::seed, Ending::none, 0, {}};
    return first_split(content, What::value, source_number);
  }

  [[nodiscard]] std::optional<std::uint32_t> index_of(std::string_view name) const {
    const auto found = std::find(context_.names.begin(), context_.names.end(), name);
    if (name.empty() || found == context_.names.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - context_.names.begin());
  }

  // With -n N the width may be told of one input or of N; -n with several columns is left to the tasks.
  [[nodiscard]] std::optional<std::size_t> most_values() const {
    if (!context_.width) return std::nullopt;
    return std::max<std::size_t>(*context_.width, context_.per_task);
  }

  Result<void> add(Placeholder placeholder, std::string_view written) {
    const std::optional<std::size_t> most = most_values();
    if (placeholder.what == What::value && most && placeholder.index >= *most) {
      return failure(Errc::usage,
                     fmt::format("{} asks for value {}, but a task has {} here", written,
                                 placeholder.index + 1, *most == 1 ? "one" : fmt::format("{}", *most)),
                     fmt::format("write {{1}}{}, or {{{}}} for the text itself",
                                 *most == 1 ? "" : fmt::format(" to {{{}}}", *most), written));
    }
    placeholder.written = written;
    current_.placeholder = std::move(placeholder);
    pieces_.push_back(std::move(current_));
    current_ = Piece{};
    return {};
  }

  [[nodiscard]] Result<void> unknown(std::string_view content) const {
    std::string names;
    for (const std::string& name : context_.names)
      if (!name.empty()) names += fmt::format("{}{{{}}}", names.empty() ? "" : ", ", name);
    return failure(Errc::usage, fmt::format("{{{}}} is not the name of an input", content),
                   fmt::format("the names are {}; write {{{{{}}}}} for the text itself", names, content));
  }

  std::string_view text_;
  const NameContext& context_;
  bool named_ = false;
  std::size_t at_ = 0;
  std::vector<Piece> pieces_;
  Piece current_;
};

}  // namespace

Result<std::vector<Piece>> parse_placeholders(std::string_view text, const NameContext& context) {
  if (context.replace.empty())
    return failure(Errc::usage, "the text that -I names is empty", "write it out, for instance -I @");
  return Parser(text, context).parse();
}

bool surely_several(const NameContext& context) {
  return context.per_task > 1 || context.width.value_or(1) > 1;
}

}  // namespace drover::farm
