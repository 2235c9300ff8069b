/*
 * Replaces the shell in the crontab of a daemon that tracedclock.c runs. Records the virtual time, which it reads from
 * $VC_CLOCK, and the command in $VC_LOG. If $VC_JOBS is set, it runs the command instead (as in vclock.c).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static long clock_time(void) {
  long now;
  int file = open(getenv("VC_CLOCK"), O_RDONLY);
  if (file < 0 || read(file, &now, sizeof now) != sizeof now) _exit(70);
  close(file);
  return now;
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  char *line, *jobs = getenv("VC_JOBS");
  int length = asprintf(&line, jobs ? "%ld" : "%ld\t%s\n", clock_time(), arguments[2]);
  if (length < 0) return 70;
  if (jobs) {
    setenv("VC_NOW", line, 1);
    if (*jobs) setenv("LD_PRELOAD", jobs, 1);
    execl("/bin/sh", "/bin/sh", "-c", arguments[2], NULL);
    return 70;
  }
  int file = open(getenv("VC_LOG"), O_WRONLY | O_APPEND | O_CREAT, 0600);
  return file >= 0 && write(file, line, length) == length ? 0 : 70;
}
