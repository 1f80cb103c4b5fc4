#include "machine/replace_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "machine/unique_fd.hpp"
#include "units/system_error.hpp"

namespace drover::machine {

namespace {

constexpr int most_names = 1000;

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

// A new file beside `path`; gone with this unless it was renamed. It has no name at first, so that nothing is
// left even after SIGKILL; a file system without such files (NFS) gives it one from the start.
class TemporaryFile {
 public:
  static Result<TemporaryFile> beside(const std::string& path) {
    const std::string folder = folder_of(path);
    const char* where = folder.empty() ? "." : folder.c_str();
    machine::UniqueFd unnamed(::open(where, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666));
    if (unnamed) return TemporaryFile({}, std::move(unnamed));
    int file = -1;
    std::string name;
    const int error = find_name(folder, name, [&](const char* candidate) {
      return file = ::open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    });
    if (error != 0) return system_failure(fmt::format("cannot write {}", path), error);
    return TemporaryFile(std::move(name), machine::UniqueFd(file));
  }
  ~TemporaryFile() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  TemporaryFile(TemporaryFile&& other) noexcept
      : name_(std::exchange(other.name_, {})), file_(std::move(other.file_)) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;

  // errno on failure, else 0; the same below.
  [[nodiscard]] int write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(file_.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
  }

  [[nodiscard]] int rename_to(const std::string& path) {
    if (name_.empty()) {
      if (link_as(path.c_str()) == 0) return 0;
      // There is a file to replace, which linkat(2) cannot.
      const int error = find_name(folder_of(path), name_, [&](const char* name) { return link_as(name); });
      if (error != 0) return error;
    }
    if (std::rename(name_.c_str(), path.c_str()) != 0) return errno;
    name_.clear();
    return 0;
  }

 private:
  TemporaryFile(std::string name, machine::UniqueFd file) : name_(std::move(name)), file_(std::move(file)) {}

  // open(2), O_TMPFILE: the way to name such a file without a capability.
  [[nodiscard]] int link_as(const char* name) const {
    const std::string file = fmt::format("/proc/self/fd/{}", file_.get());
    return ::linkat(AT_FDCWD, file.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW);
  }

  // The first name that `make` does not find taken, in `name`, which stays empty on failure.
  template <class Make>
  static int find_name(const std::string& folder, std::string& name, Make make) {
    for (int number = 0; number < most_names; ++number) {
      std::string candidate = fmt::format("{}.drover-{}-{}.tmp", folder, ::getpid(), number);
      if (make(candidate.c_str()) >= 0) {
        name = std::move(candidate);
        return 0;
      }
      if (errno != EEXIST) return errno;
    }
    return EEXIST;
  }

  std::string name_;
  machine::UniqueFd file_;
};

}  // namespace

Result<void> replace_file(const std::string& path, const NextPiece& next) {
  DROVER_TRY(TemporaryFile file, TemporaryFile::beside(path));
  while (true) {
    DROVER_TRY(const std::string_view piece, next());
    if (piece.empty()) break;
    if (const int error = file.write(piece); error != 0)
      return system_failure(fmt::format("cannot write {}", path), error);
  }
  if (const int error = file.rename_to(path); error != 0)
    return system_failure(fmt::format("cannot write {}", path), error);
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  return replace_file(path, [&]() -> Result<std::string_view> { return std::exchange(text, {}); });
}

}  // namespace drover::machine
