// The machine says what it is called in a second place.
#include "machine/host.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace drover::machine {
namespace {

TEST(Host, HasTheNameThatTheKernelTells) {
  std::ifstream file("/proc/sys/kernel/hostname");
  std::string name;
  ASSERT_TRUE(std::getline(file, name));
  EXPECT_EQ(host_name(), name);
}

}  // namespace
}  // namespace drover::machine
