#!/bin/sh
# virtual-busybox.sh DIRECTORY CLOCK SHELL BUSYBOX: runs BusyBox's crond on the virtual clock (tracedclock.c), once for each
# DIRECTORY/table…, which is root's crontab then and the only one. Its jobs get SHELL (jobshell.c). The VC_… variables are
# the caller's, and VC_LOG is DIRECTORY/log….
set -eu
# In process namespaces of their own: TZ of one of these daemons is nobody else's.
exec unshare --mount --pid --fork --kill-child --mount-proc sh -euc '
  mount -t tmpfs none /run
  export VC_CLOCK="$1/clock"
  for table in "$1"/table*; do
    export VC_LOG="$1/log${table#"$1"/table}"
    spool="$1/spool${table#"$1"/table}"
    mkdir "$spool"
    { echo "SHELL=$3"; cat "$table"; } > "$spool/root"
    "$2" "$4" crond -f -L /dev/null -c "$spool"
  done
' sh "$1" "$2" "$3" "$4" </dev/null
