#include "farm/task_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "farm/json_bytes.hpp"
#include "farm/number_after.hpp"
#include "units/utc_time.hpp"

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

// The file begins with its task, always in the same way (task_json below).
constexpr std::string_view begin_of_json = "{\n  \"task\": ";

}  // namespace

std::optional<schedule::TaskNumber> task_of_json(const std::string& path) {
  return number_after(begin_of_json, path);
}

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
