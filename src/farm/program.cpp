#include "farm/program.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace drover::farm {
namespace {

enum class Found { no, not_executable, yes };

Found look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Found::no;
  if (S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0) return Found::yes;
  return Found::not_executable;
}

std::unexpected<Error> not_executable(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return failure(Errc::denied, fmt::format("{} is a folder, not a program", path),
                   "name the program in it");
  }
  return failure(Errc::denied, fmt::format("no permission to execute {}", path),
                 fmt::format("chmod +x {}", path));
}

Result<std::string> from_path(const std::string& name) {
  std::error_code ignored;
  std::string absolute = std::filesystem::absolute(name, ignored).string();
  switch (look_at(name)) {
    case Found::yes:
      return absolute;
    case Found::not_executable:
      return not_executable(name);
    case Found::no:
      break;
  }
  return failure(Errc::not_found, fmt::format("no such program: {}", name),
                 "check the path, relative to the folder drover was started in");
}

}  // namespace

Result<std::string> find_program(std::string_view name, std::string_view path) {
  if (name.empty()) return failure(Errc::usage, "the command is an empty word", "name a program");
  if (name.find('/') != std::string_view::npos) return from_path(std::string(name));
  std::string seen_without_x;
  while (true) {
    const std::size_t colon = path.find(':');
    const std::string_view folder = path.substr(0, colon);
    const std::string candidate =
        folder.empty() ? fmt::format("./{}", name) : fmt::format("{}/{}", folder, name);
    switch (look_at(candidate)) {
      case Found::yes: {
        std::error_code ignored;
        return std::filesystem::absolute(candidate, ignored).string();
      }
      case Found::not_executable:
        seen_without_x = candidate;
        break;
      case Found::no:
        break;
    }
    if (colon == std::string_view::npos) break;
    path.remove_prefix(colon + 1);
  }
  if (!seen_without_x.empty()) return not_executable(seen_without_x);
  return failure(Errc::not_found, fmt::format("no such program: {}", name),
                 "install it, or give its path (./name for one in this folder)");
}

std::string search_path() {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): a single thread
  return path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
}

}  // namespace drover::farm
