#include "record/upkeep.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "machine/unique_fd.hpp"
#include "record/database.hpp"
#include "units/system_error.hpp"

namespace drover::record {
namespace {

constexpr auto every = std::chrono::seconds(1);
// From here on the log is moved into the database. Below, a run of ten thousand short tasks never stops for it.
constexpr off_t long_log_bytes = 16L << 20U;

// Under one name and then renamed: what SIGKILL leaves of it the next run takes over.
Result<void> write_status(const std::string& record, std::string_view text) {
  const std::string unfinished = status_path(record) + "-new";
  {
    const machine::UniqueFd file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file) return system_failure("cannot write " + unfinished);
    while (!text.empty()) {
      const ssize_t n = ::write(file.get(), text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_failure("cannot write " + unfinished);
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  if (::rename(unfinished.c_str(), status_path(record).c_str()) != 0)
    return system_failure("cannot write " + status_path(record));
  return {};
}

}  // namespace

struct Upkeep::State {
  explicit State(std::string the_path) : path(std::move(the_path)) {}

  std::string path;
  struct stat file {};               // the record as it was opened
  bool logged = false;               // there is a log to look after
  std::optional<Database> database;  // opened when a log is to be moved for the first time
  machine::UniqueFd log;

  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable moved;
  bool moving = false;  // nobody may write now
  bool dirty = false;
  bool ending = false;
  std::optional<std::string> status;
  std::optional<Error> error;

  off_t next_move = long_log_bytes;
  std::thread thread;

  void work();
  Result<void> once(bool sync, const std::optional<std::string>& text);
  Result<void> move_log();
  int move_rest();
  Result<void> open_database();
  Result<void> check_place() const;
  void set_moving(bool now);
};

// A loop that commits without a pause would leave no moment in which SQLite's polling finds the record free.
int Upkeep::State::move_rest() {
  constexpr int milliseconds = 100;
  database->patience(milliseconds);
  set_moving(true);
  const int code =
      sqlite3_wal_checkpoint_v2(database->get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  set_moving(false);
  return code;
}

void Upkeep::State::set_moving(bool now) {
  {
    const std::lock_guard lock(mutex);
    moving = now;
  }
  moved.notify_all();
}

// Looked at by name, never opened: closing another descriptor of it would drop SQLite's locks.
Result<void> Upkeep::State::check_place() const {
  struct stat now {};
  const bool there = ::stat(path.c_str(), &now) == 0;
  if (!there && errno != ENOENT) return {};  // a server that does not answer at the moment
  if (there && now.st_ino == file.st_ino && now.st_dev == file.st_dev) return {};
  return failure(
      Errc::io,
      fmt::format("the run record {} was removed, renamed or replaced while it was being written", path),
      "the run cannot go on without it; what ends from now on is not on record");
}

Result<void> Upkeep::State::open_database() {
  if (database) return {};
  DROVER_TRY(Database opened, Database::open(path, Database::Access::write));
  DROVER_CHECK(opened.execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0"));
  database.emplace(std::move(opened));
  return {};
}

// In steps: the bulk while the event loop goes on committing, then the rest while it waits for some milliseconds. A
// reader of ours that stays for long (an open sqlite3) stops the second step: it is tried again when the log has doubled.
Result<void> Upkeep::State::move_log() {
  struct stat log_file {};
  if (::fstat(log.get(), &log_file) != 0) return system_failure("cannot look at " + path + "-wal");
  if (log_file.st_size < next_move) return {};
  DROVER_CHECK(open_database());
  int code = sqlite3_wal_checkpoint_v2(database->get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK) {
    code = move_rest();
  }
  next_move = code == SQLITE_OK ? long_log_bytes : 2 * log_file.st_size;
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
  return database_failure(path, code, sqlite3_errmsg(database->get()));
}

Result<void> Upkeep::State::once(bool sync, const std::optional<std::string>& text) {
  DROVER_CHECK(check_place());
  if (sync && logged) {
    if (!log) log = machine::UniqueFd(::open((path + "-wal").c_str(), O_RDONLY | O_CLOEXEC));
    if (!log && errno != ENOENT) return system_failure("cannot open " + path + "-wal");
    if (log && ::fdatasync(log.get()) != 0) return system_failure("cannot sync " + path + "-wal");
    if (log) DROVER_CHECK(move_log());
  }
  // Without a status the record still tells: no reason to end a run. The next one is tried in a second.
  if (text) {
    const Result<void> shown = write_status(path, *text);
    static_cast<void>(shown);
  }
  return {};
}

void Upkeep::State::work() {
  std::unique_lock lock(mutex);
  while (true) {
    const bool last = wake.wait_for(lock, every, [this] { return ending; });
    const bool sync = std::exchange(dirty, false);
    const std::optional<std::string> text = last ? std::nullopt : std::exchange(status, std::nullopt);
    lock.unlock();
    Result<void> done = once(sync, text);
    lock.lock();
    if (!done && !error) error = std::move(done).error();
    if (last) return;
  }
}

Upkeep::Upkeep(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Upkeep>> Upkeep::begin(const std::string& path, bool logged) {
  auto state = std::make_unique<State>(path);
  state->logged = logged;
  if (::stat(path.c_str(), &state->file) != 0) return system_failure("cannot look at " + path);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  if (const int failed = ::pthread_sigmask(SIG_SETMASK, &all, &before); failed != 0)
    return system_failure("cannot block signals for a thread", failed);
  State* const shared = state.get();
  try {
    state->thread = std::thread([shared] { shared->work(); });
  } catch (const std::system_error& error) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return failure(Errc::exhausted,
                   fmt::format("cannot start a thread for the run record ({})", error.what()),
                   "raise `ulimit -u` or end other processes");
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return std::unique_ptr<Upkeep>(new Upkeep(std::move(state)));
}

Upkeep::~Upkeep() {
  const Result<void> finished = finish();
  static_cast<void>(finished);
}

void Upkeep::changed() {
  std::unique_lock lock(state_->mutex);
  state_->dirty = true;
  state_->moved.wait(lock, [this] { return !state_->moving; });
}

void Upkeep::show(std::string status) {
  const std::lock_guard lock(state_->mutex);
  state_->status = std::move(status);
}

Result<void> Upkeep::still_there() const {
  return state_->check_place();
}

Result<void> Upkeep::problem() {
  const std::lock_guard lock(state_->mutex);
  if (!state_->error) return {};
  return std::unexpected(*std::exchange(state_->error, std::nullopt));
}

Result<void> Upkeep::finish() {
  if (!state_->thread.joinable()) return {};
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  state_->thread.join();
  state_->log.reset();
  state_->database.reset();
  // Beside a record that took the place of ours our log would be taken for its own.
  if (const Result<void> there = still_there(); !there) {
    ::unlink((state_->path + "-wal").c_str());
    ::unlink((state_->path + "-shm").c_str());
  }
  // One that stays says only what nobody asks any more.
  ::unlink((status_path(state_->path) + "-new").c_str());
  ::unlink(status_path(state_->path).c_str());
  return problem();
}

}  // namespace drover::record
