#!/bin/sh
# virtual-cron.sh DIRECTORY CLOCK: runs the installed cron daemon on the virtual clock, in mounts of its own, once for
# each DIRECTORY/table…, which is root's crontab then and the only one. The VC_… variables are the caller's, and
# VC_LOG is DIRECTORY/log….
set -eu
# cron closes every file descriptor that there could be before it starts a job.
ulimit -n 64
# LD_BIND_NOW: the symbols that a job needs are looked up once, and not in the fork for each job.
# In process namespaces of their own: TZ of one of these daemons is nobody else's.
exec unshare --mount --pid --fork --kill-child sh -euc '
  mount -t tmpfs none /run
  mount -t tmpfs none /var/spool/cron
  mkdir -m 1730 /var/spool/cron/crontabs
  chgrp crontab /var/spool/cron/crontabs
  mkdir -p "$1/cron.d"
  : > "$1/empty"
  mount --bind "$1/cron.d" /etc/cron.d
  mount --bind "$1/empty" /etc/crontab
  for table in "$1"/table*; do
    export VC_LOG="$1/log${table#"$1"/table}"
    crontab - < "$table"
    env LD_PRELOAD="$2" LD_BIND_NOW=1 cron -f
  done
' sh "$1" "$2" </dev/null
