// make_record FILE N  writes a run record of N tasks, every hundredth of which has failed.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "record/record.hpp"

namespace {

using drover::record::Attempt;
using drover::record::Task;
using drover::record::TaskState;

constexpr std::uint64_t failed_each = 100;
constexpr std::uint64_t tasks_a_commit = 1000;

drover::Result<void> add(drover::record::Record& record, std::uint64_t number) {
  const std::string input = "observations/obs-" + std::to_string(number) + ".fits";
  const bool failed = number % failed_each == 0;
  Task task{number, input, static_cast<std::uint32_t>(number * 1664525U % 2147483647U + 1),
            TaskState::running};
  DROVER_CHECK(record.started(task, false));
  task.state = failed ? TaskState::failed : TaskState::done;
  Attempt attempt;
  attempt.task = number;
  attempt.state = task.state;
  attempt.started = 1'790'000'000'000'000 + static_cast<std::int64_t>(number) * 500'000;
  attempt.ran = 900'000 + static_cast<std::int64_t>(number * 7919 % 200'000);
  attempt.exit_status = failed ? 3 : 0;
  attempt.cause = failed ? "exit status 3" : "";
  attempt.cpu_user = 800'000;
  attempt.cpu_system = 20'000;
  attempt.peak_memory = 300U << 20U;
  attempt.stdout_bytes = 57;
  DROVER_CHECK(record.ended(task, attempt));
  if (number % tasks_a_commit == 0) DROVER_CHECK(record.commit());
  return {};
}

drover::Result<void> make(const std::string& path, std::uint64_t count) {
  drover::record::Run run;
  run.command = {"fit", "{}"};
  run.mode = "direct";
  run.line = "drover run --record " + path + " -a list.txt fit {}";
  run.host = "node07";
  DROVER_TRY(drover::record::Record record, drover::record::Record::create(path, run));
  for (std::uint64_t number = 1; number <= count; ++number) DROVER_CHECK(add(record, number));
  return record.end(100);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_record FILE N\n");
    return 2;
  }
  const drover::Result<void> made = make(argv[1], std::strtoull(argv[2], nullptr, 10));
  if (made) return 0;
  std::fprintf(stderr, "make_record: %s\n", made.error().what());
  return 1;
}
