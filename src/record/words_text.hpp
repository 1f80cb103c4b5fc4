// Several values as one text of the record: joined by tabs. A tab, newline, NUL byte or backslash in a value is
// written \t, \n, \0 and \\, so that the values come back exactly, whatever bytes they hold.
//
//     append_joined("NGC 1275", first = true, text);  append_joined("0.5", false, text);    "NGC 1275⇥0.5"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drover::record {

void append_joined(std::string_view value, bool first, std::string& text);
[[nodiscard]] std::string joined(const std::vector<std::string>& values);  // no values: empty
// An empty text is one empty value.
[[nodiscard]] std::vector<std::string> split(std::string_view text);

}  // namespace drover::record
