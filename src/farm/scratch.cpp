#include "farm/scratch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace drover::farm {
namespace {

namespace fs = std::filesystem;

std::string home_of_runs(const std::string& tmp) {
  return fmt::format("{}/drover-{}", tmp, ::geteuid());
}

// Somebody else could have made the folder first, in a /tmp that all may write to.
bool is_ours(const std::string& folder) {
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 022) == 0;
}

std::unexpected<Error> cannot_make(const std::string& folder) {
  return failure(errno == ENOSPC ? Errc::exhausted : Errc::io,
                 fmt::format("cannot make the scratch folder {} ({})", folder, std::strerror(errno)),
                 "set TMPDIR to a folder that can be written to");
}

// Fails without harm while other runs live in it.
void remove_if_empty(const std::string& folder) {
  static_cast<void>(::rmdir(folder.c_str()));
}

machine::UniqueFd open_folder(const std::string& folder) {
  return machine::UniqueFd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace

Result<Scratch> Scratch::make(const std::string& tmp) {
  const std::string home = home_of_runs(tmp);
  // Another run may remove the home when it ends, or sweep the new folder before it is locked: then once more.
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (::mkdir(home.c_str(), 0700) != 0 && errno != EEXIST) return cannot_make(home);
    std::string folder = home + "/run-XXXXXX";
    if (!is_ours(home)) {
      struct stat status {};
      if (::lstat(home.c_str(), &status) != 0) continue;
      return failure(Errc::denied, fmt::format("{} is not a private folder of this user", home),
                     "remove it or set TMPDIR to another folder");
    }
    if (::mkdtemp(folder.data()) == nullptr) {
      if (errno == ENOENT) continue;
      return cannot_make(folder);
    }
    machine::UniqueFd lock = open_folder(folder);
    struct stat status {};
    if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 && ::stat(folder.c_str(), &status) == 0) {
      return Scratch(home, std::move(folder), std::move(lock));
    }
  }
  return cannot_make(home);
}

Scratch::~Scratch() {
  if (!lock_) return;
  remove_tree(folder_);
  remove_if_empty(home_);
}

Result<std::string> Scratch::make_for(schedule::TaskNumber task) const {
  // What an earlier attempt left may be impossible to remove (an open file on NFS): then the name has a number.
  constexpr int most = 100;
  const std::string first = fmt::format("{}/task-{}", folder_, task);
  std::string folder = first;
  for (int i = 2; ::mkdir(folder.c_str(), 0700) != 0; ++i) {
    if (errno != EEXIST || i > most) return cannot_make(folder);
    folder = fmt::format("{}.{}", first, i);
  }
  return folder;
}

void sweep_scratch(const std::string& tmp) {
  const std::string home = home_of_runs(tmp);
  if (!is_ours(home)) return;
  std::error_code error;
  for (fs::directory_iterator run(home, error); !error && run != fs::directory_iterator();
       run.increment(error)) {
    const std::string folder = run->path().string();
    const machine::UniqueFd lock = open_folder(folder);
    if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) remove_tree(folder);
  }
  remove_if_empty(home);
}

void remove_tree(const std::string& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (!error) return;
  // A task may have taken the write bit off its folders.
  std::error_code ignored;
  fs::permissions(folder, fs::perms::owner_all, fs::perm_options::add, ignored);
  for (auto entry =
           fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, ignored);
       entry != fs::recursive_directory_iterator(); entry.increment(ignored)) {
    if (ignored) break;
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
    }
  }
  fs::remove_all(folder, error);
}

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): a single thread
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

}  // namespace drover::farm
