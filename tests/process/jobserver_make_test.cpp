// The job server with GNU make itself: how many recipes run at once.
//
// Each recipe says "+" when it begins, waits for a line, says "-" and ends: the order in the pipe is the
// order of events, and the test decides when one goes on. /proc tells when make has started all that it is
// going to start.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>

#include "children.hpp"
#include "process/jobserver.hpp"
#include "process/tree.hpp"

namespace drover::process {
namespace {

class JobserverWithMake : public testing::Test {
 protected:
  static constexpr int recipes = 6;

  void SetUp() override {
    for (machine::UniqueFd* fd : {&said, &go}) {
      const std::string path = file.folder() + (fd == &said ? "/said" : "/go");
      ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
      *fd = machine::UniqueFd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
      ASSERT_TRUE(*fd);
    }
  }

  Spawner spawner{no_signals(), std::nullopt};
  TemporaryFile file{"Makefile",
                     "recipe = @echo + >said; read line <go; echo - >said\n"
                     "all: 1 2 3 4 5 6\n"
                     "1 2 3 4 5 6:\n"
                     "\t$(recipe)\n"
                     "two: left right\n"
                     "left:\n"
                     "\t@$(MAKE) --no-print-directory 1 2 3\n"
                     "right:\n"
                     "\t@$(MAKE) --no-print-directory 4 5 6\n"
                     "flags:\n"
                     "\t+@echo \"[$$MAKEFLAGS] $(CC)\"\n",
                     std::filesystem::perms::owner_all};
  machine::UniqueFd said, go;
  int running = 0, most = 0, ended = 0;

  [[nodiscard]] std::expected<Child, SpawnFailure> start_make(const JobTokens& tokens,
                                                              const std::string& flags,
                                                              const std::vector<std::string>& goals) {
    std::vector<std::string> command{"/usr/bin/make"};
    command.insert(command.end(), goals.begin(), goals.end());
    SpawnRequest request;
    request.directory = file.folder().c_str();
    request.inherited = tokens.descriptors();
    return start(spawner, command, request, {"PATH=/usr/bin:/bin", "MAKEFLAGS=" + flags});
  }
  static std::string flags_for(const JobTokens& tokens, std::uint32_t jobs, std::string_view users = "") {
    return makeflags_for(users, jobs, tokens.read_fd(), tokens.write_fd());
  }

  void hear_one() {
    ASSERT_TRUE(readable(said.get())) << "no recipe says anything any more";
    char word[2] = {'?', '?'};
    ASSERT_EQ(::read(said.get(), word, 2), 2);
    running += word[0] == '+' ? 1 : -1;
    ended += word[0] == '-' ? 1 : 0;
    most = std::max(most, running);
  }
  void hear_until_running(int count) {
    while (running < count && !HasFatalFailure()) hear_one();
  }
  void let_one_end() {
    const int before = ended;
    ASSERT_EQ(::write(go.get(), "\n", 1), 1);
    while (ended == before && !HasFatalFailure()) hear_one();
  }
  // Every make among the processes sleeps: it waits for an end or for a token.
  [[nodiscard]] static bool all_wait(pid_t root) {
    std::vector<pid_t> all = descendants(root);
    all.push_back(root);
    return std::ranges::all_of(all, [](pid_t pid) {
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      std::string number, name, state;
      stat >> number >> name >> state;
      return name != "(make)" || state == "S";
    });
  }
  // Runs all recipes and checks that as many run at a time as they may: `jobs`, while there are as many left.
  void expect_at_a_time(Child& make, int jobs) {
    for (int left = recipes; left > 0; --left) {
      hear_until_running(std::min(jobs, left));
      EXPECT_TRUE(comes_true([&] { return all_wait(make.pid()); }));
      ASSERT_NO_FATAL_FAILURE(let_one_end());
    }
    EXPECT_EQ(most, jobs);
    EXPECT_EQ(ended, recipes);
    EXPECT_EQ(wait_for_end(make).status, ExitStatus::exited(0));
  }
  // The number of the descriptor that this make reads tokens from, as it tells a recipe.
  [[nodiscard]] static std::string reader_of(pid_t make) {
    std::string auth;
    EXPECT_TRUE(comes_true([&] {
      for (const pid_t recipe : descendants(make)) {
        std::ifstream environment("/proc/" + std::to_string(recipe) + "/environ");
        for (std::string entry; std::getline(environment, entry, '\0');) {
          if (entry.starts_with("MAKEFLAGS=")) auth = jobserver_auth(entry.substr(10)).value_or(auth);
        }
      }
      return !auth.empty();
    }));
    return auth.substr(0, auth.find(','));
  }
  static int bytes_in(int fd) {
    int count = -1;
    EXPECT_EQ(::ioctl(fd, FIONREAD, &count), 0);
    return count;
  }
};

TEST_F(JobserverWithMake, RunsOneMoreRecipeAtATimeThanThereAreTokens) {
  for (const std::uint32_t count : {0U, 1U, 3U}) {
    Result<JobTokens> tokens = JobTokens::make(count);
    std::expected<Child, SpawnFailure> make = start_make(*tokens, flags_for(*tokens, count + 1), {"all"});
    ASSERT_TRUE(make.has_value());
    running = most = ended = 0;
    ASSERT_NO_FATAL_FAILURE(expect_at_a_time(*make, static_cast<int>(count) + 1));
    EXPECT_EQ(bytes_in(tokens->read_fd()), static_cast<int>(count)) << "make gave all back";
  }
}

TEST_F(JobserverWithMake, HoldsForMakesInsideOfMakesTogether) {
  const Result<JobTokens> tokens = JobTokens::make(2);
  std::expected<Child, SpawnFailure> make = start_make(*tokens, flags_for(*tokens, 3), {"two"});
  ASSERT_TRUE(make.has_value());
  hear_until_running(3);  // one of left, one of right, and one with the token that neither make stands for
  while (ended < recipes) {
    hear_until_running(1);
    EXPECT_TRUE(comes_true([&] { return all_wait(make->pid()); }));
    ASSERT_NO_FATAL_FAILURE(let_one_end());
  }
  EXPECT_EQ(most, 3);
  EXPECT_EQ(wait_for_end(*make).status, ExitStatus::exited(0));
}

TEST_F(JobserverWithMake, OverridesTheJobsThatTheUserExported) {
  const Result<JobTokens> tokens = JobTokens::make(1);
  std::expected<Child, SpawnFailure> make = start_make(*tokens, flags_for(*tokens, 2, "kj6"), {"all"});
  ASSERT_TRUE(make.has_value());
  ASSERT_NO_FATAL_FAILURE(expect_at_a_time(*make, 2));
}

TEST_F(JobserverWithMake, LeavesAMakeWithOneJobSerialWhateverTheUserExported) {
  const Result<JobTokens> tokens = JobTokens::make(0);
  std::expected<Child, SpawnFailure> make =
      start_make(*tokens, flags_for(*tokens, 1, "k -j6 --jobserver-auth=3,4"), {"all"});
  ASSERT_TRUE(make.has_value());
  ASSERT_NO_FATAL_FAILURE(expect_at_a_time(*make, 1));
}

TEST_F(JobserverWithMake, GetsTheTokensBackThatAKilledMakeHeld) {
  Result<JobTokens> tokens = JobTokens::make(3);
  std::expected<Child, SpawnFailure> killed = start_make(*tokens, flags_for(*tokens, 4), {"all"});
  ASSERT_TRUE(killed.has_value());
  hear_until_running(4);
  killed->signal_group(SIGKILL);
  EXPECT_EQ(wait_for_end(*killed).status, ExitStatus::signalled(SIGKILL));
  EXPECT_EQ(bytes_in(tokens->read_fd()), 0) << "lost";
  tokens->recount();
  EXPECT_EQ(bytes_in(tokens->read_fd()), 3);
  running = most = ended = 0;
  std::expected<Child, SpawnFailure> next = start_make(*tokens, flags_for(*tokens, 4), {"all"});
  ASSERT_NO_FATAL_FAILURE(expect_at_a_time(*next, 4));
}

// What make writes itself when it has read ours: it understood all of it, and nothing else.
TEST_F(JobserverWithMake, UnderstandsOurFlagsAndTheUsers) {
  const Result<JobTokens> tokens = JobTokens::make(1);
  const std::string ours =
      "-j2 --jobserver-auth=" + std::to_string(tokens->read_fd()) + "," + std::to_string(tokens->write_fd());
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "[ " + ours + "] cc"},
      {"kj8", "[k " + ours + "] cc"},
      {"-k -j 8 CC=g++\\ -j8", "[k " + ours + " -- CC=g++\\ -j8] g++ -j8"},
      {"-- CC=g++", "[ " + ours + " -- CC=g++] g++"},
      {"ks -j8 --jobserver-auth=3,4 --no-print-directory -- CC=tcc",
       "[ks " + ours + " --no-print-directory -- CC=tcc] tcc"},
  };
  for (const auto& [users, expected] : cases) {
    SpawnRequest request;
    Result<Pipe> pipe = Pipe::make();
    request.stdout_fd = pipe->write_end.get();
    request.stderr_fd = pipe->write_end.get();
    request.directory = file.folder().c_str();
    request.inherited = tokens->descriptors();
    std::expected<Child, SpawnFailure> make =
        start(spawner, {"/usr/bin/make", "flags"}, request,
              {"PATH=/usr/bin:/bin", "MAKEFLAGS=" + flags_for(*tokens, 2, users)});
    ASSERT_TRUE(make.has_value());
    pipe->write_end.reset();
    EXPECT_EQ(read_all(pipe->read_end.get()), expected + "\n") << users;
    EXPECT_EQ(wait_for_end(*make).status, ExitStatus::exited(0));
  }
}

// A make with a job server of its own, whose pipe is reached through /proc, as a FIFO.
TEST_F(JobserverWithMake, IsJoinedAsAClientAndLeftAsItWas) {
  Result<JobTokens> none = JobTokens::make(0);
  std::expected<Child, SpawnFailure> make = start_make(*none, "-j4", {"all"});
  ASSERT_TRUE(make.has_value());
  hear_until_running(4);
  ASSERT_NO_FATAL_FAILURE(let_one_end());
  ASSERT_NO_FATAL_FAILURE(let_one_end());
  hear_until_running(4);  // 5 and 6 follow; from here on make gives back
  const std::string pipe = "/proc/" + std::to_string(make->pid()) + "/fd/" + reader_of(make->pid());
  std::optional<JobserverClient> client =
      JobserverClient::join([&](const std::string&) { return "--jobserver-auth=fifo:" + pipe; });
  ASSERT_TRUE(client.has_value());
  EXPECT_EQ(client->take(4), 0U) << "four recipes run";
  ASSERT_NO_FATAL_FAILURE(let_one_end());
  ASSERT_TRUE(readable(client->wait_fd()));
  EXPECT_EQ(client->take(4), 1U);
  client.reset();  // at its end make reads its tokens until nobody has the pipe open for writing
  while (ended < recipes) ASSERT_NO_FATAL_FAILURE(let_one_end());
  EXPECT_EQ(wait_for_end(*make).status, ExitStatus::exited(0)) << "make counts its tokens at its end";
}

}  // namespace
}  // namespace drover::process
