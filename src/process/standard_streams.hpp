// Standard input, output and error are open from here on, whatever a caller closed (`drover run … >&-`).
//
// A closed one would be taken by the next file or pipe that is opened; the tasks' output would land there.
// Source   standards(7), open(2): the lowest free number is given out.
#pragma once

namespace drover::process {

// Closed standard input and error become /dev/null. Closed standard output becomes a pipe that
// nobody reads, so that writing to it fails as behind `| true`, and no output is lost in
// silence. Call it first thing in main.
void open_closed_standard_streams();

}  // namespace drover::process
