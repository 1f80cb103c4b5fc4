// The numbers are those of linux/magic.h (Linux 6.1) where it has them, and of coreutils 9, src/stat.c.
#include "machine/filesystem.hpp"

#include <gtest/gtest.h>
#include <linux/magic.h>

#include "tests/machine/pretend_machine.hpp"

namespace drover::machine {
namespace {

TEST(FilesystemOf, KnowsThoseOfANetworkByTheirNumber) {
  const std::map<std::uint32_t, std::string> network{
      {NFS_SUPER_MAGIC, "nfs"},    {0x0BD00BD0, "lustre"},       {0x47504653, "gpfs"},
      {0x19830326, "beegfs"},      {CEPH_SUPER_MAGIC, "cephfs"}, {CIFS_SUPER_MAGIC, "cifs"},
      {SMB2_SUPER_MAGIC, "smb2"},  {SMB_SUPER_MAGIC, "smb"},     {AFS_SUPER_MAGIC, "afs"},
      {AFS_FS_MAGIC, "afs"},       {0x20030528, "orangefs"},     {V9FS_MAGIC, "9p"},
      {CODA_SUPER_MAGIC, "coda"},  {FUSE_SUPER_MAGIC, "fuse"},   {NCP_SUPER_MAGIC, "ncp"},
      {OCFS2_SUPER_MAGIC, "ocfs2"}};
  for (const auto& [number, name] : network) {
    EXPECT_EQ(filesystem_of_type(number).name, name);
    EXPECT_TRUE(filesystem_of_type(number).network) << name;
  }
}

TEST(FilesystemOf, KnowsThoseOfADisk) {
  const std::map<std::uint32_t, std::string> local{{EXT4_SUPER_MAGIC, "ext4"},
                                                   {XFS_SUPER_MAGIC, "xfs"},
                                                   {BTRFS_SUPER_MAGIC, "btrfs"},
                                                   {TMPFS_MAGIC, "tmpfs"},
                                                   {OVERLAYFS_SUPER_MAGIC, "overlayfs"},
                                                   {F2FS_SUPER_MAGIC, "f2fs"},
                                                   {RAMFS_MAGIC, "ramfs"},
                                                   {MSDOS_SUPER_MAGIC, "vfat"},
                                                   {EXFAT_SUPER_MAGIC, "exfat"}};
  for (const auto& [number, name] : local) {
    EXPECT_EQ(filesystem_of_type(number).name, name);
    EXPECT_FALSE(filesystem_of_type(number).network) << name;
  }
}

TEST(FilesystemOf, TellsTheNumberOfAnUnknownOne) {
  EXPECT_EQ(filesystem_of_type(0x1234abcd).name, "type 0x1234abcd");
  EXPECT_FALSE(filesystem_of_type(0x1234abcd).network);
}

TEST(FilesystemOf, IsThatOfTheFolderForAFileThatIsToBe) {
  PretendMachine machine;
  const std::string folder = machine.path("");
  const Result<Filesystem> there = filesystem_of(folder, machine.surroundings());
  const Result<Filesystem> to_be = filesystem_of(folder + "/run.drover", machine.surroundings());
  ASSERT_TRUE(there.has_value());
  ASSERT_TRUE(to_be.has_value());
  EXPECT_EQ(to_be->name, there->name);
  EXPECT_TRUE(filesystem_of("run.drover", machine.surroundings()).has_value()) << "the current folder";
  EXPECT_TRUE(filesystem_of("/run.drover", machine.surroundings()).has_value()) << "the root";
  EXPECT_EQ(filesystem_of("/proc/no-such-file", machine.surroundings())->name, "type 0x9fa0")
      << "magic.h: proc";
}

TEST(FilesystemOf, IsRefusedWhereThereIsNoSuchFolder) {
  const Result<Filesystem> refused = filesystem_of("/no/such/run.drover", PretendMachine().surroundings());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Errc::not_found);
  EXPECT_NE(std::string(refused.error().what()).find("/no/such/run.drover"), std::string::npos);
}

TEST(FilesystemOf, CanBePretended) {
  PretendMachine machine;
  machine.variable("DROVER_PRETEND", "filesystem=nfs");
  const Result<Filesystem> pretended = filesystem_of(machine.path(""), machine.surroundings());
  ASSERT_TRUE(pretended.has_value());
  EXPECT_EQ(pretended->name, "nfs (DROVER_PRETEND)");
  EXPECT_TRUE(pretended->network);
}

}  // namespace
}  // namespace drover::machine
