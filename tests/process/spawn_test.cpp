// What a program finds when it begins, and what its starter is told when it cannot.
#include "process/spawn.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "children.hpp"

namespace drover::process {
namespace {

namespace fs = std::filesystem;

class Spawn : public testing::Test {
 protected:
  Spawner spawner{no_signals(), std::nullopt};

  [[nodiscard]] std::string shell(const std::string& line, const SpawnRequest& request = {}) {
    return output_of(spawner, {"/bin/sh", "-c", line}, request);
  }
  // The failure of a start that must fail; nothing of it may stay behind.
  [[nodiscard]] SpawnFailure failure_of(const std::vector<std::string>& command,
                                        const SpawnRequest& request = {}) {
    const std::expected<Child, SpawnFailure> child = start(spawner, command, request);
    EXPECT_FALSE(child.has_value());
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD) << "a child was left";
    return child ? SpawnFailure{} : child.error();
  }
};

TEST_F(Spawn, GivesTheArgumentsAsTheyAre) {
  EXPECT_EQ(output_of(spawner, {"/usr/bin/printf", "%s|", "a b", "", "$(x)", "new\nline", "\xff"}),
            "a b||$(x)|new\nline|\xff|");
}

TEST_F(Spawn, GivesTheEnvironmentAndNothingElse) {
  Result<Pipe> pipe = Pipe::make();
  SpawnRequest request;
  request.stdout_fd = pipe->write_end.get();
  std::expected<Child, SpawnFailure> child =
      start(spawner, {"/usr/bin/env"}, request, {"A=1", "B=two words"});
  pipe->write_end.reset();
  EXPECT_EQ(read_all(pipe->read_end.get()), "A=1\nB=two words\n");
  EXPECT_TRUE(wait_for_end(*child).status.success());
}

TEST_F(Spawn, PutsTheThreeStreamsInPlace) {
  Result<Pipe> in = Pipe::make();
  Result<Pipe> out = Pipe::make();
  Result<Pipe> err = Pipe::make();
  ASSERT_EQ(::write(in->write_end.get(), "word\n", 5), 5);
  in->write_end.reset();
  SpawnRequest request;
  request.stdin_fd = in->read_end.get();
  request.stdout_fd = out->write_end.get();
  request.stderr_fd = err->write_end.get();
  std::expected<Child, SpawnFailure> child =
      start_shell(spawner, "read w; echo out $w; echo err $w >&2", request);
  out->write_end.reset();
  err->write_end.reset();
  EXPECT_EQ(read_all(out->read_end.get()), "out word\n");
  EXPECT_EQ(read_all(err->read_end.get()), "err word\n");
  EXPECT_TRUE(wait_for_end(*child).status.success());
}

TEST_F(Spawn, LeaksNoDescriptorIntoTheChild) {
  // A number that ls does not use itself.
  const machine::UniqueFd ours(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 200));
  ASSERT_GE(ours.get(), 200);
  const std::string list = output_of(spawner, {"/bin/ls", "/proc/self/fd"});
  EXPECT_EQ(list.find(std::to_string(ours.get())), std::string::npos) << list;
  Result<Pipe> pipe = Pipe::make();
  for (const int end : {pipe->read_end.get(), pipe->write_end.get()}) {
    EXPECT_EQ(shell("test -e /proc/self/fd/" + std::to_string(end) + " || echo closed"), "closed\n") << end;
  }
}

TEST_F(Spawn, LeavesTheDescriptorsAskedForOpenInThatChildOnly) {
  const machine::UniqueFd kept(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 200));
  const machine::UniqueFd other(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 201));
  const std::string number = std::to_string(kept.get());
  const std::string line = "test -e /proc/self/fd/" + number + " && echo open; test -e /proc/self/fd/" +
                           std::to_string(other.get()) + " && echo leaked; :";
  SpawnRequest request;
  const std::vector<int> inherited{kept.get()};
  request.inherited = inherited;
  EXPECT_EQ(shell(line, request), "open\n");
  EXPECT_EQ(shell(line), "") << "the next child";
  EXPECT_EQ(::fcntl(kept.get(), F_GETFD), FD_CLOEXEC) << "ours is as it was";
  const TemporaryFile script("script", line + "\n", fs::perms::owner_all);
  EXPECT_EQ(output_of(spawner, {script.path()}, request), "open\n") << "by way of /bin/sh";
}

TEST_F(Spawn, LeaksNoDescriptorInTheParent) {
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    std::expected<Child, SpawnFailure> child = start(spawner, {"/bin/true"});
    wait_for_end(*child);
    EXPECT_FALSE(start(spawner, {"/no/such/program"}).has_value());
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Spawn, ReportsAMissingProgram) {
  const SpawnFailure failure = failure_of({"/no/such/program"});
  EXPECT_EQ(failure.step, SpawnFailure::Step::exec);
  EXPECT_EQ(failure.error, ENOENT);
  SpawnRequest request;
  request.path = "/no/such/program";
  EXPECT_EQ(failure.describe(request),
            "cannot run /no/such/program: no such program (or its interpreter is missing)");
}

TEST_F(Spawn, ReportsAMissingInterpreter) {
  const TemporaryFile script("script", "#!/no/such/interpreter\n", fs::perms::owner_all);
  EXPECT_EQ(failure_of({script.path()}).error, ENOENT);
}

TEST_F(Spawn, ReportsAMissingPermission) {
  const TemporaryFile plain("plain", "echo hello\n", fs::perms::owner_read);
  EXPECT_EQ(failure_of({plain.path()}).error, EACCES);
  EXPECT_EQ(failure_of({plain.folder()}).error, EACCES) << "a directory";
}

TEST_F(Spawn, ReportsAnArgumentListThatIsTooLong) {
  const SpawnFailure failure = failure_of({"/bin/true", std::string(3'000'000, 'x')});
  EXPECT_EQ(failure.error, E2BIG);
  EXPECT_FALSE(failure.exhausted()) << "to try again would not help";
  EXPECT_NE(failure.describe({}).find("argument list is too long"), std::string::npos);
}

TEST_F(Spawn, GivesAScriptWithoutFirstLineToTheShell) {
  const TemporaryFile script("script", "echo \"$# $1\"\n", fs::perms::owner_all);
  EXPECT_EQ(output_of(spawner, {script.path(), "a b"}), "1 a b\n");
  std::vector<std::string> many(5001, "word");
  many.front() = script.path();
  EXPECT_EQ(output_of(spawner, many), "5000 word\n");
}

TEST_F(Spawn, EntersTheFolder) {
  SpawnRequest request;
  request.directory = "/usr/bin";
  EXPECT_EQ(shell("pwd", request), "/usr/bin\n");
  request.directory = "/no/such/folder";
  const SpawnFailure failure = failure_of({"/bin/true"}, request);
  EXPECT_EQ(failure.step, SpawnFailure::Step::directory);
  EXPECT_EQ(failure.error, ENOENT);
  EXPECT_NE(failure.describe(request).find("/no/such/folder"), std::string::npos);
}

TEST_F(Spawn, PinsToTheCoresAskedForOrSaysThatItCannot) {
  cpu_set_t ours;
  ASSERT_EQ(::sched_getaffinity(0, sizeof ours, &ours), 0);
  int first = 0;
  while (!CPU_ISSET(first, &ours)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  SpawnRequest request;
  request.affinity = &one;
  request.affinity_size = sizeof one;
  EXPECT_EQ(shell("grep Cpus_allowed_list: /proc/self/status", request),
            "Cpus_allowed_list:\t" + std::to_string(first) + "\n");
  CPU_ZERO(&one);
  const SpawnFailure failure = failure_of({"/bin/true"}, request);
  EXPECT_EQ(failure.step, SpawnFailure::Step::affinity);
  EXPECT_EQ(failure.error, EINVAL);
}

TEST_F(Spawn, RestoresTheOriginalLimitOfOpenFiles) {
  rlimit original{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &original), 0);
  original.rlim_cur = 77;
  Spawner limited(no_signals(), original);
  EXPECT_EQ(output_of(limited, {"/bin/sh", "-c", "ulimit -n"}), "77\n");
}

// The mask of the calling thread while the object lives.
class Blocked {
 public:
  explicit Blocked(std::initializer_list<int> signals) {
    sigset_t blocked = no_signals();
    for (const int signal : signals) sigaddset(&blocked, signal);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~Blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

 private:
  sigset_t before_{};
};

TEST_F(Spawn, RestoresTheOriginalSignalMask) {
  const Blocked blocked{SIGTERM, SIGINT, SIGPIPE, SIGCHLD};
  EXPECT_EQ(shell("grep SigBlk: /proc/self/status"), "SigBlk:\t0000000000000000\n");
  sigset_t original = no_signals();
  sigaddset(&original, SIGUSR1);  // number 10: bit 9
  Spawner masked(original, std::nullopt);
  EXPECT_EQ(output_of(masked, {"/bin/grep", "SigBlk:", "/proc/self/status"}), "SigBlk:\t0000000000000200\n");
}

TEST_F(Spawn, MakesEachChildTheLeaderOfAGroupOfItsOwn) {
  std::expected<Child, SpawnFailure> child = start(spawner, {"/bin/sleep", "1000"});
  EXPECT_EQ(::getpgid(child->pid()), child->pid());
  EXPECT_NE(::getpgid(child->pid()), ::getpgrp());
}

TEST(SpawnFailure, CallsAStateExhaustedThatPasses) {
  using Step = SpawnFailure::Step;
  EXPECT_TRUE((SpawnFailure{Step::clone, EAGAIN}.exhausted()));
  EXPECT_TRUE((SpawnFailure{Step::clone, ENOMEM}.exhausted()));
  EXPECT_TRUE((SpawnFailure{Step::clone, EMFILE}.exhausted()));
  EXPECT_TRUE((SpawnFailure{Step::exec, EAGAIN}.exhausted()));
  EXPECT_FALSE((SpawnFailure{Step::exec, ENOENT}.exhausted()));
  EXPECT_FALSE((SpawnFailure{Step::directory, ENOENT}.exhausted()));
  EXPECT_FALSE((SpawnFailure{Step::clone, EPERM}.exhausted()));
}

TEST_F(Spawn, ReportsThatNoDescriptorIsLeftAndWorksAgainAfterwards) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 3;
  // In between nothing is asked of a class with virtual functions: a sanitizer looks at those through a pipe.
  Spawner& ours = spawner;
  ::setrlimit(RLIMIT_NOFILE, &none);
  const std::expected<Child, SpawnFailure> child = start(ours, {"/bin/true"});
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_FALSE(child.has_value());
  const SpawnFailure failure = child.error();
  EXPECT_EQ(failure.step, SpawnFailure::Step::clone);
  EXPECT_EQ(failure.error, EMFILE);
  EXPECT_TRUE(failure.exhausted());
  EXPECT_EQ(shell("echo again"), "again\n");
}

}  // namespace
}  // namespace drover::process
