#include "farm/spill.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "units/assert.hpp"

namespace drover::farm {
namespace {

// For file systems without O_TMPFILE (NFS, some overlays): a name that is gone at once.
int open_and_unlink(const std::string& folder) {
  std::string name = folder + "/drover-spill-XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd >= 0) ::unlink(name.c_str());
  return fd;
}

}  // namespace

Result<void> Spill::open() {
  if (file_) return {};
  int fd = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) fd = open_and_unlink(folder_);
  if (fd < 0) {
    return failure(Errc::io,
                   fmt::format("cannot keep a big output in {} ({})", folder_, std::strerror(errno)),
                   "set TMPDIR to a folder that can be written to");
  }
  file_ = machine::UniqueFd(fd);
  return {};
}

Result<Spill::Extent> Spill::append(std::string_view bytes) {
  DROVER_CHECK(open());
  const Extent extent{end_, bytes.size()};
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(end_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      end_ = extent.offset;
      return failure(Errc::exhausted,
                     fmt::format("cannot keep a big output in {} ({})", folder_, std::strerror(errno)),
                     "set TMPDIR to a folder with more room, or write the output to files");
    }
    end_ += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  live_ += extent.length;
  return extent;
}

Result<std::size_t> Spill::read(std::uint64_t offset, std::span<char> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t n =
        ::pread(file_.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      return failure(
          Errc::io, fmt::format("cannot read back an output kept in {} ({})", folder_, std::strerror(errno)));
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void Spill::release(Extent extent) {
  DROVER_ASSERT(live_ >= extent.length, live_, extent.length);
  live_ -= extent.length;
  if (live_ == 0) {
    end_ = 0;
    // If this fails the space is only reused later: not worth an error.
    if (::ftruncate(file_.get(), 0) != 0) return;
  } else {
    ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(extent.offset),
                static_cast<off_t>(extent.length));
  }
}

}  // namespace drover::farm
