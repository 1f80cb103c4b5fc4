#include "cie-spectrum/atomic_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>

namespace cie {
namespace {

namespace fs = std::filesystem;

std::unexpected<Refusal> cannot_write(const fs::path& path, const std::error_code& why) {
  return refuse(Refusal::Kind::output,
                fmt::format("cannot write {}: {}; a file of that name is as it was; name another place with "
                            "--output or --output-dir",
                            path.string(), why.message()));
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

// A name that no other process writes to, on whatever host of a shared folder.
fs::path hidden_neighbour(const fs::path& path) {
  std::random_device random;
  return path.parent_path() /
         fmt::format(".{}.{:08x}{:08x}.part", path.filename().string(), random(), random());
}

// Creates `path`, which must be new, and brings all bytes to the disk.
std::error_code write_new_file(const fs::path& path, std::string_view bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wbxe");
  if (file == nullptr) return last_error();
  std::error_code error;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size() || std::fflush(file) != 0 ||
      fsync(fileno(file)) != 0) {
    error = last_error();
  }
  if (std::fclose(file) != 0 && !error) error = last_error();
  return error;
}

}  // namespace

Result<void> replace_file(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  const fs::file_status there = fs::status(path, error);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    return refuse(
        Refusal::Kind::output,
        fmt::format("cannot write {}: it is not a regular file; choose another name", path.string()));
  }
  const fs::path target = fs::exists(there) ? fs::canonical(path, error) : path;
  if (fs::exists(there) && error) return cannot_write(path, error);

  const fs::path hidden = hidden_neighbour(target);
  error = write_new_file(hidden, bytes);
  if (!error) fs::rename(hidden, target, error);
  if (!error) return {};
  std::error_code ignored;  // the first error is the one to tell
  fs::remove(hidden, ignored);
  return cannot_write(path, error);
}

}  // namespace cie
