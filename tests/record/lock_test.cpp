#include "record/lock.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <atomic>
#include <thread>

#include "machine/host.hpp"
#include "machine/unique_fd.hpp"
#include "tests/record/record_folder.hpp"

namespace drover::record {
namespace {

using test::must;

// A process of our own: it does `work`, says so, and stays until it is killed.
class Companion {
 public:
  explicit Companion(const std::function<void()>& work) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    const machine::UniqueFd reader(ends[0]);
    machine::UniqueFd writer(ends[1]);
    pid_ = ::fork();
    if (pid_ == 0) stay(work, writer.get());
    writer.reset();
    char word = 0;
    if (::read(reader.get(), &word, 1) != 1) throw std::runtime_error("the companion failed");
  }
  ~Companion() { kill(); }
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  void kill() {
    if (pid_ <= 1) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  [[noreturn]] static void stay(const std::function<void()>& work, int writer) {
    try {
      work();
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      ::_exit(1);
    }
    if (::write(writer, "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  pid_t pid_ = 0;
};

class LockTest : public test::RecordFolder {
 protected:
  bool is_free() {
    if (Lock::holder(path_)) return false;
    return Lock::take(path_).has_value();
  }
  void write_lock_file(const std::string& text) { test::write_bytes(path_ + "-lock", text); }
  void write_status_of_age(int seconds) {
    test::write_bytes(path_ + "-status", "{}");
    timespec now{};
    ASSERT_EQ(::clock_gettime(CLOCK_REALTIME, &now), 0);
    now.tv_sec -= seconds;
    const timespec times[2]{now, now};
    ASSERT_EQ(::utimensat(AT_FDCWD, (path_ + "-status").c_str(), times, 0), 0);
  }
};

TEST_F(LockTest, RefusesASecondTakerAndNamesTheFirst) {
  std::optional<Companion> holder(std::in_place, [&] { static Lock lock = must(Lock::take(path_)); });
  const Result<Lock> second = Lock::take(path_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), Errc::usage);
  const std::string who = fmt::format("(process {} on {})", holder->pid(), machine::host_name());
  EXPECT_NE(second.error().message().find(who), std::string::npos) << second.error().what();
  EXPECT_NE(second.error().message().find(path_), std::string::npos);
  const std::optional<Holder> told = Lock::holder(path_);
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->host, machine::host_name());
  EXPECT_EQ(told->process, holder->pid());
}

TEST_F(LockTest, RefusesASecondTakerInTheSameProcessToo) {
  const Lock lock = must(Lock::take(path_));
  EXPECT_FALSE(Lock::take(path_).has_value());
  EXPECT_TRUE(Lock::holder(path_).has_value());
}

TEST_F(LockTest, IsFreeOnceItsHolderWasKilled) {
  Companion holder([&] { static Lock lock = must(Lock::take(path_)); });
  EXPECT_FALSE(is_free());
  holder.kill();
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover-lock"});  // what it leaves stops nobody
  EXPECT_TRUE(is_free());
  EXPECT_TRUE(files().empty());
}

TEST_F(LockTest, IsSharedWithAForkUntilBothAreGone) {
  const auto child = static_cast<std::atomic<pid_t>*>(
      ::mmap(nullptr, sizeof(std::atomic<pid_t>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(child, MAP_FAILED);
  // The child of the companion would outlive it as an orphan: it goes when it is told to, by a pipe that ends.
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  machine::UniqueFd until(ends[0]);
  machine::UniqueFd end(ends[1]);
  Companion holder([&] {
    static Lock lock = must(Lock::take(path_));
    const pid_t pid = ::fork();
    if (pid == 0) {
      end.reset();
      char nothing = 0;
      static_cast<void>(::read(until.get(), &nothing, 1));
      ::_exit(0);
    }
    end.reset();
    child->store(pid);
  });
  holder.kill();
  EXPECT_FALSE(is_free());
  EXPECT_EQ(Lock::holder(path_)->process > 0, true);
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, child->load(), 0));
  ASSERT_GE(pidfd, 0);
  const machine::UniqueFd gone(pidfd);
  end.reset();
  pollfd wait{gone.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&wait, 1, 60'000), 1);
  EXPECT_TRUE(is_free());
  ::munmap(child, sizeof(std::atomic<pid_t>));
}

TEST_F(LockTest, IsRemovedAtACleanEndByItsOwnerAlone) {
  std::optional<Lock> lock(must(Lock::take(path_)));
  const pid_t child = ::fork();
  if (child == 0) {
    lock.reset();  // a fork lets go of its share only
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(files(), std::vector<std::string>{"run.drover-lock"});
  EXPECT_FALSE(is_free());
  lock.reset();
  EXPECT_TRUE(files().empty());
}

TEST_F(LockTest, GoesWithTheOneThatItWasMovedTo) {
  std::optional<Lock> second;
  {
    Lock first = must(Lock::take(path_));
    second.emplace(std::move(first));
  }
  EXPECT_FALSE(is_free());
  second.reset();
  EXPECT_TRUE(files().empty());
}

TEST_F(LockTest, IsTakenOverFromAFileThatNobodyHolds) {
  for (const std::string& text :
       {std::string("otherhost 1234\n"), fmt::format("{} 1\n", machine::host_name()), std::string(),
        std::string("garbage"), std::string(10'000, 'x')}) {
    write_lock_file(text);
    EXPECT_FALSE(Lock::holder(path_).has_value());
    const Lock lock = must(Lock::take(path_));
    EXPECT_EQ(test::bytes_of(path_ + "-lock"), fmt::format("{} {}\n", machine::host_name(), ::getpid()));
  }
}

// Where the file server does not lock between hosts.
TEST_F(LockTest, BelievesTheFreshStatusOfAnotherHost) {
  write_lock_file("otherhost 1234\n");
  write_status_of_age(5);
  std::atomic<bool> ended = false;
  std::thread other_host([&] {
    for (int age = 5; !ended;
         age = age == 5 ? 3 : 5) {  // another time at each look, as of one that is renewed
      write_status_of_age(age);
      std::this_thread::yield();
    }
  });
  const Result<Lock> lock = Lock::take(path_);
  ended = true;
  other_host.join();
  ASSERT_FALSE(lock.has_value());
  EXPECT_NE(lock.error().message().find("(process 1234 on otherhost)"), std::string::npos)
      << lock.error().what();
  write_status_of_age(600);
  EXPECT_TRUE(Lock::take(path_).has_value());
}

// A job that is requeued on another node right after the first one died.
TEST_F(LockTest, TakesOverWhereTheStatusOfAnotherHostIsFreshButNotRenewed) {
  write_lock_file("otherhost 1234\n");
  write_status_of_age(5);
  EXPECT_TRUE(Lock::take(path_).has_value());
}

TEST_F(LockTest, SaysWhyTheFileCannotBeMade) {
  std::ofstream(folder_ / "file") << "x";
  const Result<Lock> lock = Lock::take((folder_ / "file" / "run.drover").string());
  ASSERT_FALSE(lock.has_value());
  EXPECT_NE(lock.error().message().find("file/run.drover"), std::string::npos) << lock.error().what();
}

TEST_F(LockTest, IsHeldByNobodyWhereThereIsNone) {
  EXPECT_FALSE(Lock::holder(path_).has_value());
  EXPECT_TRUE(files().empty());
}

// The file is removed and made again all the time: a lock on one that was removed must not count.
struct Inside {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  std::atomic<int> times = 0;
};

void take_and_let_go(const std::string& path, Inside& inside) {
  constexpr int often = 300;
  for (int taken = 0; taken < often;) {
    Result<Lock> lock = Lock::take(path);
    if (!lock) continue;
    ++taken;
    const int both = ++inside.now;
    if (both > inside.most) inside.most = both;
    ++inside.times;
    --inside.now;
  }
  ::_exit(0);
}

TEST_F(LockTest, IsNeverHeldTwiceWhileItsFileComesAndGoes) {
  void* const shared =
      ::mmap(nullptr, sizeof(Inside), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  Inside& inside = *new (shared) Inside;
  std::vector<pid_t> takers(3);
  for (pid_t& taker : takers) {
    taker = ::fork();
    if (taker == 0) take_and_let_go(path_, inside);
  }
  for (const pid_t taker : takers) {
    int status = 1;
    ASSERT_EQ(::waitpid(taker, &status, 0), taker);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(inside.most, 1);
  EXPECT_EQ(inside.times, 900);
  EXPECT_TRUE(files().empty());
  ::munmap(shared, sizeof(Inside));
}

}  // namespace
}  // namespace drover::record
