/*
 * Preloaded into the unmodified cron daemon: a clock that advances only while the daemon sleeps, so that months
 * pass in seconds.
 *
 *   VC_START, VC_END  seconds since the epoch at which the clock starts and the daemon ends
 *   VC_LOG            gets one line per job: second, tab, command
 *   VC_JUMPS          "second:delta,…": at that second, the clock is advanced by delta, once
 *   VC_JOBS           path of the library that gives jobs the virtual time (also in $VC_NOW): they really run;
 *                     if empty they run and see the real time
 *   VC_LANE           daemons in different lanes run on different CPUs. A daemon that moves between two CPUs waits
 *                     at every fork for both to forget its pages, which doubles what a job takes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_JUMPS 32

struct jump {
  long at;
  long delta;
};

static pid_t daemon_pid;
static pid_t (*start_job)(void);
static long now, end;
static struct jump jumps[MOST_JUMPS];
static int jump_count;

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

static void stay_in_lane(void) {
  cpu_set_t usable, chosen;
  if (sched_getaffinity(0, sizeof usable, &usable)) return;
  long skipped = number("VC_LANE") % CPU_COUNT(&usable);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &usable) || skipped-- > 0) cpu++;
  CPU_ZERO(&chosen);
  CPU_SET(cpu, &chosen);
  sched_setaffinity(0, sizeof chosen, &chosen);
}

/* The size of the blocks that strdup below allocates. */
static char *other_half(char *text) { return text + malloc_usable_size(text) / 2; }

__attribute__((constructor)) static void start_clock(void) {
  stay_in_lane();
  daemon_pid = getpid();
  start_job = (pid_t(*)(void))dlsym(RTLD_NEXT, "vfork");
  now = number("VC_START");
  end = number("VC_END");
  char *text = getenv("VC_JUMPS");
  while (text && *text && jump_count < MOST_JUMPS) {
    struct jump *jump = &jumps[jump_count++];
    jump->at = strtol(text, &text, 10);
    jump->delta = strtol(text + 1, &text, 10);
    if (*text == ',') text++;
  }
}

/*
 * Replaces fork. For each job, the daemon forks a process that forks again: one process runs the job, the other mails
 * its output. The tests need no mail, so this makes the first process run the job, and the second fork never happens.
 * The process borrows the daemon's memory (vfork) until it becomes the shell or has recorded its command, because
 * copying the memory took nine tenths of a virtual month. The real function is called through a pointer as the last
 * step, so that the compiler turns the call into a jump: this function's stack frame must not be in use when vfork
 * returns for the second time.
 */
pid_t fork(void) {
  if (getpid() != daemon_pid) return 0;
  return start_job();
}

/*
 * Also keeps a copy of the command, in the other half of the block: a job unescapes its command in place, but the next
 * job needs the original.
 */
char *strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(2 * size);
  if (copy) memcpy(other_half(memcpy(copy, text, size)), text, size);
  return copy;
}

static void wait_for_jobs(void) {
  while (wait(NULL) > 0) {
  }
}

time_t time(time_t *result) {
  if (result) *result = now;
  return now;
}

unsigned int sleep(unsigned int seconds) {
  wait_for_jobs();
  now += seconds;
  for (int i = 0; i < jump_count; i++) {
    if (jumps[i].delta && now >= jumps[i].at) {
      now += jumps[i].delta;
      jumps[i].delta = 0;
    }
  }
  if (end && now >= end) _exit(0);
  return 0;
}

static void write_log(const char *command) {
  char line[4096];
  int length = snprintf(line, sizeof line, "%ld\t%s\n", now, command);
  int file = open(getenv("VC_LOG"), O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (file < 0 || length >= (int)sizeof line || write(file, line, length) != length) _exit(70);
  close(file);
}

static void run_job(const char *shell, const char *command, char *const *environment) {
  int count = 0;
  while (environment[count]) count++;
  char **extended = calloc(count + 5, sizeof *extended);
  int kept = 0;
  for (int i = 0; i < count; i++) {
    if (strncmp(environment[i], "LD_PRELOAD=", 11)) extended[kept++] = environment[i];
  }
  if (asprintf(&extended[kept++], "LD_PRELOAD=%s", getenv("VC_JOBS")) < 0) _exit(70);
  if (asprintf(&extended[kept++], "VC_LOG=%s", getenv("VC_LOG")) < 0) _exit(70);
  if (asprintf(&extended[kept++], "VC_NOW=%ld", now) < 0) _exit(70);
  char *const arguments[] = {(char *)shell, "-c", (char *)command, NULL};
  execve(shell, arguments, extended);
}

/*
 * These functions replace PAM's. Otherwise each job would load half a dozen PAM modules, which takes longer than all
 * the rest.
 */
int pam_start(const char *service, const char *user, const void *conversation, void **handle) {
  (void)service, (void)user, (void)conversation;
  *handle = &now;
  return 0;
}

int pam_set_item(void *handle, int item, const void *value) {
  (void)handle, (void)item, (void)value;
  return 0;
}

static int pam_success(void *handle, int value) {
  (void)handle, (void)value;
  return 0;
}

int pam_acct_mgmt(void *handle, int flags) { return pam_success(handle, flags); }
int pam_setcred(void *handle, int flags) { return pam_success(handle, flags); }
int pam_open_session(void *handle, int flags) { return pam_success(handle, flags); }
int pam_close_session(void *handle, int flags) { return pam_success(handle, flags); }
int pam_end(void *handle, int status) { return pam_success(handle, status); }

char **pam_getenvlist(void *handle) {
  (void)handle;
  return calloc(1, sizeof(char *));
}

/*
 * Does nothing: this /run is private, so the lock is not needed, and two jobs that borrow the daemon's memory would
 * block each other.
 */
int flock(int file, int operation) {
  (void)file, (void)operation;
  return 0;
}

/*
 * Skips looking up root's groups, which would load libnss_systemd and its libraries and take a third of a job's time.
 */
int initgroups(const char *user, gid_t group) {
  (void)user, (void)group;
  return 0;
}

/* Does nothing, because nobody reads the log. Formatting its lines causes a quarter of a job's page faults. */
void openlog(const char *name, int options, int facility) { (void)name, (void)options, (void)facility; }
void closelog(void) {}

void __syslog_chk(int priority, int flag, const char *format, ...) {
  (void)priority, (void)flag, (void)format;
}

/* In cron, only the start of a job calls this: execle(shell, shell, "-c", command, NULL, environment). */
int execle(const char *shell, const char *name, ...) {
  (void)name;
  va_list rest;
  va_start(rest, name);
  va_arg(rest, char *);
  char *unescaped = va_arg(rest, char *);
  const char *command = strdupa(unescaped);
  memmove(unescaped, other_half(unescaped), strlen(other_half(unescaped)) + 1);
  va_arg(rest, char *);
  char *const *environment = va_arg(rest, char *const *);
  va_end(rest);
  if (getenv("VC_JOBS")) run_job(shell, command, environment);
  else write_log(command);
  _exit(0);
}
