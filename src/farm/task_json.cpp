#include "farm/task_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "farm/base64.hpp"
#include "farm/utc_time.hpp"
#include "progress/utf8.hpp"

namespace drover::farm {

namespace {

using Json = nlohmann::ordered_json;

const char* word(schedule::Verdict verdict) {
  switch (verdict) {
    case schedule::Verdict::succeeded:
      return "succeeded";
    case schedule::Verdict::failed:
      return "failed";
    case schedule::Verdict::not_run:
      return "not_run";
  }
  return "";
}

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

}  // namespace

std::string task_json(const TaskReport& report, const std::string& host, std::span<const std::string> names) {
  const bool signalled = report.status.signal() != 0;
  Json json;
  json["task"] = report.input->number;
  add_inputs(json, *report.input, names);
  add_text(json, "command", report.command);
  json["attempt"] = report.attempt;
  json["verdict"] = word(report.verdict);
  json["exit"] = report.started && !signalled ? Json(report.status.code()) : Json(nullptr);
  json["signal"] = signalled ? Json(report.status.signal()) : Json(nullptr);
  json["timed_out"] = report.timed_out;
  json["cause"] = report.cause;
  json["start"] = report.started ? Json(utc_time(report.started_at)) : Json(nullptr);
  json["seconds"] = std::round(report.seconds * 1e6) / 1e6;
  json["cpu_user"] = report.cpu_user;
  json["cpu_system"] = report.cpu_system;
  json["peak_memory_bytes"] = report.peak_memory;
  json["slot"] = report.slot + 1;
  json["seed"] = report.seed;
  json["host"] = host;
  add_text(json, "directory", report.directory);
  json["stdout_bytes"] = report.stdout_bytes;
  json["stderr_bytes"] = report.stderr_bytes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace drover::farm
