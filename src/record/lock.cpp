#include "record/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "machine/host.hpp"
#include "record/upkeep.hpp"
#include "units/number.hpp"
#include "units/system_error.hpp"

namespace drover::record {
namespace {

using machine::UniqueFd;

struct flock whole_file(short type) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  return range;
}

std::string lock_path(const std::string& record) {
  return record + "-lock";
}

// "host 1234\n", as it was written by the holder.
std::optional<Holder> read_holder(int file) {
  std::array<char, 512> text;
  const ssize_t n = ::pread(file, text.data(), text.size(), 0);
  if (n <= 0) return std::nullopt;
  std::string_view line(text.data(), static_cast<std::size_t>(n));
  line = line.substr(0, line.find('\n'));
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto process = whole_number<std::uint64_t>(line.substr(blank + 1));
  if (!process) return std::nullopt;
  return Holder{std::string(line.substr(0, blank)), static_cast<std::int64_t>(*process)};
}

std::unexpected<Error> held(const std::string& record, const std::optional<Holder>& holder) {
  const std::string who = holder ? fmt::format(" (process {} on {})", holder->process, holder->host) : "";
  return failure(Errc::usage, fmt::format("the run record {} is held by a living drover{}", record, who),
                 fmt::format("wait for it, watch it with `drover status {}`, or name another file", record));
}

// Another host wrote the file and went on renewing its status: measured by the file server's own clock.
bool lives_elsewhere(const std::string& record, int lock_file, const std::optional<Holder>& holder) {
  if (!holder || holder->host == machine::host_name()) return false;
  struct stat status {};
  struct stat now {};
  constexpr time_t half_a_minute = 30;
  if (::stat(status_path(record).c_str(), &status) != 0) return false;
  if (::futimens(lock_file, nullptr) != 0 || ::fstat(lock_file, &now) != 0) return false;
  return now.st_mtim.tv_sec - status.st_mtim.tv_sec < half_a_minute;
}

// A job that was requeued on another node finds a fresh status of the dead: whoever lives renews it every two seconds.
bool goes_on(const std::string& record) {
  struct stat before {};
  struct stat now {};
  constexpr int looks = 60;
  constexpr int milliseconds = 100;
  if (::stat(status_path(record).c_str(), &before) != 0) return false;
  for (int look = 0; look < looks; ++look) {
    ::poll(nullptr, 0, milliseconds);
    if (::stat(status_path(record).c_str(), &now) != 0) return false;
    if (now.st_ino != before.st_ino || now.st_mtim.tv_sec != before.st_mtim.tv_sec) return true;
  }
  return false;
}

// Somebody may remove the file between our open and our lock: then ours is a lock on nothing.
bool is_still_there(const std::string& path, int file) {
  struct stat named {};
  struct stat opened {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(file, &opened) == 0 && named.st_ino == opened.st_ino &&
         named.st_dev == opened.st_dev;
}

Result<void> write_holder(const std::string& path, int file) {
  const std::string text = fmt::format("{} {}\n", machine::host_name(), ::getpid());
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, text.data(), text.size(), 0) != std::ssize(text))
    return system_failure("cannot write " + path);
  return {};
}

}  // namespace

Result<Lock> Lock::take(const std::string& record) {
  const std::string path = lock_path(record);
  std::error_code shown_by_open;
  if (const auto folder = std::filesystem::path(record).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder, shown_by_open);
  while (true) {
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file) return system_failure(fmt::format("cannot lock the run record {}", record));
    struct flock range = whole_file(F_WRLCK);
    const bool locked = ::fcntl(file.get(), F_OFD_SETLK, &range) == 0;
    const int error = errno;
    const std::optional<Holder> holder = read_holder(file.get());
    if (!locked && (error == EAGAIN || error == EACCES)) return held(record, holder);
    if (!locked && error != ENOLCK && error != EOPNOTSUPP && error != ENOSYS && error != EINVAL)
      return system_failure(fmt::format("cannot lock the run record {}", record), error);
    if (!is_still_there(path, file.get())) continue;
    if (lives_elsewhere(record, file.get(), holder) && goes_on(record)) return held(record, holder);
    Lock lock(path, std::move(file), ::getpid());  // it is ours: whatever fails now, the file goes with it
    DROVER_CHECK(write_holder(path, lock.file_.get()));
    return lock;
  }
}

std::optional<Holder> Lock::holder(const std::string& record) {
  const UniqueFd file(::open(lock_path(record).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  struct flock range = whole_file(F_RDLCK);
  const bool asked = ::fcntl(file.get(), F_OFD_GETLK, &range) == 0;
  const std::optional<Holder> holder = read_holder(file.get());
  const bool lives = (asked && range.l_type != F_UNLCK) || lives_elsewhere(record, file.get(), holder);
  return lives ? holder : std::nullopt;
}

Lock::~Lock() {
  if (file_ && owner_ == ::getpid()) ::unlink(path_.c_str());
}

}  // namespace drover::record
