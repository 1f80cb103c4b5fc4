// A pipe: two descriptors, both closed on exec; the child's end is put in place by spawn().
#pragma once

#include "machine/unique_fd.hpp"
#include "units/result.hpp"

namespace drover::process {

struct Pipe {
  machine::UniqueFd read_end;   // O_NONBLOCK: the event loop never waits in read(2)
  machine::UniqueFd write_end;  // blocking: it becomes a task's standard output

  // Errors: exhausted (EMFILE, ENFILE).
  [[nodiscard]] static Result<Pipe> make();
};

// Another open file description of the pipe that `fd` is an end of, with flags of its own (O_NONBLOCK,
// O_CLOEXEC). `mode`: O_RDONLY, O_WRONLY or O_RDWR, whichever end `fd` is. Empty with errno if the system
// refuses (no /proc, EMFILE, another user's pipe). Source: proc(5), /proc/PID/fd.
[[nodiscard]] machine::UniqueFd open_anew(int fd, int mode);

}  // namespace drover::process
