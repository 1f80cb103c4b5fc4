// What a replacement string stands for in one task.
#pragma once

#include <fmt/format.h>

#include "farm/command.hpp"
#include "farm/placeholder.hpp"

namespace drover::farm {

// Calls use(text) with every value of {} and its endings, with the one text of all others. A value that the
// task lacks is empty, as in GNU parallel.
template <class Use>
void for_each_value(const Placeholder& placeholder, const Fill& fill, Use use) {
  const TaskInput& input = *fill.input;
  switch (placeholder.what) {
    case Placeholder::What::all:
      for (std::size_t i = 0; i < input.size(); ++i) use(path_ending(input.value(i), placeholder.ending));
      return;
    case Placeholder::What::value: {
      const bool there = placeholder.index < input.size();
      use(there ? path_ending(input.value(placeholder.index), placeholder.ending) : std::string_view());
      return;
    }
    case Placeholder::What::task:
      return use(std::string_view(fmt::format_int(input.number).c_str()));
    case Placeholder::What::slot:
      return use(std::string_view(fmt::format_int(std::uint64_t{fill.slot} + 1).c_str()));
    case Placeholder::What::seed:
      return use(std::string_view(fmt::format_int(fill.seed).c_str()));
  }
}

}  // namespace drover::farm
