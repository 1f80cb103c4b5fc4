#include "farm/path_endings.hpp"

namespace drover::farm {
namespace {

std::string_view without_extension(std::string_view path) {
  const std::size_t mark = path.find_last_of("./");
  return mark != std::string_view::npos && path[mark] == '.' ? path.substr(0, mark) : path;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// The part before the last slash, without its slashes; a root keeps one.
std::string_view before_last_slash(std::string_view path) {
  std::size_t end = path.rfind('/');
  if (end == std::string_view::npos) return ".";
  while (end > 0 && path[end] == '/') --end;
  return path.substr(0, end + 1);
}

// A trailing slash does not count: the directory of a/b/ is a.
std::string_view directory_of(std::string_view path) {
  const std::string_view directory = before_last_slash(path);
  return path.ends_with('/') ? before_last_slash(directory) : directory;
}

}  // namespace

std::string_view path_ending(std::string_view path, Ending ending) {
  switch (ending) {
    case Ending::none:
      return path;
    case Ending::no_extension:
      return without_extension(path);
    case Ending::base:
      return base_name(path);
    case Ending::directory:
      return directory_of(path);
    case Ending::stem:
      return without_extension(base_name(path));
  }
  return path;
}

}  // namespace drover::farm
