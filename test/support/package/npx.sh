#!/bin/sh
# npx for tests: unpacks and starts a package file, and passes anything else to the real npx.
[ "$1" = --yes ] && shift
case "$1" in
*.tgz)
  folder=$(mktemp -d)
  tar -xzf "$1" -C "$folder"
  shift
  node "$folder/package/laju.js" "$@"
  status=$?
  rm -rf "$folder"
  exit $status
  ;;
*)
  PATH=${PATH#*:} exec npx "$@"
  ;;
esac
