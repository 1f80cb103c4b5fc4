// The tables of a run record (docs/record.md explains them), and whether a file is one that we know.
#pragma once

#include <string>

#include "record/database.hpp"

namespace drover::record {

// The number of the format, in PRAGMA user_version. Any other is refused.
inline constexpr int format = 1;

// Makes the tables. Requires: a new, empty file.
[[nodiscard]] Result<void> create_tables(Database& database);

// Errors: usage if it is no run record, or one of a newer drover.
[[nodiscard]] Result<void> check_format(Database& database);

// Every page and its place in its table, as SQLite checks them. Errors: io, "is damaged".
// Cost     about 0.6 s a million tasks.
[[nodiscard]] Result<void> check_pages(Database& database);

}  // namespace drover::record
