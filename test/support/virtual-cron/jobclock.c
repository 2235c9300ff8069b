/*
 * Preloaded into jobs that the daemon on the virtual clock starts. For them, the time is $VC_NOW and does not advance.
 * libfaketime does more, but takes longer to load than a guard takes to run.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

time_t time(time_t *result) {
  time_t now = atol(getenv("VC_NOW"));
  if (result) *result = now;
  return now;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
  (void)clock;
  *result = (struct timespec){.tv_sec = time(NULL)};
  return 0;
}

int timespec_get(struct timespec *result, int base) {
  clock_gettime(CLOCK_REALTIME, result);
  return base;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  (void)zone;
  *result = (struct timeval){.tv_sec = time(NULL)};
  return 0;
}
