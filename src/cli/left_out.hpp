// Options of GNU parallel and xargs that drover leaves out on purpose: what to do instead, in one line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drover::cli {

// `option` as it was written ("--pipe", "--block=1M", "-X"); nothing if it is no known option of theirs.
[[nodiscard]] std::optional<std::string> what_instead(std::string_view option);

}  // namespace drover::cli
