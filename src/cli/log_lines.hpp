// One recorded task as one line: of the table of `drover log`, or as a JSON object.
//
// Table    cells are at least two blanks apart and never empty ("-"), and the first begins its line, so that
//          awk -F '  +' counts them. The command is last, in one line, as printable() shows it; behind it, after
//          "  # ", why the task failed.
// JSON     the keys of task.json (farm/task_json.hpp) where they mean the same; besides "state" and "attempts". What
//          belongs to an attempt is of the last one that is over, null if there was none.
// Living   a task of the state "running" runs if a living drover holds the record; otherwise it was in flight when
//          its run was broken off.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "farm/input.hpp"
#include "progress/utf8.hpp"
#include "record/log.hpp"

namespace drover::cli {

[[nodiscard]] std::string_view log_table_head();

// `command` as it can be pasted. Appends the line with its end.
void append_log_line(const record::LoggedTask& logged, bool living, std::string_view command,
                     progress::Encoding encoding, std::string& text);

// `input` is that of `logged`, taken apart; `runs` those of the record.
void append_log_json(const record::LoggedTask& logged, bool living, std::string_view command,
                     const farm::TaskInput& input, std::span<const record::Run> runs, std::string& text);

}  // namespace drover::cli
