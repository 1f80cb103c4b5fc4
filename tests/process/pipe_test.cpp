#include "process/pipe.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

namespace drover::process {
namespace {

TEST(Pipe, NeverHoldsUpItsReader) {
  Result<Pipe> pipe = Pipe::make();
  ASSERT_TRUE(pipe.has_value());
  char byte = 0;
  EXPECT_EQ(::read(pipe->read_end.get(), &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(Pipe, LooksLikeAnyOtherToItsWriter) {
  Result<Pipe> pipe = Pipe::make();
  ASSERT_TRUE(pipe.has_value());
  EXPECT_EQ(::fcntl(pipe->write_end.get(), F_GETFL) & O_NONBLOCK, 0) << "a task would see EAGAIN";
}

TEST(Pipe, IsNotInherited) {
  Result<Pipe> pipe = Pipe::make();
  ASSERT_TRUE(pipe.has_value());
  EXPECT_EQ(::fcntl(pipe->read_end.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(pipe->write_end.get(), F_GETFD), FD_CLOEXEC);
}

TEST(Pipe, HasFlagsOfItsOwnWhereItIsOpenedAnew) {
  Result<Pipe> pipe = Pipe::make();
  const machine::UniqueFd again = open_anew(pipe->write_end.get(), O_WRONLY);
  ASSERT_TRUE(again);
  EXPECT_EQ(::fcntl(again.get(), F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_NONBLOCK | O_WRONLY);
  EXPECT_EQ(::fcntl(again.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(pipe->write_end.get(), F_GETFL) & O_NONBLOCK, 0);
  ASSERT_EQ(::write(again.get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(pipe->read_end.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
  EXPECT_FALSE(open_anew(-1, O_RDONLY));
}

#ifndef __SANITIZE_ADDRESS__  // the sanitizer looks at the new Error through a pipe of its own
TEST(Pipe, SaysWhatToDoWhenNoDescriptorIsLeft) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 3;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const Result<Pipe> pipe = Pipe::make();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(pipe.has_value());
  EXPECT_EQ(pipe.error().code(), Errc::exhausted);
  EXPECT_NE(std::string(pipe.error().what()).find("ulimit -n"), std::string::npos);
}
#endif

}  // namespace
}  // namespace drover::process
