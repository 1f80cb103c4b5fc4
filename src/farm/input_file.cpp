#include "farm/input_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace drover::farm {
namespace {

std::unexpected<Error> refused(const std::string& name, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return failure(Errc::not_found, fmt::format("there is no file '{}' to read inputs from", name),
                     "check the name after -a or ::::");
    case EACCES:
    case EPERM:
      return failure(Errc::denied, fmt::format("the inputs in '{}' may not be read", name),
                     "check the permissions of the file and its folders");
    default:
      return failure(Errc::io, fmt::format("cannot read inputs from '{}': {}", name,
                                           std::generic_category().message(error)));
  }
}

}  // namespace

bool names_standard_input(std::string_view path) {
  return path == "-" || path == "/dev/stdin" || path == "/dev/fd/0";
}

Result<InputFile> InputFile::open(const std::string& path) {
  InputFile file;
  if (names_standard_input(path)) {
    file.name = "standard input";
    file.fd = STDIN_FILENO;
  } else {
    file.name = path;
    // O_NONBLOCK: without it a named pipe that has no writer yet would hold us here.
    file.owned = machine::UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.owned) return refused(file.name, errno);
    file.fd = file.owned.get();
  }
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return refused(file.name, errno);
  if (S_ISDIR(status.st_mode))
    return failure(Errc::usage, fmt::format("'{}' is a directory, not a file of inputs", file.name),
                   fmt::format("for the files in it write --glob '{}/*'", path));
  file.regular = S_ISREG(status.st_mode);
  if (file.regular) {
    file.start = ::lseek(file.fd, 0, SEEK_CUR);
    if (file.start < 0) return refused(file.name, errno);
    file.size = status.st_size;
  }
  return file;
}

}  // namespace drover::farm
