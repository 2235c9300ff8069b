/*
 * tracedclock PROGRAM ARGUMENTS…: runs a daemon on a clock that advances only while the daemon sleeps. Works for static
 * programs too, which load no library that could replace the clock, by using ptrace. x86-64 Linux only.
 *
 *   VC_START, VC_END  seconds since the epoch at which the clock starts and the daemon ends
 *   VC_JUMPS          "second:delta,…": at that second, the clock is advanced by delta, once
 *   VC_CLOCK          a file with the time for the daemon's children (jobshell.c), 8 bytes
 *   VC_LANE           as in vclock.c
 *   VC_WRITES         a file that records the daemon's standard output: second, tab, size, newline, bytes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_JUMPS 32
#define SECOND 1000000000LL
#define AT_IGNORE 1
#define AT_SYSINFO_EHDR 33

static struct {
  long at;
  long delta;
} jumps[MOST_JUMPS];
static int jump_count;
static pid_t daemon_pid;
static long long now, monotonic, end;
static long *shown;
static FILE *writes;

static void fail(const char *what) {
  perror(what);
  exit(70);
}

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

static void read_jumps(void) {
  char *text = getenv("VC_JUMPS");
  while (text && *text && jump_count < MOST_JUMPS) {
    jumps[jump_count].at = strtol(text, &text, 10);
    jumps[jump_count++].delta = strtol(text + 1, &text, 10);
    if (*text == ',') text++;
  }
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

static void peek(unsigned long address, void *bytes, size_t size) {
  struct iovec here = {bytes, size}, there = {(void *)address, size};
  if (process_vm_readv(daemon_pid, &here, 1, &there, 1, 0) != (ssize_t)size) fail("read");
}

static void poke(unsigned long address, const void *bytes, size_t size) {
  struct iovec here = {(void *)bytes, size}, there = {(void *)address, size};
  if (process_vm_writev(daemon_pid, &here, 1, &there, 1, 0) != (ssize_t)size) fail("write");
}

/* Hides the vDSO from the new program, so that it can read the clock only by system calls. */
static void hide_vdso(void) {
  struct user_regs_struct registers;
  ptrace(PTRACE_GETREGS, daemon_pid, 0, &registers);
  unsigned long at = registers.rsp, value;
  peek(at, &value, 8);
  at += 8 * (value + 2);
  do {
    peek(at, &value, 8);
    at += 8;
  } while (value);
  for (;; at += 16) {
    peek(at, &value, 8);
    if (!value) return;
    if (value == AT_SYSINFO_EHDR) {
      value = AT_IGNORE;
      poke(at, &value, 8);
    }
  }
}

static int is_alive(const char *pid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  int file = open(path, O_RDONLY);
  if (file < 0) return 0;
  ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return 0;
  text[size] = '\0';
  char *name_end = strrchr(text, ')');
  return name_end && name_end[2] != 'Z';
}

/* Waits until the jobs of a minute have ended. They may remain as zombies until the daemon reaps them. */
static void wait_for_children(void) {
  char path[64], text[65536];
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", daemon_pid, daemon_pid);
  for (;;) {
    int file = open(path, O_RDONLY);
    if (file < 0) fail(path);
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    text[size < 0 ? 0 : size] = '\0';
    int alive = 0;
    for (char *pid = strtok(text, " "); pid && !alive; pid = strtok(NULL, " ")) alive = is_alive(pid);
    if (!alive) return;
    usleep(100);
  }
}

static void pass(long long nanoseconds) {
  wait_for_children();
  now += nanoseconds;
  monotonic += nanoseconds;
  for (int i = 0; i < jump_count; i++) {
    if (jumps[i].delta && now >= jumps[i].at * SECOND) {
      now += jumps[i].delta * SECOND;
      jumps[i].delta = 0;
    }
  }
  if (shown) *shown = now / SECOND;
  if (now < end) return;
  if (writes) fclose(writes);
  kill(daemon_pid, SIGKILL);
  exit(0);
}

static long long length_of(unsigned long address) {
  struct timespec time;
  peek(address, &time, sizeof time);
  return time.tv_sec * SECOND + time.tv_nsec;
}

static void tell(unsigned long address, long long time, long divisor) {
  long parts[2] = {time / SECOND, time % SECOND / divisor};
  if (address) poke(address, parts, sizeof parts);
}

static void note_write(const struct user_regs_struct *registers) {
  char bytes[65536];
  size_t size = registers->rdx < sizeof bytes ? registers->rdx : sizeof bytes;
  if (!writes || registers->rdi != 1) return;
  peek(registers->rsi, bytes, size);
  fprintf(writes, "%lld\t%zu\n", now / SECOND, size);
  fwrite(bytes, 1, size, writes);
  fputc('\n', writes);
}

/* Handles the system call that the daemon is about to make. Returns 0 to leave it to the kernel. */
static int answer(struct user_regs_struct *registers) {
  registers->rax = 0;
  switch (registers->orig_rax) {
    case SYS_nanosleep:
      pass(length_of(registers->rdi));
      return 1;
    case SYS_clock_nanosleep: {
      long long length = length_of(registers->rdx);
      pass(registers->rsi == 1 /* TIMER_ABSTIME */ ? length - now : length);
      return 1;
    }
    case SYS_poll:
      if ((int)registers->rdx < 0) return 0;
      pass((int)registers->rdx * 1000000LL);
      return 1;
    case SYS_time:
      registers->rax = now / SECOND;
      if (registers->rdi) poke(registers->rdi, &registers->rax, 8);
      return 1;
    case SYS_gettimeofday:
      tell(registers->rdi, now, 1000);
      return 1;
    case SYS_clock_gettime:
      tell(registers->rsi, registers->rdi == CLOCK_REALTIME || registers->rdi == 5 ? now : monotonic, 1);
      return 1;
    case SYS_write:
      note_write(registers);
      return 0;
  }
  return 0;
}

/* Traces only these system calls, because tracing all of them makes a virtual month take ten times as long. */
static void start_daemon(char **arguments) {
#define TRACE(call) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE)
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      TRACE(SYS_nanosleep),
      TRACE(SYS_clock_nanosleep),
      TRACE(SYS_poll),
      TRACE(SYS_time),
      TRACE(SYS_gettimeofday),
      TRACE(SYS_clock_gettime),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, writes ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  ptrace(PTRACE_TRACEME, 0, 0, 0);
  raise(SIGSTOP);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) fail("seccomp");
  execv(arguments[0], arguments);
  fail(arguments[0]);
}

int main(int count, char **arguments) {
  if (count < 2) return 64;
  stay_in_lane();
  read_jumps();
  now = number("VC_START") * SECOND;
  monotonic = SECOND;
  end = number("VC_END") * SECOND;
  const char *clock = getenv("VC_CLOCK"), *noted = getenv("VC_WRITES");
  if (clock) {
    int file = open(clock, O_RDWR | O_CREAT, 0644);
    if (file < 0 || ftruncate(file, sizeof(long))) fail(clock);
    shown = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shown == MAP_FAILED) fail(clock);
    *shown = now / SECOND;
  }
  if (noted && !(writes = fopen(noted, "w"))) fail(noted);
  if (!(daemon_pid = fork())) start_daemon(arguments + 1);
  int status, signal = 0;
  waitpid(daemon_pid, &status, 0);
  ptrace(PTRACE_SETOPTIONS, daemon_pid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
  while (!ptrace(PTRACE_CONT, daemon_pid, 0, signal) && waitpid(daemon_pid, &status, 0) == daemon_pid) {
    signal = 0;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      fprintf(stderr, "the daemon ended by itself at %lld (%x)\n", now / SECOND, status);
      return 71;
    }
    if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8))) {
      hide_vdso();
    } else if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))) {
      struct user_regs_struct registers;
      ptrace(PTRACE_GETREGS, daemon_pid, 0, &registers);
      if (answer(&registers)) {
        registers.orig_rax = -1;
        ptrace(PTRACE_SETREGS, daemon_pid, 0, &registers);
      }
    } else if (WSTOPSIG(status) != SIGTRAP) {
      signal = WSTOPSIG(status);
    }
  }
  return 72;
}
