/* A storm of processes that end at once: so many a second, for so long.
   cc -O2 -static -o storm storm.c && ./storm FORKS_A_SECOND SECONDS */
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  if (argc < 3) return 2;
  long rate = atol(argv[1]), seconds = atol(argv[2]);
  signal(SIGCHLD, SIG_IGN);
  struct timespec from, now;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (long done = 0; done < rate * seconds;) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    long due = (now.tv_sec - from.tv_sec) * rate + (now.tv_nsec - from.tv_nsec) / 1000 * rate / 1000000;
    if (now.tv_sec - from.tv_sec > seconds) return 1;
    for (; done < due; done++) {
      pid_t pid = fork();
      if (pid == 0) _exit(0);
      if (pid < 0) break;
    }
    usleep(1000);
  }
  return 0;
}
