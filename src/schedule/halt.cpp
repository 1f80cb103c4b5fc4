#include "schedule/halt.hpp"

#include <charconv>
#include <optional>

namespace drover::schedule {
namespace {

constexpr std::uint64_t least_for_a_share = 3;

std::unexpected<Error> refused(std::string_view text) {
  return failure(Errc::usage, fmt::format("--halt '{}' is not a rule", text),
                 "write never, or WHEN,WHAT=N with WHEN now or soon, WHAT fail, success or done, and N a "
                 "number from 1 on "
                 "or a share up to 100%, such as now,fail=1 or soon,fail=10%");
}

std::optional<Halt::When> when_of(std::string_view word) {
  if (word == "now") return Halt::When::now;
  if (word == "soon") return Halt::When::soon;
  return std::nullopt;
}

std::optional<Halt::What> what_of(std::string_view word) {
  if (word == "fail") return Halt::What::fail;
  if (word == "success") return Halt::What::success;
  if (word == "done") return Halt::What::done;
  return std::nullopt;
}

// Shares may have decimals (0.1%), numbers of tasks may not.
std::optional<double> number_of(std::string_view digits, bool per_cent) {
  if (digits.find_first_not_of(per_cent ? "0123456789." : "0123456789") != std::string_view::npos)
    return std::nullopt;
  double number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (!(number > 0) || (per_cent && number > 100)) return std::nullopt;
  return number;
}

}  // namespace

bool Halt::met(std::uint64_t failed, std::uint64_t succeeded, std::uint64_t read) const {
  if (when == When::never) return false;
  const std::uint64_t count = what == What::fail      ? failed
                              : what == What::success ? succeeded
                                                      : failed + succeeded;
  if (!per_cent) return static_cast<double>(count) >= number;
  return count >= least_for_a_share && static_cast<double>(count) * 100 >= number * static_cast<double>(read);
}

Result<Halt> parse_halt(std::string_view text) {
  if (text == "never") return Halt{};
  const std::size_t comma = text.find(',');
  const std::size_t equals = text.find('=');
  if (comma == std::string_view::npos || equals == std::string_view::npos || equals < comma)
    return refused(text);
  const auto when = when_of(text.substr(0, comma));
  const auto what = what_of(text.substr(comma + 1, equals - comma - 1));
  std::string_view digits = text.substr(equals + 1);
  const bool per_cent = digits.ends_with('%');
  if (per_cent) digits.remove_suffix(1);
  const auto number = number_of(digits, per_cent);
  if (!when || !what || !number) return refused(text);
  return Halt{.when = *when, .what = *what, .number = *number, .per_cent = per_cent};
}

}  // namespace drover::schedule
