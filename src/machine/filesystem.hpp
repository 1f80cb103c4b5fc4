// On what kind of file system a file lies: on one that several hosts may share, where locks and shared memory
// cannot be relied on as on a disk of our own?
//
//     filesystem_of("run.drover")  →  {"ext4", false},  {"lustre", true}
//
// Source  statfs(2), f_type; linux/magic.h; GNU coreutils, src/stat.c, for those that are not in the kernel.
#pragma once

#include <cstdint>
#include <string>

#include "machine/surroundings.hpp"
#include "units/result.hpp"

namespace drover::machine {

struct Filesystem {
  std::string name;  // "nfs", "lustre", "ext4"; "type 0x1234abcd" if it is none that we know
  // NFS, Lustre, GPFS, BeeGFS, CephFS, SMB, AFS, OrangeFS, 9p and more; and all of FUSE (sshfs, GlusterFS).
  bool network = false;
};

// Of a file, or of its folder if the file does not exist yet. DROVER_PRETEND="filesystem=nfs" makes it
// {"nfs (DROVER_PRETEND)", true}. Errors: not_found, denied, io.
[[nodiscard]] Result<Filesystem> filesystem_of(const std::string& path_or_its_folder,
                                               const Surroundings& here = {});

// By the number that statfs(2) tells as f_type.
[[nodiscard]] Filesystem filesystem_of_type(std::uint32_t type);

}  // namespace drover::machine
