#include "farm/json_bytes.hpp"

#include <algorithm>

#include "farm/base64.hpp"
#include "progress/utf8.hpp"

namespace drover::farm {

using Json = nlohmann::ordered_json;

void add_text(Json& json, const std::string& key, std::string_view text) {
  json[key] = text;
  if (!progress::is_utf8(text)) json[key + "_base64"] = base64(text);
}

void add_inputs(Json& json, const TaskInput& input, std::span<const std::string> names) {
  Json values = Json::array();
  Json bytes = Json::array();
  bool malformed = false;
  for (std::size_t i = 0; i < input.size(); ++i) {
    values.push_back(input.value(i));
    bytes.push_back(base64(input.value(i)));
    malformed = malformed || !progress::is_utf8(input.value(i));
  }
  json["inputs"] = std::move(values);
  if (malformed) json["inputs_base64"] = std::move(bytes);
  if (std::ranges::any_of(names, [](const std::string& name) { return !name.empty(); })) {
    Json list = Json::array();
    for (const std::string& name : names) list.push_back(name);
    json["names"] = std::move(list);
  }
}

}  // namespace drover::farm
