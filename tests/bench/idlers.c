/* Bystanders that cost little to start: so many processes that do nothing until they are killed or their time is over.
   cc -O2 -static -o idlers idlers.c && ./idlers COUNT SECONDS UID   (UID 0 = stay who we are) prints their pids, then "end". */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int count = atoi(argv[1]), seconds = atoi(argv[2]), uid = atoi(argv[3]);
  if (uid > 0 && (setgid(uid) != 0 || setuid(uid) != 0)) return 1;
  for (int i = 0; i < count; i++) {
    pid_t pid = fork();
    if (pid < 0) return 1;
    if (pid == 0) {
      alarm(seconds);
      for (;;) pause();
    }
    printf("%d\n", pid);
    fflush(stdout);
  }
  puts("end");
  fflush(stdout);
  while (wait(NULL) > 0);
  return 0;
}
