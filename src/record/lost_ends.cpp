#include "record/lost_ends.hpp"

#include <fmt/format.h>

#include <cstring>
#include <span>

#include "record/status.hpp"
#include "record/whole_file.hpp"

namespace drover::record {
namespace {

using Bytes = std::span<const unsigned char>;

constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::size_t salts_at = 16;       // of the header
constexpr std::size_t frame_salts_at = 8;  // of a frame's
constexpr std::size_t frame_sum_at = 16;
constexpr std::size_t page_bytes_at = 8;
constexpr std::size_t header_sum_at = 24;
constexpr std::size_t commit_at = 4;  // of a frame's header: not zero in the last frame of a transaction
constexpr std::size_t summed_of_frame_header = 8;

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
         std::uint32_t{bytes[at + 2]} << 8U | std::uint32_t{bytes[at + 3]};
}

// The running check sum of a log, over 32-bit words in the byte order that its first word tells.
class LogSum {
 public:
  explicit LogSum(bool words_are_big_endian) : big_endian_words_(words_are_big_endian) {}

  void add(Bytes bytes) {
    constexpr std::size_t pair = 8;
    for (std::size_t i = 0; i + pair <= bytes.size(); i += pair) {
      first_ += word(bytes, i) + second_;
      second_ += word(bytes, i + 4) + first_;
    }
  }
  [[nodiscard]] bool is_at(Bytes bytes, std::size_t at) const {
    return big_endian(bytes, at) == first_ && big_endian(bytes, at + 4) == second_;
  }

 private:
  [[nodiscard]] std::uint32_t word(Bytes bytes, std::size_t at) const {
    const std::uint32_t big = big_endian(bytes, at);
    return big_endian_words_ ? big : __builtin_bswap32(big);
  }
  bool big_endian_words_;
  std::uint32_t first_ = 0, second_ = 0;
};

bool salted(Bytes frame, Bytes header) {
  return std::memcmp(frame.data() + frame_salts_at, header.data() + salts_at, 8) == 0;
}

// Tasks that ended in this run, as the record has it.
Result<std::uint64_t> ended_on_record(Database& database, const Run& run) {
  DROVER_TRY(const std::int64_t ended,
             database.number(fmt::format("SELECT count(DISTINCT task) FROM attempt WHERE run = {} AND "
                                         "state IN ('done', 'failed')",
                                         run.id)));
  return static_cast<std::uint64_t>(ended);
}

}  // namespace

Result<bool> log_is_damaged(const std::string& log) {
  const Result<std::string> bytes = whole_file(log);
  if (!bytes && bytes.error().code() == Errc::not_found) return false;
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->size() <= header_bytes) return false;
  const Bytes all(reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size());
  const Bytes header = all.first(header_bytes);
  const bool big_endian_words = (header[3] & 1U) != 0;
  LogSum sum(big_endian_words);
  sum.add(header.first(header_sum_at));
  if (!sum.is_at(header, header_sum_at)) return true;
  const std::size_t page = big_endian(header, page_bytes_at);
  const std::size_t frame_bytes = frame_header_bytes + page;
  bool whole = true;  // every frame so far
  for (std::size_t at = header_bytes; at + frame_bytes <= all.size(); at += frame_bytes) {
    const Bytes frame = all.subspan(at, frame_bytes);
    // Frames of an earlier round of the log, which the present one has not overwritten.
    if (!salted(frame, header)) {
      whole = false;
      continue;
    }
    if (!whole) {
      if (big_endian(frame, commit_at) != 0) return true;
      continue;
    }
    sum.add(frame.first(summed_of_frame_header));
    sum.add(frame.subspan(frame_header_bytes));
    // Only what stands behind it tells damage from a write that a SIGKILL has cut short.
    whole = sum.is_at(frame, frame_sum_at);
  }
  return false;
}

Result<std::string> lost_ends(Database& database, const Run& last) {
  if (last.ended) return std::string();
  const std::string log = database.path() + "-wal";
  DROVER_TRY(const bool damaged_log, log_is_damaged(log));
  DROVER_TRY(const std::uint64_t ended, ended_on_record(database, last));
  const Result<Status> status = read_status(database.path());
  const bool of_last = status && status->host == last.host && status->process == last.process;
  const std::uint64_t told = of_last ? status->done + status->failed : 0;
  if (!damaged_log && told <= ended) return std::string();
  const std::string how_many =
      told > ended ? fmt::format("at least {} that had ended", told - ended) : "some that had ended";
  return fmt::format(
      "{} is damaged or was cut off: of the tasks of the last run {} are not on record any more and "
      "count as not finished",
      log, how_many);
}

}  // namespace drover::record
