#!/bin/sh
# virtual-cron.sh DIRECTORY CLOCK: runs the installed cron daemon on the virtual clock in a private mount
# namespace, once per DIRECTORY/table…, which is then root's crontab and the only one. The caller sets the
# VC_… variables; VC_LOG is DIRECTORY/log….
set -eu
# cron closes every possible file descriptor before it starts a job.
ulimit -n 64
# LD_BIND_NOW resolves a job's symbols once, not in each job's fork.
# In separate process namespaces: no other test may see the TZ of these daemons.
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
