// Tokens in a pipe: ours for tasks, and those of a make that started us. The make here is made of two
// descriptors; jobserver_make_test.cpp has the real one.
#include "process/jobserver.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>

#include "children.hpp"

namespace drover::process {
namespace {

int bytes_in(int fd) {
  int count = -1;
  EXPECT_EQ(::ioctl(fd, FIONREAD, &count), 0);
  return count;
}

bool closed_on_exec(int fd) {
  return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

bool waits(int fd) {
  return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

// Takes `count` bytes out as a client does that shares the description.
std::string taken(int fd, std::size_t count) {
  std::string bytes(count, '?');
  const ssize_t n = ::read(fd, bytes.data(), count);
  bytes.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return bytes;
}

TEST(JobTokens, AreAsManyAsAskedFor) {
  for (const std::uint32_t count : {0U, 1U, 3U, 255U}) {
    const Result<JobTokens> tokens = JobTokens::make(count);
    ASSERT_TRUE(tokens.has_value());
    EXPECT_EQ(bytes_in(tokens->read_fd()), static_cast<int>(count));
    EXPECT_EQ(taken(tokens->read_fd(), count), std::string(count, '+'));
  }
}

TEST(JobTokens, AreInAPipeThatChildrenOnlyGetOnPurposeAndThatWaits) {
  const Result<JobTokens> tokens = JobTokens::make(1);
  ASSERT_EQ(tokens->descriptors().size(), 2U);
  EXPECT_EQ(tokens->descriptors()[0], tokens->read_fd());
  EXPECT_EQ(tokens->descriptors()[1], tokens->write_fd());
  for (const int fd : tokens->descriptors()) {
    EXPECT_TRUE(closed_on_exec(fd));
    EXPECT_TRUE(waits(fd)) << "clients that wait in read(2) share this flag";
  }
}

TEST(JobTokens, AreThereAgainAfterARecountWhateverWasTakenOrPutIn) {
  Result<JobTokens> tokens = JobTokens::make(3);
  for (const std::size_t lost : {0U, 1U, 3U}) {
    EXPECT_EQ(taken(tokens->read_fd(), lost).size(), lost);
    tokens->recount();
    EXPECT_EQ(bytes_in(tokens->read_fd()), 3) << lost << " lost";
  }
  ASSERT_EQ(::write(tokens->write_fd(), "xxxxx", 5), 5);
  tokens->recount();
  EXPECT_EQ(taken(tokens->read_fd(), 8), "+++");
}

TEST(JobTokens, AreRecountedWithoutWaitingWhereThereAreNone) {
  Result<JobTokens> tokens = JobTokens::make(0);
  tokens->recount();
  EXPECT_EQ(bytes_in(tokens->read_fd()), 0);
}

TEST(JobTokens, WaitAgainAfterAClientThatDidNotWant) {
  Result<JobTokens> tokens = JobTokens::make(2);
  ASSERT_EQ(::fcntl(tokens->read_fd(), F_SETFL, O_NONBLOCK), 0) << "as make 4.3 does";
  ASSERT_EQ(::fcntl(tokens->write_fd(), F_SETFL, O_NONBLOCK), 0);
  tokens->recount();
  EXPECT_TRUE(waits(tokens->read_fd()));
  EXPECT_TRUE(waits(tokens->write_fd()));
}

TEST(JobTokens, SurviveAMove) {
  Result<JobTokens> made = JobTokens::make(2);
  JobTokens tokens = *std::move(made);
  EXPECT_EQ(taken(tokens.read_fd(), 1), "+");
  tokens.recount();
  EXPECT_EQ(bytes_in(tokens.descriptors()[0]), 2);
}

TEST(JobTokens, AreRefusedWhereAPipeDoesNotHoldThem) {
  const Result<JobTokens> tokens = JobTokens::make(2'000'000);
  ASSERT_FALSE(tokens.has_value());
  EXPECT_EQ(tokens.error().code(), Errc::exhausted);
}

TEST(JobTokens, AreRefusedWithNumbersThatMakeCannotWaitFor) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit many = before;
  many.rlim_cur = std::min<rlim_t>(before.rlim_max, 1100);
  ASSERT_GE(many.rlim_cur, 1030U);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &many), 0);
  std::vector<machine::UniqueFd> filling;
  do {
    filling.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  } while (filling.back().get() < 1023 && filling.back());
  const Result<JobTokens> tokens = JobTokens::make(1);
  filling.clear();
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(tokens.has_value());
  EXPECT_EQ(tokens.error().code(), Errc::exhausted);
}

// What a process finds that a make has started for a recipe: two descriptors that came over an exec.
class Outer {
 public:
  explicit Outer(const std::string& tokens) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, 0), 0);
    reader = machine::UniqueFd(ends[0]);
    writer = machine::UniqueFd(ends[1]);
    EXPECT_EQ(::write(ends[1], tokens.data(), tokens.size()), static_cast<ssize_t>(tokens.size()));
  }
  machine::UniqueFd reader, writer;

  [[nodiscard]] std::string makeflags() const {
    return makeflags_for("k -- A=b", 4, reader.get(), writer.get());
  }
};

std::optional<JobserverClient> join(const std::string& makeflags) {
  return JobserverClient::join([&](const std::string& name) -> std::optional<std::string> {
    if (name == "MAKEFLAGS") return makeflags;
    return std::nullopt;
  });
}

TEST(JobserverClient, TakesWhatThereIsAndNoMoreThanAskedFor) {
  const Outer outer("+++");
  std::optional<JobserverClient> client = join(outer.makeflags());
  ASSERT_TRUE(client.has_value());
  EXPECT_EQ(client->held(), 0U);
  EXPECT_EQ(client->take(0), 0U);
  EXPECT_EQ(client->take(2), 2U);
  EXPECT_EQ(bytes_in(outer.reader.get()), 1);
  EXPECT_EQ(client->take(5), 1U);
  EXPECT_EQ(client->take(5), 0U) << "nothing left: no waiting";
  EXPECT_EQ(client->held(), 3U);
}

TEST(JobserverClient, GivesTheSameBytesBack) {
  const Outer outer("abc");
  std::optional<JobserverClient> client = join(outer.makeflags());
  EXPECT_EQ(client->take(3), 3U);
  client->give_back(1);
  EXPECT_EQ(client->held(), 2U);
  client->give_back(2);
  std::string bytes = taken(outer.reader.get(), 8);
  std::ranges::sort(bytes);
  EXPECT_EQ(bytes, "abc");
}

TEST(JobserverClient, GivesAllBackWhenItGoesAndOnlyOnce) {
  const Outer outer("++++");
  std::optional<JobserverClient> last;
  {
    std::optional<JobserverClient> client = join(outer.makeflags());
    EXPECT_EQ(client->take(3), 3U);
    last = std::move(client);
  }
  EXPECT_EQ(last->held(), 3U);
  EXPECT_EQ(bytes_in(outer.reader.get()), 1);
  last.reset();
  EXPECT_EQ(bytes_in(outer.reader.get()), 4);
}

TEST(JobserverClient, TellsWhenATokenMayBeHad) {
  const Outer outer("");
  std::optional<JobserverClient> client = join(outer.makeflags());
  pollfd asked{client->wait_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&asked, 1, 0), 0);
  ASSERT_EQ(::write(outer.writer.get(), "+", 1), 1);
  EXPECT_EQ(::poll(&asked, 1, 0), 1);
  EXPECT_EQ(taken(outer.reader.get(), 1), "+") << "another client was faster";
  EXPECT_EQ(client->take(1), 0U);
}

TEST(JobserverClient, LeavesTheDescriptorsOfMakeWaitingAndKeepsThemFromTasks) {
  const Outer outer("+");
  const std::optional<JobserverClient> client = join(outer.makeflags());
  for (const int fd : {outer.reader.get(), outer.writer.get()}) {
    EXPECT_TRUE(waits(fd));
    EXPECT_TRUE(closed_on_exec(fd));
  }
  EXPECT_TRUE(closed_on_exec(client->wait_fd()));
}

TEST(JobserverClient, JoinsAFifoByItsName) {
  const TemporaryFile folder("unused", "", std::filesystem::perms::owner_all);
  const std::string path = folder.folder() + "/GM fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const machine::UniqueFd make(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::write(make.get(), "++", 2), 2);
  std::optional<JobserverClient> client =
      join(" -j3 --jobserver-auth=fifo:" + folder.folder() + "/GM\\ fifo");
  ASSERT_TRUE(client.has_value());
  EXPECT_EQ(client->take(9), 2U);
  client.reset();
  EXPECT_EQ(bytes_in(make.get()), 2);
  EXPECT_FALSE(join("--jobserver-auth=fifo:" + folder.path()).has_value()) << "a plain file";
  EXPECT_FALSE(join("--jobserver-auth=fifo:/no/such/fifo").has_value());
}

TEST(JobserverClient, JoinsTheLastOneNamedOnly) {
  const Outer first("+");
  const Outer last("++");
  const auto auth = [](const Outer& outer) {
    return " --jobserver-auth=" + std::to_string(outer.reader.get()) + "," +
           std::to_string(outer.writer.get());
  };
  EXPECT_FALSE(join(auth(first) + " --jobserver-auth=-2,-2").has_value()) << "closed by a make in between";
  std::optional<JobserverClient> client = join(auth(first) + auth(last));
  ASSERT_TRUE(client.has_value());
  EXPECT_EQ(client->take(9), 2U);
}

TEST(JobserverClient, JoinsNothingWithoutAJobServer) {
  EXPECT_FALSE(JobserverClient::join([](const std::string&) { return std::nullopt; }).has_value());
  for (const char* makeflags :
       {"", "k -j4", "--jobserver-auth=", "--jobserver-auth=3", "--jobserver-auth=x,y",
        "--jobserver-auth=-1,-1", "--jobserver-auth=99999999999,4", "--jobserver-auth=4000000000,4",
        "--jobserver-auth=3,4,5"}) {
    EXPECT_FALSE(join(makeflags).has_value()) << makeflags;
  }
}

// make names its job server to every command, also to those that do not get its descriptors: what stands under
// these numbers then is anything at all.
TEST(JobserverClient, JoinsNoDescriptorsThatAreNotThoseOfAJobServer) {
  Outer outer("+");
  const Outer other("+");
  const auto named = [](int reader, int writer) {
    return join("--jobserver-auth=" + std::to_string(reader) + "," + std::to_string(writer)).has_value();
  };
  EXPECT_FALSE(named(outer.writer.get(), outer.reader.get())) << "the wrong way round";
  EXPECT_FALSE(named(outer.reader.get(), outer.reader.get()));
  EXPECT_FALSE(named(outer.reader.get(), other.writer.get())) << "two pipes";
  int sockets[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  const machine::UniqueFd one(sockets[0]);
  const machine::UniqueFd two(sockets[1]);
  EXPECT_FALSE(named(one.get(), two.get())) << "no pipe";
  const machine::UniqueFd file(::open("/dev/null", O_RDWR));
  EXPECT_FALSE(named(file.get(), file.get())) << "no pipe";
  Result<JobTokens> ours = JobTokens::make(1);
  EXPECT_FALSE(named(ours->read_fd(), ours->write_fd())) << "closed on exec: it did not come over one";
  const int gone = outer.writer.get();
  outer.writer.reset();
  EXPECT_FALSE(named(outer.reader.get(), gone)) << "closed";
}

}  // namespace
}  // namespace drover::process
