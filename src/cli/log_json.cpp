#include <algorithm>

#include "cli/log_lines.hpp"
#include "farm/json_bytes.hpp"
#include "units/utc_time.hpp"

namespace drover::cli {
namespace {

using Json = nlohmann::ordered_json;
using record::TaskState;

const char* state_key(TaskState state, bool living) {
  switch (state) {
    case TaskState::running:
      return living ? "running" : "broken_off";
    case TaskState::done:
      return "done";
    case TaskState::failed:
      return "failed";
    case TaskState::not_run:
      return "not_run";
  }
  return "";
}

Json seconds(std::int64_t microseconds) {
  return static_cast<double>(microseconds) / 1e6;
}

void add_ending(Json& json, const record::Attempt& last) {
  const bool ran = last.signal != 0 || last.exit_status.has_value();
  json["exit"] = last.signal == 0 && last.exit_status ? Json(*last.exit_status) : Json(nullptr);
  json["signal"] = last.signal != 0 ? Json(last.signal) : Json(nullptr);
  json["cause"] = last.cause;
  json["start"] = ran ? Json(utc_time(static_cast<double>(last.started) / 1e6)) : Json(nullptr);
  json["seconds"] = seconds(last.ran);
  json["cpu_user"] = seconds(last.cpu_user);
  json["cpu_system"] = seconds(last.cpu_system);
  json["peak_memory_bytes"] = last.peak_memory;
}

void add_nothing(Json& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys) json[key] = nullptr;
}

const record::Run* run_of(const record::Attempt& attempt, std::span<const record::Run> runs) {
  const auto found = std::ranges::find(runs, attempt.run, &record::Run::id);
  return found == runs.end() ? nullptr : &*found;
}

}  // namespace

void append_log_json(const record::LoggedTask& logged, bool living, std::string_view command,
                     const farm::TaskInput& input, std::span<const record::Run> runs, std::string& text) {
  const bool attempted = logged.attempts > 0;
  const record::Attempt& last = logged.last;
  Json json;
  json["task"] = logged.task.number;
  json["state"] = state_key(logged.task.state, living);
  farm::add_inputs(json, input, runs.back().names);
  farm::add_text(json, "command", command);
  json["attempts"] = logged.attempts;
  json["attempt"] = attempted ? Json(last.attempt) : Json(nullptr);
  if (attempted) {
    add_ending(json, last);
  } else {
    add_nothing(
        json, {"exit", "signal", "cause", "start", "seconds", "cpu_user", "cpu_system", "peak_memory_bytes"});
  }
  json["slot"] = attempted ? Json(last.slot) : Json(nullptr);
  json["seed"] = logged.task.seed;
  const record::Run* run = attempted ? run_of(last, runs) : nullptr;
  json["host"] = run != nullptr ? Json(run->host) : Json(nullptr);
  json["stdout_bytes"] = attempted ? Json(last.stdout_bytes) : Json(nullptr);
  json["stderr_bytes"] = attempted ? Json(last.stderr_bytes) : Json(nullptr);
  text += json.dump(-1, ' ', false, Json::error_handler_t::replace);
  text += '\n';
}

}  // namespace drover::cli
