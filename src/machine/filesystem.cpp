#include "machine/filesystem.hpp"

#include <fmt/format.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "machine/pretend.hpp"
#include "units/system_error.hpp"

namespace drover::machine {
namespace {

struct Kind {
  std::uint32_t type;
  const char* name;
  bool network;
};

// Of FUSE the number does not tell what is behind it; a local one called a network's costs a little speed,
// the other way round it would cost a record.
constexpr std::array kinds{
    Kind{0x6969, "nfs", true},
    Kind{0x0BD00BD0, "lustre", true},
    Kind{0x47504653, "gpfs", true},
    Kind{0x19830326, "beegfs", true},
    Kind{0x00C36400, "cephfs", true},
    Kind{0xFF534D42, "cifs", true},
    Kind{0xFE534D42, "smb2", true},
    Kind{0x517B, "smb", true},
    Kind{0x5346414F, "afs", true},  // OpenAFS and the kernel's afs
    Kind{0x6B414653, "afs", true},  // the kernel's kafs
    Kind{0x20030528, "orangefs", true},
    Kind{0x01021997, "9p", true},
    Kind{0x73757245, "coda", true},
    Kind{0x65735546, "fuse", true},
    Kind{0x564C, "ncp", true},
    Kind{0xAAD7AAEA, "panfs", true},
    Kind{0xBEEFDEAD, "snfs", true},
    Kind{0x18031977, "wekafs", true},
    Kind{0x013111A8, "ibrix", true},
    Kind{0x61636673, "acfs", true},
    // On a disk that several hosts share, and so with the same caveats.
    Kind{0x01161970, "gfs2", true},
    Kind{0x7461636F, "ocfs2", true},
    // A folder of the host, seen in a virtual machine.
    Kind{0xBACBACBC, "vmhgfs", true},
    Kind{0x786F4256, "vboxsf", true},
    Kind{0x7C7C6673, "prl_fs", true},

    Kind{0xEF53, "ext4", false},  // ext2 and ext3 have the same number
    Kind{0x58465342, "xfs", false},
    Kind{0x9123683E, "btrfs", false},
    Kind{0x01021994, "tmpfs", false},
    Kind{0x794C7630, "overlayfs", false},
    Kind{0x2FC12FC1, "zfs", false},
    Kind{0xF2F52010, "f2fs", false},
    Kind{0xCA451A4E, "bcachefs", false},
    Kind{0x858458F6, "ramfs", false},
    Kind{0x4D44, "vfat", false},
    Kind{0x2011BAB0, "exfat", false},
    Kind{0x7366746E, "ntfs3", false},
};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Filesystem filesystem_of_type(std::uint32_t type) {
  const auto* const kind = std::ranges::find(kinds, type, &Kind::type);
  if (kind == kinds.end()) return {fmt::format("type {:#x}", type), false};
  return {kind->name, kind->network};
}

Result<Filesystem> filesystem_of(const std::string& path_or_its_folder, const Surroundings& here) {
  DROVER_TRY(const Pretence pretend, pretence(here.environment));
  if (pretend.network_filesystem) return Filesystem{"nfs (DROVER_PRETEND)", true};
  struct statfs about {};
  int refused = 0;
  for (const std::string& path : {path_or_its_folder, folder_of(path_or_its_folder)}) {
    int answer = -1;
    do {
      answer = ::statfs(path.c_str(), &about);
    } while (answer != 0 && errno == EINTR);
    refused = answer == 0 ? 0 : errno;
    if (refused != ENOENT) break;
  }
  if (refused != 0) return system_failure("cannot tell the file system of " + path_or_its_folder, refused);
  return filesystem_of_type(static_cast<std::uint32_t>(about.f_type));
}

}  // namespace drover::machine
