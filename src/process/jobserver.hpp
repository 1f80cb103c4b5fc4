// GNU make's job server: a pipe that holds one byte, a token, for each further job that may run. A client has
// one job for nothing; for each one more it takes a byte out, and when that job has ended it puts the same byte
// in again.
//
//     Result<JobTokens> tokens = JobTokens::make(threads - 1);      // serving: one for each slot
//     request.inherited = tokens->descriptors();                    // SpawnRequest
//     makeflags_for(theirs, threads, tokens->read_fd(), tokens->write_fd())     // MAKEFLAGS of the task
//     tokens->recount();                                            // when the task's processes are gone
//
//     std::optional<JobserverClient> outer = JobserverClient::join(process_environment());     // joining
//     outer->take(3); … outer->give_back(2);
//
// Numbers  make 4.3 waits with pselect(2), so the descriptors that commands get must be below 1024
//          (FD_SETSIZE): make the tokens of all slots at the start, before files and pipes of tasks are open.
// Threads  each object belongs to one thread, and to the process that made it: not across a fork.
// Source   GNU make manual, "Sharing Job Slots with GNU make", "POSIX Jobserver Interaction".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machine/surroundings.hpp"
#include "machine/unique_fd.hpp"
#include "process/makeflags.hpp"
#include "units/result.hpp"

namespace drover::process {

// Serving. The task's processes share the two descriptors, and with them the flags of their open file
// descriptions (make 4.3 makes the reading one O_NONBLOCK); we use a description of our own.
class JobTokens {
 public:
  // `tokens`: beyond the one job that the task has anyway; may be 0. Both descriptors are O_CLOEXEC, a child
  // gets them through SpawnRequest::inherited.
  // Errors: exhausted (no descriptor left below 1024, more tokens than a pipe holds), io (/proc is missing).
  [[nodiscard]] static Result<JobTokens> make(std::uint32_t tokens);

  // Puts exactly `tokens` into the pipe again, so that what a killed client took is no longer missing, and
  // makes the reading end blocking again. Never waits. Call it when no client of the pipe is left; one that
  // still lives and gives back later leaves too many until the next recount. Cost: some 2 µs.
  void recount();

  [[nodiscard]] int read_fd() const { return shared_[0]; }
  [[nodiscard]] int write_fd() const { return shared_[1]; }
  // Both; valid until this object moves.
  [[nodiscard]] std::span<const int> descriptors() const { return shared_; }

 private:
  JobTokens() = default;
  machine::UniqueFd read_end_, write_end_;  // shared with the task
  machine::UniqueFd own_;                   // O_RDWR and O_NONBLOCK
  std::array<int, 2> shared_{-1, -1};
  std::string tokens_;  // as many bytes as there are tokens
};

// Joining the job server under which we were started. The outermost make waits at its end until all its
// clients have closed the pipe: let this object go before the process does what may take long after its last
// task.
class JobserverClient {
 public:
  // By MAKEFLAGS; the last job server named there counts. Nothing: none is named, or it is not for us. make
  // tells every command of its job server but leaves the descriptors open only for those that it takes for a
  // make ("+" in front of the line), so the two must be ends of one pipe that came over an exec. Those are
  // closed on exec from here on: tasks do not get them. Hence once in a process: a second call finds nothing.
  // "fifo:PATH" (make 4.4 and later) is opened by its name.
  [[nodiscard]] static std::optional<JobserverClient> join(const machine::Environment& environment);

  JobserverClient(JobserverClient&& other) noexcept;
  JobserverClient& operator=(JobserverClient&& other) noexcept;
  JobserverClient(const JobserverClient&) = delete;
  JobserverClient& operator=(const JobserverClient&) = delete;
  ~JobserverClient();  // gives all back

  // Takes up to `most` tokens and says how many; 0 if there are none at the moment, also when wait_fd() was
  // readable: another client may have been faster. Never waits.
  std::uint32_t take(std::uint32_t most);

  // Requires: n ≤ held(). The bytes given back are bytes that were taken.
  void give_back(std::uint32_t n);

  [[nodiscard]] std::uint32_t held() const { return static_cast<std::uint32_t>(tokens_.size()); }

  // Make's own descriptors, for SpawnRequest::inherited: a task of one core that is given them, and MAKEFLAGS as we have
  // it, is a client of the same job server. None where make names a FIFO.
  [[nodiscard]] std::span<const int> descriptors() const { return inherited_; }

  // Readable when a token may be had; for Poller. Watch it only while one is wanted: it is told again and
  // again.
  [[nodiscard]] int wait_fd() const { return reader_.get(); }

 private:
  JobserverClient(machine::UniqueFd reader, machine::UniqueFd writer, std::vector<int> inherited)
      : reader_(std::move(reader)), writer_(std::move(writer)), inherited_(std::move(inherited)) {}
  machine::UniqueFd reader_, writer_;  // descriptions of our own, O_NONBLOCK
  std::vector<int> inherited_;         // not ours to close
  std::string tokens_;                 // the bytes taken
};

}  // namespace drover::process
