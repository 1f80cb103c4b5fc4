// Which process this is, so that another one can tell later whether it still lives: process numbers come
// round again, hosts are started anew.
//
//     ProcessIdentity writer = this_process();  … stored, and read by somebody else … ; still_runs(writer)
//
// Errors   what cannot be read is empty, or nothing.
// Cost     some 10 µs.
// Source   gethostname(2), proc(5): sys/kernel/random/boot_id, PID/stat.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace drover::machine {

[[nodiscard]] std::string host_name();
[[nodiscard]] std::string boot_id();  // "0b48cacb-b189-…", another one after each start of the machine

// When the process began, in clock ticks since the machine did (field 22 of stat). Nothing: no such process.
[[nodiscard]] std::optional<std::uint64_t> start_time_of(pid_t pid);

struct ProcessIdentity {
  std::string host;
  std::string boot;  // boot_id(); empty: not known
  pid_t pid = 0;
  std::uint64_t start_time = 0;  // start_time_of(); 0: not known
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

[[nodiscard]] ProcessIdentity this_process();

// Can its life be told from here? Only on its own host.
[[nodiscard]] bool is_on_this_host(const ProcessIdentity& process);

// False only if it is certain that it has ended (a zombie has): the machine was started anew, the number is
// free or belongs to a younger process. On another host it cannot be told, and the answer is true:
// is_on_this_host(). A process of another PID namespace on a host of the same name (some containers) seems
// ended.
[[nodiscard]] bool still_runs(const ProcessIdentity& process);

}  // namespace drover::machine
