#include "farm/glob.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "farm/natural_order.hpp"

namespace drover::farm {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

struct Entry {
  std::string name;
  bool folder = false;  // a symbolic link to one is none
  bool link = false;
};

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// File systems may leave d_type open; then the entry itself is asked.
void find_kind(int folder, const dirent& found, Entry& entry) {
  entry.folder = found.d_type == DT_DIR;
  entry.link = found.d_type == DT_LNK;
  struct stat status {};
  if (found.d_type != DT_UNKNOWN || ::fstatat(folder, found.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return;
  entry.folder = S_ISDIR(status.st_mode);
  entry.link = S_ISLNK(status.st_mode);
}

// What a folder holds, without "." and ".."; nothing if it is none.
Result<std::vector<Entry>> entries_of(const std::string& path) {
  std::vector<Entry> entries;
  const char* const name = path.empty() ? "." : path.c_str();
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(name));
  const auto cannot_read = [&](int error) {
    return failure(error == EACCES ? Errc::denied : Errc::io,
                   fmt::format("the folder '{}' cannot be searched for --glob: {}", name,
                               std::generic_category().message(error)),
                   "make it readable, or write a pattern that leaves it out");
  };
  if (!folder) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return entries;
    return cannot_read(errno);
  }
  while (true) {
    errno = 0;
    const dirent* const found = ::readdir(folder.get());
    if (found == nullptr) break;
    Entry entry{found->d_name};
    if (entry.name == "." || entry.name == "..") continue;
    find_kind(::dirfd(folder.get()), *found, entry);
    entries.push_back(std::move(entry));
  }
  if (errno != 0) return cannot_read(errno);
  return entries;
}

bool has_wildcard(std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '\\')
      ++i;
    else if (part[i] == '*' || part[i] == '?' || part[i] == '[')
      return true;
  }
  return false;
}

std::string without_backslashes(std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '\\' && i + 1 < part.size()) ++i;
    text += part[i];
  }
  return text;
}

// Walks one pattern, part by part. A path is "" or ends with '/' while it is a folder to look into.
class Walk {
 public:
  explicit Walk(std::string_view pattern) {
    if (pattern.starts_with('/')) root_ = "/";
    folders_only_ = pattern.ends_with('/');
    for (std::size_t at = 0; at < pattern.size();) {
      const std::size_t slash = std::min(pattern.find('/', at), pattern.size());
      const std::string_view part = pattern.substr(at, slash - at);
      at = slash + 1;
      const bool repeated = part == "**" && !parts_.empty() && parts_.back() == "**";
      if (!part.empty() && !repeated) parts_.emplace_back(part);
    }
  }

  Result<std::vector<std::string>> run() {
    if (!parts_.empty()) {
      DROVER_CHECK(descend(root_, 0));
    } else if (!root_.empty()) {
      matches_.push_back(root_);
    }
    return std::move(matches_);
  }

 private:
  [[nodiscard]] bool last(std::size_t part) const { return part + 1 == parts_.size(); }

  // Matches parts_[part] and those after it in the folder `path`.
  Result<void> descend(const std::string& path, std::size_t part) {
    const std::string& pattern = parts_[part];
    if (pattern == "**") return descend_all(path, part);
    if (!has_wildcard(pattern)) {
      const std::string next = path + without_backslashes(pattern);
      if (!last(part)) return descend(next + '/', part + 1);
      if (exists(next)) take(next, folders_only_ && is_folder(next));
      return {};
    }
    DROVER_TRY(const auto entries, entries_of(path));
    for (const Entry& entry : entries) {
      if (::fnmatch(pattern.c_str(), entry.name.c_str(), FNM_PERIOD) != 0) continue;
      const std::string next = path + entry.name;
      const bool folder = entry.folder || (entry.link && (folders_only_ || !last(part)) && is_folder(next));
      if (last(part))
        take(next, folder);
      else if (folder) {
        DROVER_CHECK(descend(next + '/', part + 1));
      }
    }
    return {};
  }

  // **: no folder at all, and every folder below.
  Result<void> descend_all(const std::string& path, std::size_t part) {
    if (last(part)) {
      if (!path.empty() && is_folder(path)) matches_.push_back(path);
    } else {
      DROVER_CHECK(descend(path, part + 1));
    }
    return descend_below(path, part);
  }

  Result<void> descend_below(const std::string& path, std::size_t part) {
    DROVER_TRY(const auto entries, entries_of(path));
    for (const Entry& entry : entries) {
      if (entry.name.starts_with('.')) continue;
      const std::string next = path + entry.name;
      if (last(part)) take(next, entry.folder || (folders_only_ && entry.link && is_folder(next)));
      // Not through links: they may lead round in a circle, and to files that are met anyway.
      if (!entry.folder) continue;
      if (!last(part)) {
        DROVER_CHECK(descend(next + '/', part + 1));
      }
      DROVER_CHECK(descend_below(next + '/', part));
    }
    return {};
  }

  void take(const std::string& path, bool folder) {
    if (!folders_only_)
      matches_.push_back(path);
    else if (folder)
      matches_.push_back(path + '/');
  }

  std::string root_;
  bool folders_only_ = false;
  std::vector<std::string> parts_;
  std::vector<std::string> matches_;
};

}  // namespace

Result<std::vector<std::string>> expand_glob(const std::string& pattern) {
  DROVER_TRY(auto matches, Walk(pattern).run());
  if (matches.empty()) {
    const bool braces = pattern.find('{') != std::string::npos;
    return failure(Errc::usage, fmt::format("no file matches --glob '{}'", pattern),
                   braces ? "braces are not expanded here: give one --glob for each pattern"
                          : "check the pattern and the folder you are in");
  }
  std::ranges::sort(matches, before_in_natural_order);
  // With two ** in a pattern there may be two ways to one file.
  matches.erase(std::unique(matches.begin(), matches.end()), matches.end());
  return matches;
}

}  // namespace drover::farm
