/* memory_taker MIB [MARK [GO [SIGNAL]]]: takes so much memory, makes the file MARK, goes on until the file GO is there, and
 * ends by itself or by SIGNAL. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int main(int count, char** words) {
  if (count < 2) return 98;
  const size_t bytes = strtoul(words[1], NULL, 10) << 20;
  const size_t page = 4096;
  char* memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 99;
  for (size_t at = 0; at < bytes; at += page) memory[at] = 1;
  if (count > 2 && close(open(words[2], O_WRONLY | O_CREAT, 0666)) != 0) return 97;
  const struct timespec moment = {0, 2000000};
  while (count > 3 && access(words[3], F_OK) != 0) nanosleep(&moment, NULL);
  if (count > 4) raise(atoi(words[4]));
  return 0;
}
