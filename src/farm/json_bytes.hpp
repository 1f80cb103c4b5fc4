// Bytes in JSON, which is UTF-8 while an input or a command need not be.
//
// A value that is not UTF-8 stands in its field as it is (dump it with error_handler_t::replace: U+FFFD for each
// malformed part), and a second field holds the bytes in base64: "command_base64", "inputs_base64". Those fields are
// there only then.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "farm/input.hpp"

namespace drover::farm {

void add_text(nlohmann::ordered_json& json, const std::string& key, std::string_view text);

// "inputs", "inputs_base64" (all of them, if any needs it), and "names" where the inputs have some.
void add_inputs(nlohmann::ordered_json& json, const TaskInput& input, std::span<const std::string> names);

}  // namespace drover::farm
