#!/bin/sh
# virtual-busybox.sh DIRECTORY CLOCK SHELL BUSYBOX: runs BusyBox's crond on the virtual clock (tracedclock.c),
# once per DIRECTORY/table…, which is then root's crontab and the only one. Its jobs use SHELL (jobshell.c).
# The caller sets the VC_… variables; VC_LOG is DIRECTORY/log….
set -eu
# In separate process namespaces: no other test may see the TZ of these daemons.
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
