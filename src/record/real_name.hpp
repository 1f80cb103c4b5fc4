// The name that a record's lock, log and status go by: behind all symbolic links, as SQLite has it for its own files.
//
//     real_name("latest.drover")  →  "runs/2026-11-20.drover"
//
// A name that is no link stays as it was written; one that leads nowhere yet gives where the file will be.
#pragma once

#include <string>

namespace drover::record {

[[nodiscard]] std::string real_name(const std::string& path);

}  // namespace drover::record
