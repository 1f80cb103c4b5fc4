// The two processes that guard each other, without anything between them. tests/fault has the whole program.
#include "process/guardian.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <csignal>

#include "children.hpp"
#include "process/tree.hpp"

namespace drover::process {
namespace {

// guard() in a process of its own: the guardian. The engine writes lines to `from_engine`.
class Guarding : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }
  void TearDown() override {
    kill_all_descendants();
    EXPECT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
  }

  Result<Pipe> from_engine = Pipe::make();
  pid_t guardian = 0;

  void start_guardian(
      const std::function<int(Guarded&)>& engine, const std::function<void()>& first = [] {}) {
    guardian = ::fork();
    if (guardian == 0) {
      first();
      ::_exit(guard(engine));
    }
    from_engine->write_end.reset();
  }
  void say(const std::string& line) const {
    if (::write(from_engine->write_end.get(), (line + "\n").data(), line.size() + 1) < 0) ::_exit(99);
  }
  [[nodiscard]] std::string line() const {
    std::string text;
    char byte = 0;
    while (readable(from_engine->read_end.get()) && ::read(from_engine->read_end.get(), &byte, 1) == 1 &&
           byte != '\n')
      text += byte;
    return text;
  }
  // The exit status, or minus the signal.
  [[nodiscard]] int end_of_guardian() const {
    EXPECT_TRUE(readable(watch(guardian).get()));
    int status = 0;
    EXPECT_EQ(::waitpid(guardian, &status, 0), guardian);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  [[nodiscard]] static int read_signal(const Guarded& me) {
    signalfd_siginfo info{};
    return readable(me.signals.get()) && ::read(me.signals.get(), &info, sizeof info) > 0
               ? static_cast<int>(info.ssi_signo)
               : 0;
  }
};

TEST_F(Guarding, GivesBackTheEnginesStatus) {
  start_guardian([](Guarded&) { return 42; });
  EXPECT_EQ(end_of_guardian(), 42);
}

TEST_F(Guarding, PutsTheEngineIntoASessionOfItsOwn) {
  start_guardian([this](Guarded&) {
    say(std::to_string(::getsid(0)) + (::getsid(0) == ::getpid() ? " own" : " shared"));
    return 0;
  });
  const std::string answer = line();
  EXPECT_NE(answer.find(" own"), std::string::npos) << answer;
  EXPECT_EQ(end_of_guardian(), 0);
}

TEST_F(Guarding, PassesSignalsOn) {
  start_guardian([this](Guarded& me) {
    me.listen();
    say("ready");
    for (int i = 0; i < 5; ++i) say(std::to_string(read_signal(me)));
    return 0;
  });
  ASSERT_EQ(line(), "ready");
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) {
    ASSERT_EQ(::kill(guardian, signal), 0);
    EXPECT_EQ(line(), std::to_string(signal));
  }
  EXPECT_EQ(end_of_guardian(), 0);
}

TEST_F(Guarding, EndsAtOnceByASignalWhileTheEngineDoesNotListenYet) {
  start_guardian([this](Guarded&) {
    say("waiting for inputs");
    ::pause();
    return 0;
  });
  ASSERT_EQ(line(), "waiting for inputs");
  ASSERT_EQ(::kill(guardian, SIGTERM), 0);
  EXPECT_EQ(end_of_guardian(), 128 + SIGTERM);
}

TEST_F(Guarding, DiesWithItsGuardianWhileTheEngineDoesNotListenYet) {
  start_guardian([this](Guarded&) {
    say(std::to_string(::getpid()));
    ::pause();
    return 0;
  });
  const machine::UniqueFd engine = watch(std::stoi(line()));
  ASSERT_EQ(::kill(guardian, SIGKILL), 0);
  EXPECT_TRUE(readable(engine.get()));
  EXPECT_EQ(end_of_guardian(), -SIGKILL);
}

TEST_F(Guarding, StopsWithTheJobAndTellsTheEngineBeforeAndAfter) {
  start_guardian(
      [this](Guarded& me) {
        me.listen();
        say("ready");
        for (int i = 0; i < 2; ++i) say(std::to_string(read_signal(me)));
        return 0;
      },
      [] { ::setpgid(0, 0); });  // a job of ours, as of a shell
  ASSERT_EQ(line(), "ready");
  ASSERT_EQ(::kill(guardian, SIGTSTP), 0);
  EXPECT_EQ(line(), std::to_string(SIGTSTP));
  int status = 0;
  ASSERT_EQ(::waitpid(guardian, &status, WUNTRACED), guardian);
  ASSERT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(WSTOPSIG(status), SIGTSTP) << "what a shell knows as stopped";
  ASSERT_EQ(::kill(guardian, SIGCONT), 0);
  EXPECT_EQ(line(), std::to_string(SIGCONT));
  EXPECT_EQ(end_of_guardian(), 0);
}

TEST_F(Guarding, DoesNotStopWhereNobodyCouldLetItGoOn) {
  start_guardian(
      [this](Guarded& me) {
        me.listen();
        say("ready");
        int last = 0;  // the kernel drops a stop that was not read before the signal to go on came
        while (last != SIGCONT) last = read_signal(me);
        return 3;
      },
      [] { ::setsid(); });  // an orphaned process group (setpgid(2))
  ASSERT_EQ(line(), "ready");
  ASSERT_EQ(::kill(guardian, SIGTSTP), 0);
  EXPECT_EQ(end_of_guardian(), 3);
}

TEST_F(Guarding, LeavesASignalIgnoredThatWasIgnored) {
  start_guardian(
      [this](Guarded& me) {
        me.listen();
        say("ready");
        const bool handled = read_signal(me) == SIGHUP;
        return handled ? 1 : 0;
      },
      [] { ::signal(SIGHUP, SIG_IGN); });
  ASSERT_EQ(line(), "ready");
  ASSERT_EQ(::kill(guardian, SIGHUP), 0);
  ASSERT_EQ(::kill(guardian, SIGTERM), 0);
  EXPECT_EQ(end_of_guardian(), 0);
}

TEST_F(Guarding, HandsTheOriginalSignalMaskToTheEngine) {
  start_guardian(
      [](Guarded& me) {
        return sigismember(&me.original_mask, SIGUSR1) == 1 && sigismember(&me.original_mask, SIGTERM) == 0
                   ? 7
                   : 8;
      },
      [] {
        sigset_t blocked = no_signals();
        sigaddset(&blocked, SIGUSR1);
        ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
      });
  EXPECT_EQ(end_of_guardian(), 7);
}

TEST_F(Guarding, EndsAllDescendantsWhenTheEngineIsKilled) {
  start_guardian([this](Guarded&) {
    Spawner spawner(no_signals(), std::nullopt);
    std::expected<Child, SpawnFailure> child =
        start_shell(spawner, "setsid -f sleep 1000; sleep 1000 & sleep 1000");
    if (!comes_true([] { return descendants(::getpid()).size() == 4; }))
      return 1;  // the shell and three sleeps
    say("ready");
    ::raise(SIGKILL);
    return 0;
  });
  ASSERT_EQ(line(), "ready");
  EXPECT_EQ(end_of_guardian(), 255);
  EXPECT_TRUE(comes_true([] {
    reap_orphans([](pid_t) { return false; });
    return own_children().empty();
  })) << "something came to us that the guardian should have ended";
}

TEST_F(Guarding, TellsTheEngineThatTheGuardianIsGone) {
  start_guardian([this](Guarded& me) {
    me.listen();
    say("ready");
    const bool told = readable(me.guardian_gone.get());
    char byte = 0;
    say(told && ::read(me.guardian_gone.get(), &byte, 1) == 0 ? "gone" : "hang");
    return 0;
  });
  ASSERT_EQ(line(), "ready");
  ASSERT_EQ(::kill(guardian, SIGKILL), 0);
  EXPECT_EQ(line(), "gone");
  EXPECT_EQ(end_of_guardian(), -SIGKILL);
}

TEST_F(Guarding, EndsWhatTheEngineLeftBehind) {
  start_guardian([](Guarded&) {
    Spawner spawner(no_signals(), std::nullopt);
    std::expected<Child, SpawnFailure> child = start_shell(spawner, "setsid -f sleep 1000");
    wait_for_end(*child);
    return comes_true([] { return own_children().size() == 1; }) ? 0 : 1;
  });
  EXPECT_EQ(end_of_guardian(), 0);
  EXPECT_TRUE(own_children().empty());
}

}  // namespace
}  // namespace drover::process
