// The words of MAKEFLAGS, through which GNU make hands its options and its job server down.
//
//     makeflags_for("k -j8 -- CC=gcc", 4, 5, 6)  →  "k -j4 --jobserver-auth=5,6 -- CC=gcc"
//
// The first word may lack its dash and holds options of one letter; blanks in a word are escaped with a
// backslash; definitions of variables stand at the end, behind "--".
//
// Source   GNU make manual, "Communicating Options to a Sub-make" and "Sharing Job Slots with GNU make";
//          make 4.3, main.c, decode_env_switches() and decode_switches().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drover::process {

// The MAKEFLAGS of a task that may run `jobs` commands at a time (≥ 1): those of the user without what sets
// the number of jobs or names a job server, and then ours. With one job nothing of ours: make is serial by
// itself. What else the user set (-k, -l 4, variables) stays.
[[nodiscard]] std::string makeflags_for(std::string_view users, std::uint32_t jobs, int read_fd,
                                        int write_fd);

// The value of the last --jobserver-auth (or its old name, --jobserver-fds): "3,4", "fifo:/tmp/GMfifo1".
[[nodiscard]] std::optional<std::string> jobserver_auth(std::string_view makeflags);

}  // namespace drover::process
