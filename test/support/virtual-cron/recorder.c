/*
 * Replaces node in a crontab's lines, and records how it was started, byte by byte. A record in $VC_LOG is the number
 * of its fields and then the fields, each terminated by a NUL: working folder, standard output, the program's own path,
 * LAJU_ENTRY, and the arguments including argv[0].
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char record[65536];
static size_t length;

static void add(const char *field) {
  size_t size = strlen(field) + 1;
  if (length + size > sizeof record) exit(70);
  memcpy(record + length, field, size);
  length += size;
}

static void add_link(const char *link) {
  char path[4097];
  ssize_t size = readlink(link, path, sizeof path - 1);
  path[size < 0 ? 0 : size] = '\0';
  add(path);
}

int main(int count, char **arguments) {
  char number[16], folder[4097];
  snprintf(number, sizeof number, "%d", count + 4);
  add(number);
  add(getcwd(folder, sizeof folder) ? folder : "");
  add_link("/proc/self/fd/1");
  add_link("/proc/self/exe");
  const char *entry = getenv("LAJU_ENTRY");
  add(entry ? entry : "");
  for (int i = 0; i < count; i++) add(arguments[i]);
  /* Append the record in a single write, so that records of concurrent jobs don't mix. */
  int file = open(getenv("VC_LOG"), O_WRONLY | O_APPEND);
  return file >= 0 && write(file, record, length) == (ssize_t)length ? 0 : 70;
}
