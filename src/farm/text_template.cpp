#include "farm/fill_in.hpp"
#include "units/assert.hpp"

namespace drover::farm {

struct TextTemplate::State {
  std::vector<Piece> pieces;
};

TextTemplate::TextTemplate(std::unique_ptr<State> state) : state_(std::move(state)) {}
TextTemplate::~TextTemplate() = default;
TextTemplate::TextTemplate(TextTemplate&&) noexcept = default;
TextTemplate& TextTemplate::operator=(TextTemplate&&) noexcept = default;

Result<TextTemplate> TextTemplate::compile(std::string_view text, const NameContext& context) {
  DROVER_TRY(std::vector<Piece> pieces, parse_placeholders(text, context));
  return TextTemplate(std::make_unique<State>(State{std::move(pieces)}));
}

std::string TextTemplate::expand(const Fill& fill) const {
  DROVER_ASSERT(fill.input != nullptr);
  std::string text;
  for (const Piece& piece : state_->pieces) {
    text += piece.literal;
    if (!piece.placeholder) continue;
    bool first = true;
    for_each_value(*piece.placeholder, fill, [&](std::string_view value) {
      if (!std::exchange(first, false)) text += ' ';
      text += value;
    });
  }
  return text;
}

bool TextTemplate::has_replacements() const {
  return state_->pieces.front().placeholder.has_value();
}

}  // namespace drover::farm
