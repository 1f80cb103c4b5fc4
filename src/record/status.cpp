#include "record/status.hpp"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "record/upkeep.hpp"
#include "record/whole_file.hpp"

namespace drover::record {
namespace {

using Json = nlohmann::ordered_json;

struct NotAStatus : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Json json_of(const Status::Running& running) {
  return {{"task", running.task},       {"attempt", running.attempt}, {"slot", running.slot},
          {"process", running.process}, {"since", running.since},     {"command", running.command}};
}

// get_to() alone would take 1e300 or -1 for a count.
void read(const Json& json, const char* key, std::uint64_t& count) {
  if (!json.at(key).is_number_unsigned()) throw NotAStatus(fmt::format("{} is no count", key));
  json.at(key).get_to(count);
}

void read(const Json& json, const char* key, std::uint32_t& count) {
  std::uint64_t wide = 0;
  read(json, key, wide);
  if (wide > std::numeric_limits<std::uint32_t>::max()) throw NotAStatus(fmt::format("{} is too large", key));
  count = static_cast<std::uint32_t>(wide);
}

void read(const Json& json, const char* key, std::int64_t& number) {
  std::uint64_t wide = 0;
  read(json, key, wide);
  if (wide > std::numeric_limits<std::int64_t>::max()) throw NotAStatus(fmt::format("{} is too large", key));
  number = static_cast<std::int64_t>(wide);
}

void read(const Json& json, const char* key, double& number) {
  if (!json.at(key).is_number()) throw NotAStatus(fmt::format("{} is no number", key));
  json.at(key).get_to(number);
}

void read(const Json& json, const char* key, std::string& text) {
  json.at(key).get_to(text);
}

Status::Running running_of(const Json& json) {
  Status::Running running;
  read(json, "task", running.task);
  read(json, "attempt", running.attempt);
  read(json, "slot", running.slot);
  read(json, "process", running.process);
  read(json, "since", running.since);
  read(json, "command", running.command);
  return running;
}

}  // namespace

std::string to_json(const Status& status) {
  Json json;
  json["host"] = status.host;
  json["process"] = status.process;
  json["job"] = status.job;
  json["line"] = status.line;
  json["folder"] = status.folder;
  json["started"] = status.started;
  json["written"] = status.written;
  json["elapsed"] = status.elapsed;
  json["total"] = status.total ? Json(*status.total) : Json(nullptr);
  json["done_before"] = status.done_before;
  json["failed_before"] = status.failed_before;
  json["done"] = status.done;
  json["failed"] = status.failed;
  json["waiting"] = status.waiting;
  json["waiting_for"] = status.waiting_for;
  json["running_in_all"] = status.running_in_all;
  Json list = Json::array();
  for (const Status::Running& running : status.running) list.push_back(json_of(running));
  json["running"] = std::move(list);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Status> status_of(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Status status;
    read(json, "host", status.host);
    read(json, "process", status.process);
    read(json, "job", status.job);
    read(json, "line", status.line);
    read(json, "folder", status.folder);
    read(json, "started", status.started);
    read(json, "written", status.written);
    read(json, "elapsed", status.elapsed);
    if (!json.at("total").is_null()) read(json, "total", status.total.emplace());
    read(json, "done_before", status.done_before);
    read(json, "failed_before", status.failed_before);
    read(json, "done", status.done);
    read(json, "failed", status.failed);
    read(json, "waiting", status.waiting);
    read(json, "waiting_for", status.waiting_for);
    read(json, "running_in_all", status.running_in_all);
    for (const Json& running : json.at("running")) status.running.push_back(running_of(running));
    return status;
  } catch (const std::exception& error) {
    return failure(Errc::io, fmt::format("this is no status of a run ({})", error.what()));
  }
}

Result<Status> read_status(const std::string& record) {
  DROVER_TRY(const std::string text, whole_file(status_path(record)));
  Result<Status> status = status_of(text);
  if (!status) {
    return failure(Errc::io, fmt::format("{} is not a status that drover wrote", status_path(record)),
                   "remove it: the record itself is not concerned");
  }
  return status;
}

}  // namespace drover::record
