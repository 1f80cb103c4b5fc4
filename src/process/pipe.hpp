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

}  // namespace drover::process
