/* Preloaded into drover (LD_PRELOAD): does something bad at the N-th call that changes a file of a run record.
 *
 *   FAULT_COUNT  a file of 512 bytes: how many such calls there were so far, of all processes together, and from byte 8 on
 *                a line that names the one where it happened: "pwrite run.drover-wal". Without it nothing is done.
 *   FAULT_AT     N, from 1; 0 counts only
 *   FAULT_HOW    kill: SIGKILL before the call. torn: SIGKILL after half of its bytes.
 *                A number: the call is not made, and fails with this errno.
 *   FAULT_AGAIN  set: every later call fails too
 *   FAULT_ON     count only calls whose line, as above, begins with this; with a "$" at its end: is this
 *
 * A file of a record is one with ".drover" in its name. fault_at_write.py builds this and sets the variables. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { line_bytes = 504 };

struct shared {
  _Atomic unsigned long calls;
  char line[line_bytes];
};

static struct shared* count;

static struct shared* shared_count(void) {
  if (count != NULL) return count;
  const char* path = getenv("FAULT_COUNT");
  if (path == NULL) return NULL;
  const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) abort();
  void* mapped = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) abort();
  syscall(SYS_close, fd);
  count = mapped;
  return count;
}

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

enum fault { none, torn, failing };

static int matches(const char* line, const char* on) {
  const size_t length = strlen(on);
  if (length > 0 && on[length - 1] == '$') return strlen(line) == length - 1 && strncmp(line, on, length - 1) == 0;
  return strncmp(line, on, length) == 0;
}

/* What is to happen in this call. `torn`: half of it, then die(). `failing`: errno is set. */
static enum fault next_call(const char* name, const char* path) {
  const char* base = strrchr(path, '/');
  base = base == NULL ? path : base + 1;
  if (strstr(base, ".drover") == NULL) return none;
  struct shared* shared = shared_count();
  if (shared == NULL) return none;
  char line[line_bytes] = {0};
  snprintf(line, sizeof line, "%s %s", name, base);
  const char* on = getenv("FAULT_ON");
  if (on != NULL && !matches(line, on)) return none;
  const unsigned long call = atomic_fetch_add(&shared->calls, 1) + 1;
  const char* at = getenv("FAULT_AT");
  const unsigned long wanted = at == NULL ? 0 : strtoul(at, NULL, 10);
  if (wanted == 0 || call < wanted || (call > wanted && getenv("FAULT_AGAIN") == NULL)) return none;
  if (call == wanted) memcpy(shared->line, line, sizeof line);
  const char* how = getenv("FAULT_HOW");
  if (how == NULL) abort();
  if (strcmp(how, "torn") == 0) return torn;
  if (strcmp(how, "kill") == 0) die();
  errno = atoi(how);
  return failing;
}

static enum fault next_on_file(const char* name, int fd) {
  const int before = errno;
  char link[64];
  char path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  errno = before;
  if (length <= 0) return none;
  path[length] = '\0';
  return next_call(name, path);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define FAULTY_WRITE(name, parameters, whole, half)      \
  ssize_t name parameters {                              \
    static __typeof__(&name) next;                       \
    if (next == NULL) next = NEXT(name);                 \
    const enum fault fault = next_on_file(#name, fd);    \
    if (fault == failing) return -1;                     \
    if (fault == torn) {                                 \
      if (next half < 0) abort();                        \
      die();                                             \
    }                                                    \
    return next whole;                                   \
  }

FAULTY_WRITE(write, (int fd, const void* data, size_t n), (fd, data, n), (fd, data, n / 2))
FAULTY_WRITE(pwrite, (int fd, const void* data, size_t n, off_t at), (fd, data, n, at), (fd, data, n / 2, at))
FAULTY_WRITE(pwrite64, (int fd, const void* data, size_t n, off64_t at), (fd, data, n, at), (fd, data, n / 2, at))
FAULTY_WRITE(writev, (int fd, const struct iovec* parts, int n), (fd, parts, n), (fd, parts, (n + 1) / 2))
FAULTY_WRITE(pwritev, (int fd, const struct iovec* parts, int n, off_t at), (fd, parts, n, at), (fd, parts, (n + 1) / 2, at))
FAULTY_WRITE(pwritev64, (int fd, const struct iovec* parts, int n, off64_t at), (fd, parts, n, at),
             (fd, parts, (n + 1) / 2, at))

/* A call that cannot be done by half. */
#define FAULTY(name, parameters, arguments, fault_of)    \
  int name parameters {                                  \
    static __typeof__(&name) next;                       \
    if (next == NULL) next = NEXT(name);                 \
    const enum fault fault = fault_of;                   \
    if (fault == failing) return -1;                     \
    if (fault == torn) die();                            \
    return next arguments;                               \
  }

FAULTY(ftruncate, (int fd, off_t length), (fd, length), next_on_file("ftruncate", fd))
FAULTY(ftruncate64, (int fd, off64_t length), (fd, length), next_on_file("ftruncate", fd))
FAULTY(fsync, (int fd), (fd), next_on_file("fsync", fd))
FAULTY(fdatasync, (int fd), (fd), next_on_file("fdatasync", fd))
FAULTY(rename, (const char* from, const char* to), (from, to), next_call("rename", to))
FAULTY(renameat2, (int from_in, const char* from, int to_in, const char* to, unsigned flags), (from_in, from, to_in, to, flags),
       next_call("rename", to))
FAULTY(link, (const char* from, const char* to), (from, to), next_call("link", to))
FAULTY(linkat, (int from_in, const char* from, int to_in, const char* to, int flags), (from_in, from, to_in, to, flags),
       next_call("link", to))
FAULTY(unlink, (const char* path), (path), next_call("unlink", path))
FAULTY(unlinkat, (int in, const char* path, int flags), (in, path, flags), next_call("unlink", path))
