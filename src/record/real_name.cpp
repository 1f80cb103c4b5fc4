#include "record/real_name.hpp"

#include <filesystem>

namespace drover::record {

std::string real_name(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int most_links = 40;  // as the kernel (path_resolution(7))
  std::error_code none;
  fs::path name(path);
  for (int i = 0; i < most_links && fs::is_symlink(name, none); ++i) {
    const fs::path target = fs::read_symlink(name, none);
    name = target.is_absolute() ? target : name.parent_path() / target;
  }
  return name.string();
}

}  // namespace drover::record
